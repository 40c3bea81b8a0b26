"""A risk is named, owned, and moves step by step; harm to people stands apart."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import ReasonMissing, Refused
from compliance.projects.models import Organisation, Project
from risks import services
from risks.models import Risk
from risks.services.register import MOVES
from tests.risks.conftest import SCENARIO

ALLOWED = [(state, verb) for verb, (before, _) in MOVES.items() for state in sorted(before)]
FORBIDDEN = [(state, verb) for verb, (before, _) in MOVES.items() for state in Risk.State.values if state not in before]


def put(risk: Risk, state: str, by: User) -> Risk:
    """Bring a risk into a state without walking there."""
    from compliance.ledger import change

    with change(by=by, reason="For the test"):
        risk.state = state
        risk.save()
    return risk


def step(risk: Risk, verb: str, by: User) -> Risk:
    if verb == "close":
        return services.close_risk(risk=risk, because="source_gone", by=by, reason="The SDK is gone.")
    return services.move_risk(risk=risk, verb=verb, by=by, reason="Because")


@pytest.fixture
def ready(risk: Risk, ed: User, ria: User, score: Any) -> Risk:
    """A risk that fulfils every condition of every step."""
    for kind, likelihood, consequence in (("inherent", 4, 5), ("current", 2, 3), ("residual", 2, 3)):
        score(risk, kind, likelihood, consequence)
    treatment = services.treat_risk(risk=risk, option="modify", rationale="Cheap to mend.", by=ed)
    services.plan_action(treatment=treatment, title="Scrub", owner=ed, due_date=timezone.now().date(), by=ed)
    return risk


def test_a_risk_reads_as_a_sentence(risk: Risk) -> None:
    assert risk.reference == "R-001"
    assert risk.statement == (
        "Because of unfiltered crash reports, the crash service could receive heart rates, "
        "leading to a breach of special-category data."
    )
    assert (risk.affects, risk.threat_name) == ("C", "Sensitive data in logs, crash reports, analytics events")


def test_references_run_through_the_organisation(risk: Risk, lumaro: Organisation, korvo: Project, mara: User) -> None:
    shared = services.identify_risk(organisation=lumaro, by=mara, **SCENARIO)
    other = services.identify_risk(organisation=lumaro, project=korvo, by=mara, **SCENARIO)

    assert [risk.reference, shared.reference, other.reference] == ["R-001", "R-002", "R-003"]
    assert list(Risk.objects.reaching(risk.project)) == [risk]
    assert list(Risk.objects.in_scope(lumaro)) == [shared]
    assert list(Risk.objects.reaching(lumaro)) == [risk, shared, other]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("weakness", "", "Because of: This field cannot be blank."),
        ("risk_source", "aliens", "Kind of source: Value 'aliens' is not a valid choice."),
        ("threat", "T99", "Threat T99 is unknown: choose one of T01 to T36."),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(
    stridewell: Project, ed: User, field: str, value: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        services.identify_risk(
            organisation=stridewell.organisation, project=stridewell, by=ed, **{**SCENARIO, field: value}
        )

    assert str(refused.value) == said
    assert Risk.objects.count() == 0


@pytest.mark.parametrize(("state", "verb"), ALLOWED)
def test_each_allowed_step_once(ready: Risk, ed: User, state: str, verb: str) -> None:
    put(ready, state, ed)

    assert step(ready, verb, ed).state == MOVES[verb][1]


@pytest.mark.parametrize(("state", "verb"), FORBIDDEN)
def test_each_forbidden_step_once(ready: Risk, ed: User, state: str, verb: str) -> None:
    put(ready, state, ed)

    with pytest.raises(services.CannotMove):
        step(ready, verb, ed)

    ready.refresh_from_db()
    assert ready.state == state


@pytest.mark.parametrize(
    ("state", "verb", "said"),
    [
        ("identified", "analyse", "Assess the current position of R-001 first."),
        ("analysed", "evaluate", "Assess the current position of R-001 first."),
        ("evaluated", "plan", "Choose how R-001 is treated first: modify, retain, avoid or share."),
        (
            "in_treatment",
            "monitor",
            "R-001 is monitored once its current level is down to the residual one, or what remains is accepted.",
        ),
    ],
)
def test_a_step_says_what_is_missing(risk: Risk, ed: User, state: str, verb: str, said: str) -> None:
    put(risk, state, ed)

    with pytest.raises(services.CannotMove) as refused:
        step(risk, verb, ed)

    assert str(refused.value) == said


def test_treatment_begins_with_an_action(risk: Risk, ed: User) -> None:
    services.treat_risk(risk=risk, option="avoid", rationale="Not worth it.", by=ed)
    put(risk, "treatment_planned", ed)

    with pytest.raises(services.CannotMove, match="Plan at least one action for R-001"):
        step(risk, "start", ed)


def test_closing_and_asking_for_a_review_need_a_reason(ready: Risk, ed: User) -> None:
    with pytest.raises(ReasonMissing, match="Say which fact shows"):
        services.close_risk(risk=ready, because="merged", by=ed, reason=" ")
    with pytest.raises(Refused, match="Give a reason"):
        services.move_risk(risk=ready, verb="flag", by=ed)


def test_a_review_sets_the_next_day_by_the_level(ready: Risk, ed: User) -> None:
    put(ready, "review_due", ed)
    assert ready.review_overdue() is True

    services.review_risk(risk=ready, by=ed, reason="Looked at after the release.")

    today = timezone.now().date()
    assert (ready.state, ready.next_review_date) == ("evaluated", today + timedelta(days=180))
    assert ready.review_overdue() is False
    assert ready.review_overdue(today + timedelta(days=181)) is True


def test_harm_to_people_is_judged_apart(risk: Risk, ed: User) -> None:
    services.assess_people(risk=risk, severity=3, likelihood=3, rationale="Health data of many.", by=ed)

    assert risk.privacy_level == "high"
    with pytest.raises(Refused, match="Severity for people 5 is outside the scale: choose 1 to 4"):
        services.assess_people(risk=risk, severity=5, likelihood=1, rationale="x", by=ed)
    with pytest.raises(Refused, match="Give both severity and likelihood"):
        services.assess_people(risk=risk, severity=2, likelihood=None, rationale="x", by=ed)
    with pytest.raises(Refused, match="Rationale"):
        services.assess_people(risk=risk, severity=2, likelihood=2, rationale="", by=ed)


def test_a_high_risk_to_people_is_not_retained(risk: Risk, ed: User) -> None:
    services.assess_people(risk=risk, severity=3, likelihood=3, rationale="Health data of many.", by=ed)

    with pytest.raises(Refused, match="cannot be retained"):
        services.treat_risk(risk=risk, option="retain", rationale="Cheap.", by=ed)
