"""What packs, checks, reminders and triggers say of incidents, breaches and impact assessments."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.accounts.models import User
from compliance.packs.registry import Period, checks, sections
from compliance.projects.models import Organisation, Project
from compliance.registers.linkable import linkables
from dataflows.services import change_activity, draft_activity
from risks.models import Incident, Reassessment, Risk
from risks.reminders_of_cases import assessment_reviews, clocks_of_breaches, clocks_of_incidents
from risks.services import dpia as services
from risks.services import evaluate
from risks.services.clock import start_regime, submit
from risks.services.incident import link_case
from risks.totals_of_cases import figures
from tests.due import due
from tests.risks.cases import breach_of, incident_of, put, utc

PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def case(stridewell: Project, risk: Risk, ed: User) -> Incident:
    """A serious incident about a risk, with a breach told late and an assessment in force."""
    incident = incident_of(stridewell, ed)
    target = linkables["risk"].find(stridewell, risk.reference)
    assert target is not None
    link_case(case=incident, kind=linkables["risk"], target=target, by=ed)
    breach = put(breach_of(incident, ed, subjects_count=1842), state="confirmed")
    submit(clock=breach.clocks.get(), at=utc("2026-10-02 09:00"), by=ed, late_reason="Holiday")
    start_regime(case=incident, regime="nis2", by=ed)
    activity = draft_activity(
        organisation=stridewell.organisation, project=stridewell, name="Coaching", purposes="Draw a plan", by=ed
    )
    made = services.screen(scope=stridewell, title="Coaching", activities=[activity], by=ed)
    services.require(assessment=made, by=ed, reason="Sure")
    services.begin(assessment=made, by=ed)
    put(made, state="in_force", review_date=date(2026, 12, 1), decided_at=timezone.now(), opinion="approve")
    return incident


def _check(key: str, scope: Any) -> list[str]:
    return [finding.text for finding in checks[key].source(scope, timezone.now(), PERIOD)]


@pytest.mark.parametrize("key", ["dpia", "dpia_files", "incidents", "notifications"])
def test_a_section_prints_what_is_there_and_what_is_not(
    key: str, case: Incident, stridewell: Project, korvo: Project
) -> None:
    one = sections[key]
    for scope in (stridewell, korvo):
        told = one.ask(scope, timezone.now(), PERIOD)
        printed = render_to_string(one.template, dict(told))
        assert ("Coaching" in printed or "BR-01" in printed) == (scope == stridewell), key


def test_the_register_of_breaches_tells_hours_and_reasons(case: Incident, stridewell: Project) -> None:
    told = sections["incidents"].ask(stridewell, timezone.now(), PERIOD)

    [row] = told["breaches"]
    assert (row["reference"], row["after"], row["delay"], row["subjects"]) == ("BR-01", "90 h 50 min", "Holiday", 1842)
    assert [clock["standing"] for clock in told["clocks"]] == ["overdue", "overdue", "submitted_late", "running"]
    assert [line["text"] for line in told["timelines"][0]["lines"]] == [
        "Noticed by somebody of ours, reported as Sev 2."
    ]


def test_preflight_names_late_clocks_and_assessments_that_do_not_fit(
    case: Incident, stridewell: Project, ed: User
) -> None:
    assert _check("PF19/assessments", stridewell) == []
    assert sorted(_check("PF21/breaches", stridewell), reverse=True) == [
        "NIS2 Art. 23(4)(b) to the CSIRT or competent authority is overdue.",
        "NIS2 Art. 23(4)(a) to the CSIRT or competent authority is overdue.",
        "GDPR Art. 33(1) to the supervisory authority was met late; reasons: Holiday",
    ]
    from dataflows.models import ProcessingActivity

    change_activity(activity=ProcessingActivity.objects.get(), by=ed, purposes="Draw a plan and sell it")
    assert _check("PF19/assessments", stridewell) == [
        "DPIA-001 Coaching: the processing changed since it was described."
    ]


def test_what_falls_due_and_what_overviews_count(case: Incident, stridewell: Project, lumaro: Organisation) -> None:
    at = utc("2026-11-23 00:00")

    for scope in (stridewell, lumaro):
        assert [line.date for line in due(clocks_of_incidents, scope, at)] == [date(2026, 9, 29), date(2026, 10, 1)]
        assert [line.reference for line in due(clocks_of_breaches, scope, at)] == ["BR-01"]
        assert [line.title for line in due(assessment_reviews, scope, at)] == ["Review Coaching"]
        assert figures(scope, at) == {
            "open": 1, "grave": 1, "breaches": 1, "clocks": 3, "late": 2, "assessments": 0,
        }  # fmt: skip


def test_a_breach_a_closed_incident_and_a_changed_flow_ask_for_another_look(
    case: Incident, lumaro: Organisation, risk: Risk, ed: User
) -> None:
    from dataflows.models import ProcessingActivity

    put(case, state="closed")
    change_activity(activity=ProcessingActivity.objects.get(), by=ed, purposes="Draw a plan and sell it")
    evaluate(lumaro, at=timezone.now() + timedelta(minutes=1))

    asked = Reassessment.objects.filter(event__in=["incident_closed", "breach_confirmed", "assessment_outdated"])
    assert sorted(asked.values_list("event", "target_reference")) == [
        ("assessment_outdated", "DPIA-001"),
        ("breach_confirmed", risk.reference),
        ("incident_closed", risk.reference),
    ]
    made = services.ImpactAssessment.objects.get()
    assert made.state == "review_due"
