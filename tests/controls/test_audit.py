"""Audits: each allowed step once, each forbidden one once, and nobody audits or closes their own work."""

import pytest
from django.utils import timezone

from compliance.approvals.services import NotYours
from compliance.ledger import ReasonMissing, Refused
from controls.models import AUDIT_MOVES, PROGRAMME_MOVES, AuditState, EvidenceVersion, ProgrammeState
from controls.services.audit import (
    close_programme,
    decide_programme,
    edit_audit,
    move_audit,
    plan_audit,
    plan_programme,
    set_criteria,
    submit_programme,
)
from controls.services.control import answer_requirements
from controls.services.desk import freeze_scope
from controls.services.moves import WrongMove, YourOwnWork
from controls.services.seat import NotIndependent, end_seat, reopen_window, seat_auditor
from tests.controls.auditing import DAY, accepted, acted, in_fieldwork, issued, planned, put, seated


@pytest.fixture
def audit(lumaro, annex, mara):
    return planned(lumaro, annex, mara)


@pytest.fixture
def programme(lumaro, mara):
    today = timezone.now().date()
    return plan_programme(
        organisation=lumaro, title="2026", start_date=today, end_date=today + 365 * DAY, owner=mara, by=mara
    )


def test_an_audit_goes_its_way_and_closes_by_somebody_else(audit, lumaro, mara, ada, ed, ria):
    in_fieldwork(audit, ada, mara)
    finding = accepted(lumaro, ada, ed, audit=audit)
    move_audit(audit=audit, to="draft_report", by=ada, conclusion="It works but for one thing.")
    move_audit(audit=audit, to="fieldwork", by=ada, reason="One sample is missing")
    for to in ("draft_report", "response", "final"):
        move_audit(audit=audit, to=to, by=ada)
    today = timezone.now().date()
    with pytest.raises(Refused, match=r"Say on which day the result was reported"):
        move_audit(audit=audit, to="closed", by=mara)
    with pytest.raises(Refused, match=rf"{finding.reference} have no approved corrective action"):
        move_audit(audit=audit, to="closed", by=mara, reported_date=today)
    acted(finding, ed, ria, mara, until="approved")
    with pytest.raises(YourOwnWork, match=r"You audited this yourself"):
        move_audit(audit=audit, to="closed", by=ada)
    assert move_audit(audit=audit, to="closed", by=mara).state == "closed"


def test_every_other_step_of_an_audit_is_refused_in_words(audit, mara):
    for state in AuditState:
        put(audit, state)
        for to in set(AuditState) - AUDIT_MOVES[state]:
            with pytest.raises(WrongMove, match=rf"{audit.reference} is {state.label.lower()}: it cannot become"):
                move_audit(audit=audit, to=to, by=mara)
    put(audit, "planned")
    with pytest.raises(ReasonMissing):
        move_audit(audit=audit, to="cancelled", by=mara)
    assert move_audit(audit=audit, to="cancelled", by=mara, reason="Merged with the next").state == "cancelled"
    put(audit, "notified")
    assert move_audit(audit=audit, to="cancelled", by=mara, reason="Merged with the next").state == "cancelled"
    with pytest.raises(Refused, match=r"is cancelled: it is not changed any more"):
        edit_audit(audit=audit, by=mara, title="Other")


def test_an_audit_says_what_it_lacks(audit, lumaro, mara, ada, ed):
    put(audit, "notified")
    with pytest.raises(Refused, match=r"no lead auditor"):
        move_audit(audit=audit, to="fieldwork", by=mara)
    seated(audit, ada, mara)
    with pytest.raises(Refused, match=r"The scope is not frozen"):
        move_audit(audit=audit, to="fieldwork", by=mara)
    freeze_scope(audit=audit, by=mara)
    with pytest.raises(Refused, match=r"is frozen: its criteria stay"):
        set_criteria(audit=audit, criteria=[], by=mara)
    move_audit(audit=audit, to="fieldwork", by=mara)
    with pytest.raises(Refused, match=r"scope stays as it was frozen"):
        freeze_scope(audit=audit, by=mara)
    with pytest.raises(Refused, match=r"The report has no conclusion"):
        move_audit(audit=audit, to="draft_report", by=ada)
    finding = issued(lumaro, ada, ed, audit=audit)
    put(finding, "draft")
    put(audit, "draft_report")
    with pytest.raises(Refused, match=rf"{finding.reference} are drafts"):
        move_audit(audit=audit, to="response", by=ada)
    put(audit, "response")
    with pytest.raises(Refused, match=rf"{finding.reference} wait for an answer"):
        move_audit(audit=audit, to="final", by=ada)


def test_nobody_audits_what_they_own_or_worked_on(statement, evidence, running, lumaro, mara, ada, ria, stridewell):
    link = statement.edition.requirements.get(ref="K.1")
    answer_requirements(control=running.control, requirements=[link], by=ria)
    audit = planned(lumaro, statement.edition, ria)
    now = timezone.now()
    window = {"since": now, "until": now + DAY}
    with pytest.raises(NotIndependent) as refused:
        seat_auditor(audit=audit, user=mara, by=ria, **window)
    said = str(refused.value)
    assert said.startswith(f"Mara is not independent of {audit.reference}: owns {running}; ")
    assert "collected EV-001 Restore test" in said or "more" in said
    assert EvidenceVersion.objects.get().collected_by == mara
    seat = seat_auditor(audit=audit, user=mara, by=ria, override_reason="Nobody else knows it", **window)
    assert (bool(seat.conflicts), seat.override_reason) == (True, "Nobody else knows it")
    free = seat_auditor(audit=audit, user=ada, by=mara, override_reason="Not needed", **window)
    assert (free.conflicts, free.override_reason) == ("", "")
    with pytest.raises(Refused, match=r"already has a seat"):
        seat_auditor(audit=audit, user=ada, by=mara, **window)
    with pytest.raises(YourOwnWork, match=r"cannot give yourself a seat"):
        seat_auditor(audit=audit, user=ria, by=ria, **window)
    with pytest.raises(YourOwnWork, match=r"cannot widen your own window"):
        reopen_window(seat=free, by=ada, reason="More time", **window)
    end_seat(seat=free, by=mara, reason="Ill")
    with pytest.raises(Refused, match=r"has ended already"):
        end_seat(seat=free, by=mara, reason="Ill")
    assert reopen_window(seat=free, by=mara, reason="Well again", **window).standing() == "active"


def test_a_programme_is_approved_by_somebody_else_and_follows_its_audits(programme, lumaro, annex, mara, ada, ria):
    with pytest.raises(Refused, match=r"has no audits yet"):
        submit_programme(programme=programme, by=mara)
    audit = planned(lumaro, annex, mara, programme=programme)
    with pytest.raises(Refused, match=r"waits for no approval"):
        decide_programme(programme=programme, approve=True, by=ria, reason="Good")
    submit_programme(programme=programme, by=ria)
    with pytest.raises(NotYours):
        decide_programme(programme=programme, approve=True, by=mara, reason="I own it")
    submit_programme(programme=programme, by=mara)
    with pytest.raises(NotYours):
        decide_programme(programme=programme, approve=True, by=mara, reason="I am admin")
    assert decide_programme(programme=programme, approve=True, by=ria, reason="Good").state == "approved"
    in_fieldwork(audit, ada, mara)
    programme.refresh_from_db()
    assert programme.state == "running"
    with pytest.raises(Refused, match=rf"{audit.reference} are still under way"):
        close_programme(programme=programme, by=mara, reason="Over")
    put(audit, "closed")
    assert close_programme(programme=programme, by=mara, reason="Over").state == "closed"
    with pytest.raises(Refused, match=r"is closed: plan the next one"):
        submit_programme(programme=programme, by=mara)
    with pytest.raises(Refused, match=r"is closed: choose a running programme"):
        planned(lumaro, annex, mara, programme=programme)
    for state in (ProgrammeState.DRAFT, ProgrammeState.CLOSED):
        assert ProgrammeState.CLOSED not in PROGRAMME_MOVES[state]
        put(programme, state)
        with pytest.raises(WrongMove, match=r"it cannot become closed"):
            close_programme(programme=programme, by=mara, reason="Over")


def test_an_audit_ends_after_it_begins(lumaro, annex, mara):
    today = timezone.now().date()
    with pytest.raises(Refused, match=r"ends before it begins"):
        plan_audit(
            scope=lumaro, by=mara, criteria=[], title="T", objectives="O", start_date=today, end_date=today - DAY
        )
