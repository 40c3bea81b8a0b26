"""The audit programme and its audits: plan, approve, staff, move, close (ISO 27001 9.2)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import decide, request_approval
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    AUDIT_MOVES,
    PROGRAMME_MOVES,
    Audit,
    AuditCriterion,
    AuditProgramme,
    AuditState,
    FindingState,
    ProgrammeState,
    Requirement,
    SeatRole,
)
from controls.services.moves import YourOwnWork, check_move

PURPOSE = "audit programme"


def plan_programme(
    *, organisation: Organisation, title: str, start_date: date, end_date: date, owner: User, by: User, **more: Any
) -> AuditProgramme:
    """Begin a programme; `more` may hold `objectives` and `reason`."""
    if end_date <= start_date:
        raise Refused("The programme ends before it starts: choose a later end.")
    with change(by=by, reason=more.pop("reason", "") or "Programme planned"):
        row = AuditProgramme(
            organisation=organisation, title=title, start_date=start_date, end_date=end_date, owner=owner, **more
        )
        row.save()
    return row


def programme_facts(programme: AuditProgramme) -> dict[str, Any]:
    """What an approval of the programme covers: period, objectives, and which audits measure by what."""
    audits = programme.audits.prefetch_related("criteria__requirement__edition").order_by("reference")
    return {
        "title": programme.title,
        "start_date": programme.start_date,
        "end_date": programme.end_date,
        "objectives": programme.objectives,
        "audits": [
            {
                "reference": audit.reference,
                "title": audit.title,
                "kind": audit.kind,
                "project": str(audit.project_id or ""),
                "criteria": sorted(f"{c.requirement.edition.key} {c.requirement.ref}" for c in audit.criteria.all()),
            }
            for audit in audits
        ],
    }


def submit_programme(*, programme: AuditProgramme, by: User, reason: str = "") -> Approval:
    """Put the programme with its audits before somebody else."""
    facts = programme_facts(programme)
    if not facts["audits"]:
        raise Refused("The programme has no audits yet: plan the first, then ask for approval.")
    if programme.state == ProgrammeState.CLOSED:
        raise Refused(f"{programme.reference} is closed: plan the next one.")
    scope = programme.organisation
    return request_approval(subject=programme, purpose=PURPOSE, facts=facts, scope=scope, by=by, reason=reason)


@governed("Say why the programme is approved or sent back")
def decide_programme(*, programme: AuditProgramme, approve: bool, by: User, reason: str) -> AuditProgramme:
    """Approve or send back what was put forward; never by who put it forward or owns it."""
    waiting = Approval.objects.of(programme, PURPOSE).waiting().first()
    if waiting is None:
        raise Refused(f"{programme.reference} waits for no approval: put it forward first.")
    with change(by=by, reason=reason):
        authors = (programme.owner,)
        facts = programme_facts(programme)
        decide(approval=waiting, approve=approve, facts=facts, by=by, reason=reason, authors=authors)
        if approve and programme.state == ProgrammeState.DRAFT:
            _move(programme, ProgrammeState.APPROVED, PROGRAMME_MOVES, ProgrammeState)
    return programme


@governed("Say why the programme ends")
def close_programme(*, programme: AuditProgramme, by: User, reason: str) -> AuditProgramme:
    """End the programme; every audit of it is closed or cancelled."""
    if left := [audit.reference for audit in programme.audits.under_way()]:
        raise Refused(
            f"{', '.join(left)} are still under way: close or cancel them, or move them to the next programme."
        )
    with change(by=by, reason=reason):
        _move(programme, ProgrammeState.CLOSED, PROGRAMME_MOVES, ProgrammeState)
    return programme


def plan_audit(
    *, scope: Organisation | Project, by: User, criteria: Iterable[Requirement], reason: str = "", **fields: Any
) -> Audit:
    """Plan an audit of a scope, measured by `criteria`; `fields` are those of the model."""
    _check_days(fields["start_date"], fields["end_date"])
    organisation, project = split(scope)
    programme = fields.get("programme")
    if programme is not None and programme.state == ProgrammeState.CLOSED:
        raise Refused(f"{programme.reference} is closed: choose a running programme.")
    with change(by=by, reason=reason or "Audit planned"):
        audit = Audit(organisation=organisation, project=project, **fields)
        audit.save()
        set_criteria(audit=audit, criteria=criteria, by=by)
    return audit


def edit_audit(*, audit: Audit, by: User, reason: str = "", **fields: Any) -> Audit:
    """Change words and days of an audit that is not over."""
    if not AUDIT_MOVES[audit.state]:
        raise Refused(f"{audit.reference} is {audit.get_state_display().lower()}: it is not changed any more.")
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(audit, name, value)
        _check_days(audit.start_date, audit.end_date)
        audit.save()
    return audit


def set_criteria(*, audit: Audit, criteria: Iterable[Requirement], by: User, reason: str = "") -> int:
    """Make these the criteria; returns how many there are. Refused once the scope is frozen."""
    wanted = {one.pk: one for one in criteria}
    held = {one.requirement_id: one for one in audit.criteria.all()}
    if wanted.keys() == held.keys():
        return len(held)
    if audit.scopes.exists():
        raise Refused(f"The scope of {audit.reference} is frozen: its criteria stay as they are.")
    with change(by=by, reason=reason or "Criteria of the audit"):
        for key in held.keys() - wanted.keys():
            held[key].delete()
        place = {"organisation_id": audit.organisation_id, "project_id": audit.project_id, "audit": audit}
        AuditCriterion.objects.bulk_create(
            [AuditCriterion(requirement=one, **place) for key, one in wanted.items() if key not in held]
        )
    return len(wanted)


def move_audit(*, audit: Audit, to: str, by: User, reason: str = "", **words: Any) -> Audit:
    """Take the next step; `words` may hold `conclusion`, `distribution`, `reported_date`.

    Fieldwork needs a frozen scope, criteria and a lead; closing needs every finding answered, and somebody else.
    """
    check_move(audit, to, AUDIT_MOVES, AuditState)
    if to == AuditState.CANCELLED or (audit.state, to) == (AuditState.DRAFT_REPORT, AuditState.FIELDWORK):
        need_reason(reason, "Say why the audit is cancelled or goes back")
    with change(by=by, reason=reason):
        for name, value in words.items():
            setattr(audit, name, value)
        _READY.get(to, lambda audit, by: None)(audit, by)
        audit.state = to
        audit.save()
        if to == AuditState.FIELDWORK and audit.programme and audit.programme.state == ProgrammeState.APPROVED:
            _move(audit.programme, ProgrammeState.RUNNING, PROGRAMME_MOVES, ProgrammeState)
    return audit


def _ready_for_fieldwork(audit: Audit, by: User) -> None:
    if not audit.criteria.exists():
        raise Refused("The audit has no criteria: say by which requirements it measures.")
    if not audit.seats.filter(role=SeatRole.LEAD, ended_at__isnull=True).exists():
        raise Refused("The audit has no lead auditor: give somebody that seat first.")
    if not audit.scopes.exists():
        raise Refused("The scope is not frozen: freeze it, so that everybody speaks of the same records.")


def _ready_for_report(audit: Audit, by: User) -> None:
    if not audit.conclusion.strip():
        raise Refused("The report has no conclusion: write down what the audit found out.")


def _ready_for_response(audit: Audit, by: User) -> None:
    if drafts := [one.reference for one in audit.findings.filter(state=FindingState.DRAFT)]:
        raise Refused(f"{', '.join(drafts)} are drafts: issue or withdraw them before the audited answer.")


def _ready_for_final(audit: Audit, by: User) -> None:
    waiting = audit.findings.filter(state__in=[FindingState.DRAFT, FindingState.ISSUED, FindingState.DISPUTED])
    if left := [one.reference for one in waiting]:
        raise Refused(f"{', '.join(left)} wait for an answer or are disputed: settle them before the report is final.")


def _ready_to_close(audit: Audit, by: User) -> None:
    if any(seat.holder_id == by.pk for seat in audit.seats.select_related("invitation")):
        raise YourOwnWork("You audited this yourself: somebody else closes it.")
    if audit.reported_date is None:
        raise Refused("Say on which day the result was reported to the management (ISO/IEC 27001 9.2.2 c).")
    unplanned = audit.findings.nonconformities().filter(state=FindingState.ACCEPTED)
    if left := [one.reference for one in unplanned]:
        raise Refused(f"{', '.join(left)} have no approved corrective action: plan them first.")


_READY: dict[str, Any] = {
    AuditState.FIELDWORK: _ready_for_fieldwork,
    AuditState.DRAFT_REPORT: _ready_for_report,
    AuditState.RESPONSE: _ready_for_response,
    AuditState.FINAL: _ready_for_final,
    AuditState.CLOSED: _ready_to_close,
}


def _move(row: Any, to: str, moves: dict[str, frozenset[str]], states: Any) -> None:
    check_move(row, to, moves, states)
    row.state = to
    row.save()


def _check_days(start: date, end: date) -> None:
    if end < start:
        raise Refused("The audit ends before it begins: choose a later end.")
