"""Incidents: every step taken or refused, a timeline that stays, clocks that run until something is submitted."""

from datetime import date
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects.models import Project
from risks.models import INCIDENT_MOVES, IncidentState, RootCause
from risks.services.clock import hold_clock, not_owed, start_clock, start_regime, submit
from risks.services.incident import add_entry, amend_entry, learn, move_incident, update_incident
from tests.risks.cases import breach_of, incident_of, put, utc

READY = {"root_causes": ["process_gap", "human_error"], "lessons": "Scrub before sending."}


@pytest.mark.parametrize("start", IncidentState.values)
def test_every_step_of_an_incident_is_taken_or_refused_in_words(start: str, stridewell: Project, ed: User) -> None:
    for to in IncidentState.values:
        incident = put(incident_of(stridewell, ed), state=start, **READY)
        if to in INCIDENT_MOVES[start]:
            assert move_incident(incident=incident, to=to, by=ed, reason="So it is").state == to
        else:
            with pytest.raises(Refused, match=r"^INC-\d\d is .*: it cannot become .*\."):
                move_incident(incident=incident, to=to, by=ed, reason="So it is")


def test_an_incident_closes_with_cause_lessons_and_nothing_left_running(stridewell: Project, ed: User) -> None:
    incident = put(incident_of(stridewell, ed), state="lessons")
    breach = breach_of(incident, ed)
    [clock] = start_regime(case=incident, regime="cards", by=ed)[:1]

    def close() -> Any:
        return move_incident(incident=incident, to="closed", by=ed, reason="Done")

    needs = "a root cause and what was learnt and the end of its breaches and the submission, or the end, of its"
    with pytest.raises(Refused, match=rf"^INC-01 still needs {needs} running clocks\.$"):
        close()
    update_incident(incident=incident, by=ed, **READY)
    put(breach, state="not_a_breach")
    for one in incident.clocks.running():
        not_owed(clock=one, by=ed, reason="No cards were touched.")
    assert close().state == "closed"
    assert (clock.title, incident.causes) == (
        "Card brands Merchant agreement; PCI DSS 12.10",
        [
            RootCause.PROCESS_GAP.label,
            RootCause.HUMAN_ERROR.label,
        ],
    )
    with pytest.raises(Refused, match="closed: reopen it first"):
        update_incident(incident=incident, by=ed, summary="Later")


def test_the_timeline_is_amended_and_never_changed(stridewell: Project, ed: User) -> None:
    incident = incident_of(stridewell, ed)
    first = add_entry(incident=incident, happened_at=utc("2026-09-28 10:00"), text="1,200 people", by=ed)
    better = amend_entry(entry=first, happened_at=first.happened_at, text="1,842 people", by=ed)

    assert [(row.text, row.amends_id) for row in incident.entries.all()] == [
        ("Noticed by somebody of ours, reported as Sev 2.", None),
        ("1,200 people", None),
        ("1,842 people", first.pk),
    ]
    with pytest.raises(Refused, match="amended already"):
        amend_entry(entry=first, happened_at=first.happened_at, text="Other", by=ed)
    with pytest.raises(Refused, match="lies in the future"):
        add_entry(incident=incident, happened_at=utc("2030-01-01 00:00"), text="Later", by=ed)
    with pytest.raises(Refused, match="Say why the severity changes"):
        update_incident(incident=incident, by=ed, severity="sev1")
    assert better.amends == first


def test_clocks_begin_by_law_follow_their_event_and_end_by_submission_only(stridewell: Project, ed: User) -> None:
    incident = incident_of(stridewell, ed)
    early, notification = start_regime(case=incident, regime="nis2", by=ed)

    assert [early.due_at, notification.due_at] == [utc("2026-09-29 14:10"), utc("2026-10-01 14:10")]
    update_incident(incident=incident, by=ed, reason="Known earlier", aware_at=utc("2026-09-28 12:00"))
    early.refresh_from_db()
    notification.refresh_from_db()
    assert early.due_at == utc("2026-09-29 12:00")

    with pytest.raises(Refused, match="give the reasons for the delay"):
        submit(clock=early, at=utc("2026-09-29 13:00"), by=ed)
    late = submit(clock=early, at=utc("2026-09-29 13:00"), by=ed, late_reason="The portal was down.")
    assert late.standing(utc("2026-10-05 00:00")) == "submitted_late"
    submit(clock=notification, at=utc("2026-09-30 13:00"), by=ed, submission="CSIRT-77")
    final = incident.clocks.get(stage="nis2-final")
    assert (final.began_at, final.due_at) == (utc("2026-09-30 13:00"), utc("2026-10-30 22:59:59"))
    for wrong, said in (
        (lambda: submit(clock=late, at=utc("2026-09-29 13:00"), by=ed), "submitted already"),
        (lambda: submit(clock=final, at=utc("2026-09-01 13:00"), by=ed), "before the start"),
        (lambda: submit(clock=final, at=utc("2036-09-01 13:00"), by=ed), "in the future"),
        (lambda: start_clock(case=incident, stage="nis2-early", by=ed), "has its clock already"),
        (lambda: start_clock(case=incident, stage="gdpr-33", by=ed), "is no period of an incident"),
        (lambda: start_clock(case=incident, stage="dora-initial", by=ed), "it was classified as major"),
        (lambda: start_regime(case=incident, regime="nis2", by=ed), "Nothing of NIS2 begins"),
        (lambda: hold_clock(clock=final, by=ed, reason="Waits"), "Only the period of a consultation"),
    ):
        with pytest.raises(Refused, match=said):
            wrong()


def test_a_lesson_becomes_a_finding_that_is_corrected(stridewell: Project, ed: User, mara: User) -> None:
    incident = incident_of(stridewell, ed)
    said = {"title": "No check of logs at gate G3", "statement": "Releases are not scanned for secrets in logs."}
    finding = learn(incident=incident, grade="minor_nc", owner=ed, response_due=date(2026, 10, 30), by=mara, **said)

    assert (finding.source, finding.state, finding.project) == ("incident", "issued", stridewell)
    assert [link.target_reference for link in incident.links.all()] == [finding.reference]
