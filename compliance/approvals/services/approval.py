"""Four eyes on a snapshot: the same rule for every kind of record and every role."""

from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.ledger.models import TrackedBase
from compliance.projects.models import Organisation, Project


class NotYours(Refused):
    """Nobody decides on what they put forward or wrote themselves."""


def request_approval(
    *,
    subject: TrackedBase,
    purpose: str,
    facts: dict[str, Any],
    scope: Organisation | Project,
    by: User,
    reason: str = "",
) -> Approval:
    """Put the facts of a record before somebody else; an open request of the same purpose is withdrawn."""
    if not purpose.strip():
        raise Refused("Say what is to be approved.")
    written = snapshot(facts)
    project = scope if isinstance(scope, Project) else None
    with change(by=by, reason=reason):
        for open_request in Approval.objects.of(subject, purpose).waiting():
            open_request.state, open_request.reason = Approval.State.REVOKED, "Replaced by a newer request."
            open_request.save()
        approval = Approval(
            organisation=project.organisation if project else scope,
            project=project,
            subject_model=subject._meta.label_lower,
            subject_id=subject.pk,
            subject_reference=subject.reference or str(subject)[:80],
            purpose=purpose,
            snapshot=written.text,
            snapshot_sha256=written.sha256,
            requested_by=by,
            requested_at=simulated_moment() or timezone.now(),
        )
        approval.save()
    return approval


@governed()
def decide(
    *,
    approval: Approval,
    approve: bool,
    facts: dict[str, Any],
    by: User,
    reason: str,
    authors: tuple[User, ...] = (),
) -> Approval:
    """Approve or reject; `facts` are the record's facts now, `authors` whoever wrote it.

    Raises NotYours for the requester and the authors, Refused when it is decided already, the reason is missing,
    or the record changed since it was put forward.
    """
    if approval.state != Approval.State.REQUESTED:
        raise Refused(
            f"{approval.reference} is {approval.get_state_display().lower()} already: ask for approval again."
        )
    if by.pk in {approval.requested_by_id, *(author.pk for author in authors)}:
        raise NotYours("You put this forward yourself: somebody else has to decide.")
    if approve and not approval.covers(facts):
        raise Refused("The record changed since it was put forward: ask for approval of the present version.")
    with change(by=by, reason=reason):
        approval.state = Approval.State.APPROVED if approve else Approval.State.REJECTED
        approval.decided_by, approval.decided_at = by, simulated_moment() or timezone.now()
        approval.reason = reason
        approval.save()
    return approval


@governed()
def revoke(*, approval: Approval, by: User, reason: str) -> Approval:
    """Take an approval back."""
    if approval.state != Approval.State.APPROVED:
        raise Refused(f"{approval.reference} is {approval.get_state_display().lower()}: only an approval is revoked.")
    with change(by=by, reason=reason):
        approval.state, approval.reason = Approval.State.REVOKED, reason
        approval.save()
    return approval
