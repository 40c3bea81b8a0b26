"""The security requirements of a release as a whole: put forward, and approved before it is built."""

from datetime import datetime

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import NotYours, decide, request_approval
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Release
from risks.models.requirement import RequirementState, SecurityRequirement, baseline
from risks.services.register import CannotMove
from risks.services.vulnerability import now

PURPOSE = "requirements"


def rows_of(release: Release) -> list[SecurityRequirement]:
    """What the release has to meet, in order."""
    return list(SecurityRequirement.objects.of_release(release).order_by("reference"))


def put_forward(*, release: Release, by: User, reason: str = "") -> Approval:
    """Put the requirements of a release before somebody who did not write them."""
    rows = rows_of(release)
    if not rows:
        raise CannotMove("There is no requirement yet: take over what is proposed, or write down the first.")
    newest = newest_baseline(release)
    drafts = any(row.state == RequirementState.DRAFT for row in rows)
    if not drafts and newest and newest.state == Approval.State.APPROVED and newest.covers(baseline(rows)):
        raise CannotMove(f"The requirements of {release.name} are approved already, and nothing has changed since.")
    return request_approval(
        subject=release, purpose=PURPOSE, facts=baseline(rows), scope=release.project, by=by, reason=reason
    )


@governed("Say what you looked at")
def decide_baseline(*, release: Release, approve: bool, by: User, reason: str) -> Approval:
    """Approve the requirements as they were put forward, or send them back; never by one of their authors."""
    approval = newest_baseline(release)
    if approval is None or approval.state != Approval.State.REQUESTED:
        raise Refused("Nobody has put the requirements forward: have that done first.")
    rows = rows_of(release)
    drafts = [row for row in rows if row.state == RequirementState.DRAFT]
    if by.pk in {row.author_id for row in drafts}:
        raise NotYours("You wrote requirements of this release yourself: somebody else has to decide.")
    with change(by=by, reason=reason):
        decided = decide(approval=approval, approve=approve, facts=baseline(rows), by=by, reason=reason)
        for row in drafts if approve else ():
            row.state, row.approved_by, row.approved_at = RequirementState.APPROVED, by, now()
            row.save()
    return decided


def newest_baseline(release: Release) -> Approval | None:
    """The last request for approval of its requirements, with what became of it; withdrawn ones do not count."""
    rows = Approval.objects.of(release, PURPOSE).exclude(state=Approval.State.REVOKED)
    return rows.select_related("requested_by", "decided_by").first()


def days_late(release: Release, approved_at: datetime | None) -> int:
    """How many days after development began the requirements were approved."""
    if release.development_date is None or approved_at is None:
        return 0
    return max((approved_at.date() - release.development_date).days, 0)
