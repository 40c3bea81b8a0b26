"""The auditor's desk: freezing the scope, who may sit there, and what they write down."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused, change
from controls.frozen import freeze
from controls.models import Audit, AuditNote, AuditScope, AuditSeat, AuditState, SeatRole
from controls.services.finding import edit_finding, raise_finding, send_finding
from controls.services.moves import now

FREEZABLE = frozenset({AuditState.PLANNED, AuditState.NOTIFIED})
WRITABLE = frozenset({AuditState.FIELDWORK, AuditState.DRAFT_REPORT})


class DeskClosed(Refused):
    """Nothing is written at this desk: not yet, not any more, or not by this person."""


def seat_of(*, pk: Any, user: User, at: datetime | None = None) -> AuditSeat | None:
    """The person's seat while its window is open, an open session or not; None otherwise."""
    if not user.is_authenticated or not user.is_active:
        return None
    rows = AuditSeat.objects.held_by(user).open(at or timezone.now()).filter(pk=pk)
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


def write_note(*, seat: AuditSeat, text: str, about: str = "") -> AuditNote:
    """Keep what was asked, seen or heard."""
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


def _writer(seat: AuditSeat) -> User:
    if seat.audit.state not in WRITABLE:
        raise DeskClosed(
            f"{seat.audit.reference} is {seat.audit.get_state_display().lower()}: notes and findings are written "
            "during fieldwork and while the report is drafted."
        )
    holder = seat.user or (seat.invitation.accepted_by if seat.invitation else None)
    if holder is None:
        raise DeskClosed("Nobody has taken this seat yet.")
    return holder
