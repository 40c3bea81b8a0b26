"""The auditor's desk: freezing the scope, who may sit there, and what they write down."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused, change
from compliance.projects.models import Membership
from controls.frozen import freeze
from controls.models import (
    Audit,
    AuditNote,
    AuditScope,
    AuditSeat,
    AuditState,
    CorrectiveAction,
    EvidenceRequest,
    EvidenceState,
    EvidenceVersion,
    Finding,
    Implementation,
    Sample,
    SeatRole,
)
from controls.services.corrective_action import verify_action
from controls.services.finding import edit_finding, raise_finding, send_finding
from controls.services.moves import now
from controls.services.request import request_evidence
from controls.services.sample import draw_sample, freeze_population, record_items

FREEZABLE = frozenset({AuditState.PLANNED, AuditState.NOTIFIED})
WRITABLE = frozenset({AuditState.FIELDWORK, AuditState.DRAFT_REPORT})


class DeskClosed(Refused):
    """Nothing is written at this desk: not yet, not any more, or not by this person."""


def seat_of(*, pk: Any, user: User, at: datetime | None = None) -> AuditSeat | None:
    """The person's seat in the audit `pk` while its window is open, whatever session is; None otherwise."""
    rows = AuditSeat.objects.held_by(user).open(at or timezone.now()).filter(audit=pk)
    return rows.select_related("audit__organisation", "audit__project__organisation", "organisation", "project").first()


def seats_of(*, user: User, at: datetime | None = None) -> list[AuditSeat]:
    """Every seat the person may take now."""
    rows = AuditSeat.objects.held_by(user).open(at or timezone.now())
    return list(rows.select_related("audit", "organisation", "project").order_by("until"))


def freeze_scope(*, audit: Audit, by: User, reason: str = "") -> AuditScope:
    """Write the audit's scope down as it stands now; until fieldwork begins it may be frozen anew."""
    if audit.state not in FREEZABLE:
        raise Refused(f"{audit.reference} is {audit.get_state_display().lower()}: its scope stays as it was frozen.")
    if not audit.criteria.exists():
        raise Refused("The audit has no criteria: say by which requirements it measures, then freeze the scope.")
    moment = now()
    written = snapshot(freeze(audit, moment))
    number = audit.scopes.count() + 1
    with change(by=by, reason=reason or "Scope frozen"):
        row = AuditScope(
            organisation_id=audit.organisation_id,
            project_id=audit.project_id,
            audit=audit,
            number=number,
            frozen_at=moment,
            frozen_by=by,
            snapshot=written.text,
            sha256=written.sha256,
        )
        row.save()
    return row


def frozen_scope(audit: Audit) -> AuditScope | None:
    """The scope frozen last."""
    return audit.scopes.order_by("-number").first()


def write_note(*, seat: AuditSeat, text: str, about: str = "", **link: Any) -> AuditNote:
    """Keep what was asked, seen or heard; `link` may be the `sample` or the `request` it is about."""
    user = _writer(seat)
    if not text.strip():
        raise Refused("Write down what you asked, saw or heard.")
    with change(by=user, reason="Note of the audit"):
        row = AuditNote(
            organisation_id=seat.organisation_id,
            project_id=seat.project_id,
            audit=seat.audit,
            author=user,
            about=about[:120],
            text=text,
            written_at=now(),
            **link,
        )
        row.save()
    return row


def desk_finding(*, seat: AuditSeat, issue: bool = False, finding: Any = None, **fields: Any) -> Any:
    """Write a finding of this audit, or change a draft of it, and issue it when asked to."""
    user, audit = _writer(seat), seat.audit
    if seat.role == SeatRole.OBSERVER:
        raise DeskClosed("Observers look on: the auditors write the findings.")
    scope = audit.project or audit.organisation
    with change(by=user, reason="Finding written at the desk"):
        if finding is None:
            finding = raise_finding(scope=scope, audit=audit, by=user, **fields)
        else:
            edit_finding(finding=finding, by=user, **fields)
        if issue:
            send_finding(finding=finding, by=user)
    return finding


def draw_at_desk(
    *, seat: AuditSeat, items: Sequence[str], source: str, draw: str, size: int | None, seed: str = "", about: str = ""
) -> Sample:
    """Freeze a population and draw from it, as the auditor: anybody can draw it again from the seed."""
    user, scope = _writer(seat), seat.scope
    with change(by=user, reason=f"Sample of {seat.audit.reference}"):
        sample = freeze_population(items=items, source=source, by=user, scope=scope)
        draw_sample(sample=sample, draw=draw, size=size, seed=seed, by=user)
        write_note(
            seat=seat, text=f"Drew {sample.size} of {sample.population_count}: {source}", about=about, sample=sample
        )
    return sample


def ask_at_desk(
    *, seat: AuditSeat, title: str, instruction: str, assignee: User, due_date: date, about: str = ""
) -> EvidenceRequest:
    """Ask somebody of the audited for evidence; the answers show on the desk."""
    user, scope = _writer(seat), seat.scope
    with change(by=user, reason=f"Asked for in {seat.audit.reference}"):
        asked = request_evidence(
            scope=scope, title=title, instruction=instruction, assignee=assignee, due_date=due_date, by=user
        )
        write_note(seat=seat, text=f"Asked {assignee} for: {title}", about=about, request=asked)
    return asked


def note_items(*, seat: AuditSeat, sample: Sample, position: int, verdict: str, note: str) -> int:
    """Write down what was found on an item of a sample of this audit."""
    return record_items(sample=sample, found={position: (verdict, note)}, by=_writer(seat))


def verify_at_desk(*, seat: AuditSeat, finding: Finding, action: str, effective: bool, reason: str) -> CorrectiveAction:
    """Judge the effect of an action as the auditor who was named to; the rules are those of `verify_action`."""
    found = finding.actions.filter(reference=action).first()
    if found is None:
        raise Refused(f"{finding.reference} has no such corrective action.")
    if found.verifier_id != seat.holder_id:
        raise DeskClosed(f"You were not named to verify {found.reference}.")
    return verify_action(action=found, effective=effective, by=_holder(seat), reason=reason)


def audited_people(audit: Audit) -> "QuerySet[User]":
    """Whom an auditor may turn to: who owns what is audited, and who runs the ISMS."""
    scope = audit.project or audit.organisation
    running = Implementation.objects.running_in(scope).filter(
        control__requirement_links__requirement__in=audit.criteria.values("requirement")
    )
    officers = Membership.objects.filter(organisation=audit.organisation, role="compliance_officer").valid(now())
    people = User.objects.filter(Q(pk__in=running.values("owner")) | Q(pk__in=officers.values("user")))
    return people.filter(is_active=True).order_by("name")


def answers_to(audit: Audit) -> "QuerySet[EvidenceVersion]":
    """What was handed in for the requests of an audit: shown on the desk besides the frozen scope."""
    rows = EvidenceVersion.objects.filter(request__audit_note__audit=audit)
    return rows.exclude(state=EvidenceState.WITHDRAWN).select_related("evidence", "request", "blob", "collected_by")


def _writer(seat: AuditSeat) -> User:
    if seat.audit.state not in WRITABLE:
        raise DeskClosed(
            f"{seat.audit.reference} is {seat.audit.get_state_display().lower()}: notes and findings are written "
            "during fieldwork and while the report is drafted."
        )
    return _holder(seat)


def _holder(seat: AuditSeat) -> User:
    holder = seat.user or (seat.invitation.accepted_by if seat.invitation else None)
    if holder is None:
        raise DeskClosed("Nobody has taken this seat yet.")
    return holder
