"""Packs and checks read the past: what was true then is what they say, whatever happened since."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger.proof.canonical import canonical
from compliance.packs.contents import plain_data
from compliance.packs.registry import Period, checks, sections
from compliance.projects.models import Project
from controls.models import Implementation
from risks import reminders, services
from risks.models import Risk, RiskMethod, RiskPosition
from risks.panels import risks_of_control, risks_of_project
from risks.past import method_at, risks_at
from risks.reading import facts_of
from tests.due import due

PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))


def findings(name: str, project: Project, later: timedelta = timedelta()) -> list[str]:
    return [finding.text for finding in checks[name].source(project, timezone.now() + later, PERIOD)]


@pytest.fixture
def treated(risk: Risk, scrubber: Implementation, ed: User, ria: User, score: Any) -> Risk:
    """R-001 with everything: scores, people, control, option, action, acceptance."""
    score(risk, "inherent", 5, 5)
    score(risk, "current", 3, 3)
    score(risk, "residual", 1, 3)
    services.assess_people(risk=risk, severity=2, likelihood=2, rationale="Few people.", by=ed)
    services.link_control(risk=risk, implementation=scrubber, by=ed)
    treatment = services.treat_risk(risk=risk, option="modify", rationale="Cheap.", by=ed)
    due = timezone.now().date() + timedelta(days=9)
    services.plan_action(treatment=treatment, title="Scrub payloads", owner=ed, due_date=due, by=ed)
    request = services.request_acceptance(risk=risk, kind="residual", reason="Cheap.", by=ed)
    services.accept_risk(acceptance=request, by=ria, reason="Fine.")
    return risk


def test_the_past_stays_as_it_was(treated: Risk, ed: User, mara: User, ria: User, score: Any) -> None:
    then = timezone.now()
    score(treated, "current", 5, 5)
    services.update_risk(risk=treated, by=ed, title="Renamed", owner=mara, reason="Handed over")
    draft = services.draft_method(organisation=treated.organisation, by=mara)
    services.approve_method(method=draft, by=ria, reason="Newer.")

    (before,), (after,) = risks_at(treated.project, then), risks_at(treated.project, timezone.now())

    assert (before.title, before.owner.name, before.current.level) == ("Health data in crash reports", "Ria", "medium")
    assert (after.title, after.owner.name, after.current.level) == ("Renamed", "Mara", "critical")
    assert (method_at(treated.project, then).label, method_at(treated.project, timezone.now()).label) == (
        *("RM-1.0", "RM-1.1"),
    )
    (acceptance,) = before.acceptances.all()
    assert acceptance.standing(facts_of(before), then.date()) == "accepted"
    assert acceptance.standing(facts_of(after), then.date()) == "outdated"


@pytest.mark.parametrize("key", ["risk_method", "risks", "treatment"])
def test_sections_are_plain_data_and_can_be_printed(treated: Risk, key: str) -> None:
    section = sections[key]
    context = section.source(treated.project, timezone.now(), PERIOD)

    assert canonical(plain_data(context)) == canonical(
        plain_data(section.source(treated.project, timezone.now(), PERIOD))
    )
    assert "R-001" in render_to_string(section.template, context) or key == "risk_method"


def test_sections_say_so_when_there_is_nothing(stridewell: Project) -> None:
    for key, said in {
        "risk_method": "No risk method was in force.",
        "risks": "No open risk is recorded.",
        "treatment": "No risk is treated yet.",
    }.items():
        context = sections[key].source(stridewell, timezone.now(), PERIOD)
        assert said in render_to_string(sections[key].template, context)


def test_the_register_of_a_pack_holds_what_auditors_ask_for(treated: Risk) -> None:
    context = sections["risks"].source(treated.project, timezone.now(), PERIOD)

    (row,), (line,) = context["rows"], context["registers"]["risks.csv"]
    assert (row["current"]["likelihood"], row["current"]["consequence"], row["current"]["level"]) == (3, 3, "medium")
    assert [one["reference"] for one in row["controls"]] == ["CI-001"]
    assert [(one["word"], one["accepted_by"]) for one in row["acceptances"]] == [("accepted", "Ria")]
    assert (line["controls"], line["options"], line["people_level"]) == ("CI-001", "modify", "medium")
    assert [item["kind"] for item in context["maps"]] == ["inherent", "current", "residual"]


def test_pf09_wants_a_treatment_or_an_acceptance_above_the_threshold(
    risk: Risk, score: Any, ed: User, ria: User
) -> None:
    score(risk, "current", 4, 4)
    said = ["R-001 is high, above the threshold, neither treated nor validly accepted."]
    assert findings("PF09", risk.project) == said
    treatment = services.treat_risk(risk=risk, option="modify", rationale="Cheap.", by=ed)
    assert findings("PF09", risk.project) == said
    services.plan_action(treatment=treatment, title="Mend", owner=ed, due_date=date(2030, 1, 1), by=ed)
    assert findings("PF09", risk.project) == []


def test_pf09_is_content_with_a_valid_acceptance(risk: Risk, score: Any, ed: User, ria: User) -> None:
    score(risk, "current", 4, 4)
    request = services.request_acceptance(risk=risk, kind="residual", reason="Cheap.", by=ed)
    services.accept_risk(acceptance=request, by=ria, reason="For now.")

    assert findings("PF09", risk.project) == []
    assert findings("PF09", risk.project, timedelta(days=181)) == [
        "R-001 is high, above the threshold, neither treated nor validly accepted."
    ]


def test_pf10_names_an_outdated_and_an_expired_acceptance(treated: Risk, score: Any) -> None:
    assert findings("PF10", treated.project) == []
    (expired,) = findings("PF10", treated.project, timedelta(days=366))
    assert expired.startswith("RA-001, acceptance of R-001: expired on ")

    score(treated, "current", 3, 4)

    assert findings("PF10", treated.project) == [
        "RA-001, acceptance of R-001: outdated, the risk changed materially since."
    ]


def test_pf11_names_mixed_methods_and_scores_off_the_scale(
    treated: Risk, score: Any, mara: User, ria: User, ed: User
) -> None:
    from compliance.ledger import change

    assert findings("PF11", treated.project) == []
    draft = services.draft_method(organisation=treated.organisation, by=mara)
    services.approve_method(method=draft, by=ria, reason="Newer.")
    score(treated, "current", 3, 3)
    with change(by=ed, reason="Round the service"):
        position = RiskPosition.objects.get(kind="residual")
        position.likelihood, position.rationale = 9, "x"
        position.save()

    assert findings("PF11", treated.project) == [
        "R-001: the residual score is not on the scale of RM-1.0. "
        "it is scored by several method versions (RM-1.0, RM-1.1): assess it again by one."
    ]


def test_pf12_names_late_actions(treated: Risk) -> None:
    assert findings("PF12", treated.project) == []
    (late,) = findings("PF12", treated.project, timedelta(days=10))
    assert late.startswith("TA-001 of R-001 was due on ")


def test_reminders_tell_what_falls_due(treated: Risk, ed: User, ria: User) -> None:
    at = timezone.now() + timedelta(days=330)

    found = [
        (one.reference, one.owner)
        for find in (reminders.reviews, reminders.actions, reminders.acceptances)
        for one in due(find, treated.project, at)
    ]

    assert found == [("R-001", ria.name), ("TA-001", ed.name), ("RA-001", ria.name)]


def test_panels_stand_on_the_project_and_on_the_control(
    treated: Risk, scrubber: Implementation, method: RiskMethod, ed: User
) -> None:
    board = risks_of_project(treated.project)["board"]

    assert board.summary.figures["open"] == 1
    assert list(risks_of_control(scrubber)["risks"]) == [treated]
    assert list(risks_of_control(scrubber.control)["risks"]) == [treated]
    assert next(iter(risks_of_control(scrubber)["risks"])).current_level == "medium"


def test_figures_and_assets_print_as_they_stood(treated: Risk, scrubber: Implementation, ed: User) -> None:
    store = services.add_asset(
        organisation=treated.organisation, project=treated.project, by=ed, name="Store", kind="software",
        rank="supporting", owner=ed, integrity=3,
    )  # fmt: skip
    services.link_thing(risk=treated, thing=store, by=ed)
    then = timezone.now()
    services.update_asset(asset=store, by=ed, name="Renamed")
    printed = {}
    for key in ("risk_figures", "assets", "risks"):
        context = plain_data(sections[key].source(treated.project, then, PERIOD))
        canonical(context)
        printed[key] = (context, render_to_string(sections[key].template, context))

    figures, text = printed["risk_figures"]
    assert (figures["months"][-1]["open"], figures["controls"][0]["alone"]) == (1, 1)
    assert f"What rises if {scrubber.reference} fails" in text
    rows, text = printed["assets"]
    assert [(row["name"], row["risks"]) for row in rows["rows"]] == [("Store", ["R-001"])]
    assert "From inherent to current" in printed["risks"][1]
