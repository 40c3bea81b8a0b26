"""The right person accepts, on the facts shown, for a stated time; what changes outdates it by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused
from controls.models import Implementation
from risks import services
from risks.models import Risk, RiskAcceptance

TODAY = timezone.now().date


def ask(risk: Risk, by: User, **details: Any) -> RiskAcceptance:
    return services.request_acceptance(
        **{"risk": risk, "kind": "residual", "reason": "Costs more than it saves.", "by": by, **details}
    )


def fresh(risk: Risk) -> Risk:
    return Risk.objects.get(pk=risk.pk)


@pytest.fixture
def accepted(risk: Risk, ed: User, ria: User, score: Any) -> RiskAcceptance:
    """R-001 at medium, accepted by its owner."""
    score(risk, "current", 3, 3)
    return services.accept_risk(acceptance=ask(risk, ed), by=ria, reason="Within appetite.")


def test_an_acceptance_holds_who_in_which_role_on_which_facts(accepted: RiskAcceptance, ria: User) -> None:
    assert (accepted.state, accepted.level, accepted.accepted_by) == ("accepted", "medium", ria)
    assert accepted.authority == "risk_owner"
    assert accepted.snapshot_sha256 == snapshot(services.facts_of(accepted.risk)).sha256
    assert accepted.valid_until == TODAY() + timedelta(days=365)
    assert accepted.standing(services.facts_of(accepted.risk), TODAY()) == "accepted"


def test_a_new_score_outdates_it_by_itself(accepted: RiskAcceptance, score: Any) -> None:
    score(accepted.risk, "current", 4, 4)
    facts = services.facts_of(fresh(accepted.risk))

    assert accepted.standing(facts, TODAY()) == "outdated"
    assert [(one.label, one.before, one.after) for one in accepted.changed(facts)] == [
        ("current score", "3 × 3, medium", "4 × 4, high")
    ]
    accepted.refresh_from_db()
    assert accepted.state == "accepted"


def test_going_back_to_what_was_accepted_makes_it_count_again(accepted: RiskAcceptance, score: Any) -> None:
    score(accepted.risk, "current", 4, 4)
    score(accepted.risk, "current", 3, 3)

    assert accepted.standing(services.facts_of(fresh(accepted.risk)), TODAY()) == "accepted"


def test_a_new_owner_wording_or_control_outdates_it(
    accepted: RiskAcceptance, mara: User, scrubber: Implementation
) -> None:
    risk = fresh(accepted.risk)
    services.update_risk(risk=risk, by=mara, owner=mara, weakness="chatty crash reports", reason="New lead")
    services.link_control(risk=risk, implementation=scrubber, by=mara)

    changed = accepted.changed(services.facts_of(fresh(risk)))
    assert [one.key for one in changed] == ["statement", "owner", "controls"]


def test_a_title_or_a_review_day_does_not(accepted: RiskAcceptance, mara: User) -> None:
    risk = fresh(accepted.risk)
    next_week = TODAY() + timedelta(days=9)
    services.update_risk(risk=risk, by=mara, title="Crash reports", next_review_date=next_week, reason="Wording")

    assert accepted.changed(services.facts_of(fresh(risk))) == []


def test_another_option_outdates_the_approval_of_the_plan_only(accepted: RiskAcceptance, ed: User, ria: User) -> None:
    risk = fresh(accepted.risk)
    services.treat_risk(risk=risk, option="modify", rationale="Cheap.", by=ed)
    plan = services.accept_risk(acceptance=ask(risk, ed, kind="treatment_plan"), by=ria, reason="Go on.")
    services.treat_risk(risk=risk, option="share", rationale="Insurance.", by=ed)
    facts = services.facts_of(fresh(risk))

    assert plan.standing(facts, TODAY()) == "outdated"
    assert accepted.standing(facts, TODAY()) == "accepted"


def test_it_expires_by_its_date(accepted: RiskAcceptance) -> None:
    facts = services.facts_of(accepted.risk)

    assert accepted.standing(facts, accepted.valid_until) == "accepted"
    assert accepted.standing(facts, accepted.valid_until + timedelta(days=1)) == "expired"


def test_the_requester_does_not_accept(risk: Risk, ria: User, score: Any) -> None:
    score(risk, "current", 2, 2)

    with pytest.raises(NotYours):
        services.accept_risk(acceptance=ask(risk, ria), by=ria, reason="Mine.")


def test_a_risk_owner_accepts_no_high_risk(risk: Risk, ed: User, nora: User, ria: User, score: Any) -> None:
    services.update_risk(risk=risk, by=ed, owner=nora)
    score(risk, "current", 3, 5)
    request = ask(risk, ed)

    with pytest.raises(services.NoAuthority, match="A high risk is accepted by its executive: ask one of them"):
        services.accept_risk(acceptance=request, by=nora, reason="Fine.")

    assert services.accept_risk(acceptance=request, by=ria, reason="For now.").authority == "executive"


def test_a_risk_owner_accepts_only_their_own(risk: Risk, ed: User, nora: User, score: Any) -> None:
    score(risk, "current", 2, 2)

    with pytest.raises(services.NoAuthority):
        services.accept_risk(acceptance=ask(risk, ed), by=nora, reason="Not mine.")


def test_a_critical_risk_is_accepted_for_ninety_days_at_most(risk: Risk, ed: User, score: Any) -> None:
    score(risk, "current", 5, 5)

    with pytest.raises(Refused, match="a critical risk is accepted for 90 days at most"):
        ask(risk, ed, valid_until=TODAY() + timedelta(days=91))

    assert ask(risk, ed).valid_until == TODAY() + timedelta(days=90)


def test_what_changed_since_the_request_is_not_accepted(risk: Risk, ed: User, ria: User, score: Any) -> None:
    score(risk, "current", 2, 2)
    request = ask(risk, ed)
    score(risk, "current", 2, 3)

    with pytest.raises(services.CannotMove, match=r"R-001 changed since the request \(current score\)"):
        services.accept_risk(acceptance=request, by=ria, reason="Fine.")


def test_a_request_without_a_score_an_owner_or_a_reason_is_refused(risk: Risk, ed: User, score: Any) -> None:
    with pytest.raises(services.CannotMove, match="Assess the current position of R-001"):
        ask(risk, ed)
    score(risk, "current", 2, 2)
    with pytest.raises(Refused, match="Give a reason"):
        ask(risk, ed, reason="")
    with pytest.raises(services.CannotMove, match="R-001 has no treatment yet"):
        ask(risk, ed, kind="treatment_plan")
    services.update_risk(risk=risk, by=ed, owner=None)
    with pytest.raises(services.CannotMove, match="Name an owner of R-001"):
        ask(risk, ed)


def test_a_high_risk_to_people_is_not_accepted(risk: Risk, ed: User, score: Any) -> None:
    score(risk, "current", 2, 2)
    services.assess_people(risk=risk, severity=4, likelihood=3, rationale="Children.", by=ed)

    with pytest.raises(services.CannotMove, match="A high risk to people is not accepted"):
        ask(risk, ed)


@pytest.mark.parametrize("verb", ["accept_risk", "reject_acceptance"])
def test_a_decision_is_taken_once_and_with_a_reason(risk: Risk, ed: User, ria: User, score: Any, verb: str) -> None:
    score(risk, "current", 2, 2)
    request, decide = ask(risk, ed), getattr(services, verb)

    with pytest.raises(Refused, match="Give a reason"):
        decide(acceptance=request, by=ria, reason=" ")
    decide(acceptance=request, by=ria, reason="Decided.")
    with pytest.raises(services.CannotMove, match="already"):
        decide(acceptance=request, by=ria, reason="Again.")


def test_an_acceptance_is_revoked_with_the_authority_to_give_it(accepted: RiskAcceptance, ed: User) -> None:
    with pytest.raises(services.NoAuthority):
        services.revoke_acceptance(acceptance=accepted, by=ed, reason="I would rather not.")


def test_a_request_is_taken_back_by_who_asked(risk: Risk, ed: User, score: Any) -> None:
    score(risk, "current", 2, 2)

    assert services.revoke_acceptance(acceptance=ask(risk, ed), by=ed, reason="Too early.").state == "revoked"


def test_an_acceptance_is_revoked_once(accepted: RiskAcceptance, ria: User) -> None:
    services.revoke_acceptance(acceptance=accepted, by=ria, reason="New facts.")

    assert accepted.state == "revoked"
    with pytest.raises(services.CannotMove, match="RA-001 is revoked already"):
        services.revoke_acceptance(acceptance=accepted, by=ria, reason="Again.")


def test_one_request_at_a_time(risk: Risk, ed: User, score: Any) -> None:
    score(risk, "current", 2, 2)
    ask(risk, ed)

    with pytest.raises(services.CannotMove, match="already waits for this decision"):
        ask(risk, ed)
