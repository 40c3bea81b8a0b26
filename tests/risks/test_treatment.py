"""Options with their reasons, actions with their owners, controls that explain a fall."""

from datetime import date

import pytest

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import ReasonMissing, Refused, change
from compliance.projects.models import Project
from controls.models import Implementation
from controls.services.control import implement_control
from risks import services
from risks.models import Risk, RiskControl, RiskTreatment, TreatmentAction
from risks.services.treatment import ACTION_MOVES

DAY = date(2030, 1, 31)
ALLOWED = [(before, to) for before, after in ACTION_MOVES.items() for to in sorted(after)]
FORBIDDEN = [
    (before, to) for before, after in ACTION_MOVES.items() for to in TreatmentAction.Status.values if to not in after
]


@pytest.fixture
def action(risk: Risk, ed: User) -> TreatmentAction:
    treatment = services.treat_risk(risk=risk, option="modify", rationale="Cheap to mend.", by=ed)
    return services.plan_action(treatment=treatment, title="Scrub payloads", owner=ed, due_date=DAY, by=ed)


@pytest.mark.parametrize(("before", "to"), ALLOWED)
def test_each_allowed_step_of_an_action(action: TreatmentAction, ria: User, before: str, to: str) -> None:
    with change(by=ria):
        action.status = before
        action.save()

    services.move_action(action=action, to=to, by=ria, reason="Seen.")

    assert (action.status, action.verified_by) == (to, ria if to == "verified" else None)


@pytest.mark.parametrize(("before", "to"), FORBIDDEN)
def test_each_forbidden_step_of_an_action(action: TreatmentAction, ria: User, before: str, to: str) -> None:
    with change(by=ria):
        action.status = before
        action.save()

    with pytest.raises(services.CannotMove):
        services.move_action(action=action, to=to, by=ria, reason="Seen.")


def test_whoever_did_it_does_not_verify_it(action: TreatmentAction, ed: User) -> None:
    services.move_action(action=action, to="done", by=ed)

    with pytest.raises(NotYours, match="You carried out TA-001 yourself"):
        services.move_action(action=action, to="verified", by=ed, reason="Works.")


def test_a_later_day_needs_a_reason(action: TreatmentAction, ed: User) -> None:
    with pytest.raises(ReasonMissing, match="Say why the plan changes"):
        services.replan_action(action=action, by=ed, reason="", due_date=date(2031, 1, 1))

    services.replan_action(action=action, by=ed, reason="The vendor is late.", due_date=date(2031, 1, 1))

    assert action.due_date == date(2031, 1, 1)
    assert action.overdue(date(2031, 1, 1)) is False
    assert action.overdue(date(2031, 1, 2)) is True


def test_an_option_is_chosen_once_and_reworded(risk: Risk, ed: User) -> None:
    services.treat_risk(risk=risk, option="share", rationale="Insurance.", by=ed)
    services.treat_risk(risk=risk, option="share", rationale="Insurance, renewed.", by=ed)

    assert [(one.option, one.rationale) for one in risk.treatments.all()] == [("share", "Insurance, renewed.")]


def test_an_option_with_actions_is_not_withdrawn(action: TreatmentAction, ed: User) -> None:
    with pytest.raises(services.CannotMove, match="Modify has actions"):
        services.withdraw_treatment(treatment=action.treatment, by=ed, reason="Wrong.")

    services.move_action(action=action, to="cancelled", by=ed, reason="Wrong.")
    services.withdraw_treatment(treatment=action.treatment, by=ed, reason="Wrong.")

    assert RiskTreatment.objects.count() == 0


def test_an_option_needs_a_rationale(risk: Risk, ed: User) -> None:
    with pytest.raises(Refused, match="Rationale: say why the risk is treated by retain"):
        services.treat_risk(risk=risk, option="retain", rationale="", by=ed)


def test_a_control_is_linked_once_and_only_where_it_works(
    risk: Risk, scrubber: Implementation, korvo: Project, ed: User, mara: User
) -> None:
    services.link_control(risk=risk, implementation=scrubber, by=ed)
    foreign = implement_control(control=scrubber.control, scope=korvo, owner=mara, by=mara)

    with pytest.raises(Refused, match="already linked"):
        services.link_control(risk=risk, implementation=scrubber, by=ed)
    with pytest.raises(Refused, match="does not work for Stridewell"):
        services.link_control(risk=risk, implementation=foreign, by=ed)

    services.unlink_control(link=risk.controls.get(), by=ed, reason="Replaced.")
    assert RiskControl.objects.count() == 0
