"""Pages of incidents and breaches: read, written, downloaded; fixed query counts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects.models import Project
from compliance.registers.declaration import register_types
from compliance.registers.services.row import Said, add_row
from dataflows.services import draft_activity
from risks.models import Breach, Incident
from risks.screening import QUESTIONS
from risks.services.clock import submit
from risks.services.dpia import screen
from tests.risks.cases import breach_of, incident_of, put, utc

SignIn = Callable[[User], Client]


def page(name: str, *args: Any) -> str:
    return reverse(f"risks:project_{name}", args=["stridewell", *args])


def test_an_incident_is_reported_and_lived_through_on_its_pages(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    client = sign_in(ed)
    said = {"title": "Lost laptop", "severity": "sev3", "source": "staff", "summary": "On a train."}
    answer = client.post(page("incident_add"), {**said, "detected_at": "2026-09-28T09:40"}, follow=True)
    assert (answer.status_code, Incident.objects.get().reference) == (200, "INC-01")

    client.post(page("incident_next", "INC-01") + "?step=respond", {"reason": "Begun"})
    client.post(
        page("incident_entry", "INC-01"), {"happened_at": "2026-09-28T10:00", "kind": "action", "text": "Wiped"}
    )
    line = Incident.objects.get().entries.get(text="Wiped")
    client.post(
        page("incident_entry", "INC-01") + f"?amends={line.pk}",
        {"happened_at": "2026-09-28T10:05", "text": "Wiped twice"},
    )
    client.post(page("incident_clock", "INC-01"), {"regime": "cards"})
    client.post(
        page("incident_breach", "INC-01"),
        {"title": "Customer list", "role": "controller", "aware_at": "2026-09-28T11:00", "aware_reason": "Seen"},
    )
    shown = client.get(page("incident", "INC-01")).content.decode()

    assert [
        word in shown for word in ("Wiped twice", "<s>", "data-clock-due", "BR-01", "Customer list", "No lead")
    ] == [True] * 6
    refused = client.post(page("incident_link", "INC-01"), {"reference": "R-999"})
    assert (refused.status_code, "There is no record R-999" in refused.content.decode()) == (422, True)


def test_the_page_says_whom_to_call_now(stridewell: Project, ed: User, ria: User, sign_in: SignIn) -> None:
    steps, tests = register_types["escalation"], register_types["contact-tests"]
    rows = {
        number: add_row(
            register=steps,
            scope=stridewell,
            said=Said(main, {"severity": "sev2", "order": number, "person": ria, "within": 30, "channel": "phone"}),
            by=ed,
        )
        for number, main in ((2, "Data protection officer"), (1, "Incident lead"))
    }
    on = utc("2026-09-01 00:00").date()
    add_row(register=tests, scope=stridewell, said=Said("Call", {"tried": on, "reached": "no"}, parent=rows[1]), by=ed)
    incident_of(stridewell, ed)
    answer = sign_in(ed).get(page("incident", "INC-01"))

    assert [(one["role"], one["until"], one["reached"]) for one in answer.context["calls"]] == [
        ("Incident lead", utc("2026-09-28 10:10"), False),
        ("Data protection officer", utc("2026-09-28 10:10"), None),
    ]


def test_a_breach_is_decided_notified_and_written_out(
    stridewell: Project, ed: User, mara: User, sign_in: SignIn
) -> None:
    breach = put(breach_of(incident_of(stridewell, ed), ed), state="assessing")
    editor, manager = sign_in(ed), sign_in(mara)
    editor.post(page("breach_next", "BR-01") + "?step=confirm", {"reason": "Found"})
    manager.post(page("breach_decide", "BR-01") + "?step=risk", {"risk": "risk", "reason": "Tokens could be used"})
    late = {"authority_name": "SächsDSB", "at": "2026-10-02T09:00"}
    refused = editor.post(page("breach_next", "BR-01") + "?step=notify", late)
    assert (refused.status_code, "give the reasons for the delay" in refused.content.decode()) == (422, True)
    editor.post(page("breach_next", "BR-01") + "?step=notify", {**late, "late_reason": "Holiday"})
    editor.post(page("breach_enisa", "BR-01"), {"enisa_dpc": 3, "enisa_ei": 75, "enisa_confidentiality": 25})
    breach.refresh_from_db()
    assert (breach.authority, str(breach.enisa)) == ("initial", "3 × 0.75 + 0.25 = 2.50")

    assert editor.get(page("breach", "BR-01")).status_code == 200
    text = editor.get(page("breach_file", "BR-01") + "?download=1").content.decode()
    assert [line for line in text.splitlines() if line[:1].isdigit()] == [
        "1 Notification",
        "2 Controller and contacts",
        "3 Timeline",
        "4 Nature of the breach",
        "5 Personal data",
        "6 People concerned",
        "7 Measures in place before",
        "8 Likely consequences",
        "9 Measures taken and proposed",
        "10 Communication to the people",
        "11 Cross-border matters",
    ]
    assert ("  Reasons for the delay: Holiday" in text, "  Notified after: 90 h 50 min" in text) == (True, True)
    assert editor.get(page("breach_file", "BR-01")).status_code == 200


@pytest.mark.parametrize("name", ["incident", "breach"])
def test_a_record_costs_the_same_with_one_and_three_clocks(
    name: str, stridewell: Project, ed: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    incident = incident_of(stridewell, ed)
    breach = breach_of(incident, ed)
    client, url = sign_in(ed), page(name, {"incident": incident, "breach": breach}[name].reference)
    client.get(url)
    with django_assert_max_num_queries(40) as once:
        client.get(url)
    [clock] = breach.clocks.all()
    submit(clock=clock, at=utc("2026-09-29 00:00"), by=ed)
    for number in range(2):
        breach_of(incident, ed, title=f"Another {number}")
    with django_assert_max_num_queries(len(once)):
        client.get(url)
    assert Breach.objects.count() == 3


def test_an_assessment_is_screened_written_and_shown(
    stridewell: Project, ed: User, mara: User, sign_in: SignIn
) -> None:
    activity = draft_activity(
        organisation=stridewell.organisation, project=stridewell, name="Coaching", purposes="Draw a plan", by=ed
    )
    client = sign_in(ed)
    client.post(page("assessment_add"), {"title": "Coaching", "activities": [activity.pk]})
    asked = client.get(page("assessment_screening", "DPIA-001"))
    answers = {f"{key}_hit": "yes" if key in {"4", "5"} else "no" for key in QUESTIONS}
    refused = client.post(page("assessment_screening", "DPIA-001"), answers)
    assert (asked.status_code, refused.status_code) == (200, 422)
    client.post(page("assessment_screening", "DPIA-001"), {**answers, "4_why": "Health", "5_why": "Many"})
    client.post(page("assessment_next", "DPIA-001") + "?step=require", {"reason": "Two criteria"})
    client.post(page("assessment_next", "DPIA-001") + "?step=begin", {"reason": "Begun"})
    client.post(
        page("assessment_part", "DPIA-001", "necessity"), {"necessity": "No other way", "proportionality": "Little"}
    )
    shown = client.get(page("assessment", "DPIA-001")).content.decode()

    words = ("By these answers an assessment is required.", "Draw a plan", "No other way", "SHA-256")
    assert [word for word in words if word not in shown] == []
    assert client.get(page("assessment_part", "DPIA-001", "nonsense")).status_code == 404
    assert client.get(page("assessment_decide", "DPIA-001")).status_code == 403


@pytest.mark.parametrize("name", ["incidents", "breaches", "assessments"])
def test_a_list_asks_the_same_for_one_and_three_rows(
    name: str, stridewell: Project, ed: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    incident = incident_of(stridewell, ed)
    client, url = sign_in(ed), page(name)

    def more(count: int) -> None:
        for number in range(count):
            incident_of(stridewell, ed, title=f"Again {number}")
            put(breach_of(incident, ed), risk=("risk", "high_risk", "unlikely")[number])
            screen(scope=stridewell, title="Coaching", activities=[], by=ed)

    more(1)
    client.get(url)
    more(1)
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    more(2)
    with django_assert_max_num_queries(len(few)):
        assert client.get(url).status_code == 200
    assert client.get(url, {"show": "late", "state": "nonsense", "title": "Again"}).status_code == 200
