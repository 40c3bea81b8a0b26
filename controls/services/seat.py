"""Who audits, for how long, and how independent they are (ISO 27001 9.2.2 c)."""

from datetime import datetime

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Invitation
from compliance.projects.services import invite
from controls.models import AUDIT_OVER, Audit, AuditSeat, SeatRole
from controls.services.independence import conflicts_of, in_words
from controls.services.moves import YourOwnWork, now


class NotIndependent(Refused):
    """The person owned or worked on what is audited."""


def seat_auditor(
    *,
    audit: Audit,
    user: User,
    since: datetime,
    until: datetime,
    by: User,
    role: str = SeatRole.AUDITOR,
    override_reason: str = "",
    reason: str = "",
) -> AuditSeat:
    """Give somebody a place in the audit for a window. Raises NotIndependent, unless a reason overrides it."""
    _check_seat(audit, since, until)
    if user.pk == by.pk:
        raise YourOwnWork("You cannot give yourself a seat in an audit: somebody else appoints auditors.")
    if audit.seats.held_by(user).filter(ended_at__isnull=True).exists():
        raise Refused(f"{user} already has a seat in {audit.reference}: change its window instead.")
    conflicts = _conflicts(audit, user, role, override_reason)
    with change(by=by, reason=override_reason or reason or "Auditor appointed"):
        seat = AuditSeat(
            organisation_id=audit.organisation_id,
            project_id=audit.project_id,
            audit=audit,
            user=user,
            name=str(user),
            role=role,
            since=since,
            until=until,
            conflicts=conflicts,
            override_reason=override_reason if conflicts else "",
        )
        seat.save()
    return seat


def invite_auditor(
    *,
    audit: Audit,
    name: str,
    email: str,
    since: datetime,
    until: datetime,
    by: User,
    role: str = SeatRole.AUDITOR,
    override_reason: str = "",
    reason: str = "",
) -> tuple[AuditSeat, Invitation, str]:
    """Keep a place for somebody without a role here; returns it with the invitation and its token.

    Raises NotIndependent like `seat_auditor` when the address is that of somebody who worked on the audited.
    """
    _check_seat(audit, since, until)
    known = User.objects.filter(email=email.strip().lower()).first()
    conflicts = _conflicts(audit, known, role, override_reason) if known else ""
    scope = audit.project or audit.organisation
    place = f"{SeatRole(role).label.lower()} of {audit.reference}, and of nothing else"
    with change(by=by, reason=reason or "Auditor invited"):
        invitation, token = invite(
            email=email, name=name, role="", place=place, scope=scope, by=by, until=until, reason=reason
        )
        seat = AuditSeat(
            organisation_id=audit.organisation_id,
            project_id=audit.project_id,
            audit=audit,
            invitation=invitation,
            name=name.strip(),
            role=role,
            since=since,
            until=until,
            conflicts=conflicts,
            override_reason=override_reason if conflicts else "",
        )
        seat.save()
    return seat, invitation, token


@governed("Say why the window changes")
def reopen_window(*, seat: AuditSeat, since: datetime, until: datetime, by: User, reason: str) -> AuditSeat:
    """Give a seat another window."""
    _check_seat(seat.audit, since, until)
    if seat.holder_id == by.pk:
        raise YourOwnWork("You cannot widen your own window: somebody else decides.")
    with change(by=by, reason=reason):
        seat.since, seat.until, seat.ended_at = since, until, None
        seat.save()
    return seat


@governed("Say why the access ends")
def end_seat(*, seat: AuditSeat, by: User, reason: str, at: datetime | None = None) -> AuditSeat:
    """End the access at once, in sessions already open too."""
    if seat.ended_at:
        raise Refused(f"The seat of {seat.name} has ended already.")
    with change(by=by, reason=reason):
        seat.ended_at = at or now()
        seat.save()
    return seat


def _conflicts(audit: Audit, user: User, role: str, override_reason: str) -> str:
    """In words what speaks against the person; refused without a reason to override it. Observers judge nothing."""
    found = "" if role == SeatRole.OBSERVER else in_words(conflicts_of(user=user, audit=audit))
    if found and not override_reason.strip():
        raise NotIndependent(
            f"{user} is not independent of {audit.reference}: {found}. Choose somebody else, or give the reason "
            "why they audit it all the same; the report prints it."
        )
    return found


def _check_seat(audit: Audit, since: datetime, until: datetime) -> None:
    if audit.state in AUDIT_OVER:
        raise Refused(f"{audit.reference} is {audit.get_state_display().lower()}: nobody is let in any more.")
    if until <= since:
        raise Refused("Access ends before it starts: choose a later end.")
