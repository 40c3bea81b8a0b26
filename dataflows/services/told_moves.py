"""The way of a version into force: put forward, approved by somebody else, published with its proof, superseded."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from compliance.accounts.models import User
from compliance.approvals.services import decide, request_approval
from compliance.approvals.writers import writers_of
from compliance.files.store import Received
from compliance.ledger import change, governed
from compliance.projects.models import Release
from controls.models import Evidence
from controls.services.document import months_after
from controls.services.moves import now
from dataflows.models import Consent, Notice, TextVersion
from dataflows.models.told import ADDRESS, TEXT_MOVES, TextState
from dataflows.services.review import NotInOrder, WrongState
from dataflows.services.saving import BadValue
from dataflows.told_vocabulary import checklist_for

PURPOSE = "text"
S = TextState


def submit_text(*, version: TextVersion, by: User, reason: str = "") -> TextVersion:
    """Put a draft before the data protection officer. Raises WrongState, NotInOrder."""
    _check(version, S.DPO_REVIEW)
    if lacks := lacking(version):
        raise NotInOrder(f"{version} cannot be put forward yet. {lacks}")
    with change(by=by, reason=reason or "Put forward for review"):
        version.approval = request_approval(
            subject=version, purpose=PURPOSE, facts=version.facts(), scope=version.project, by=by
        )
        return _set(version, S.DPO_REVIEW)


@governed("Say what was read and why")
def decide_text(*, version: TextVersion, approve: bool, by: User, reason: str) -> TextVersion:
    """Approve, or send back; by nobody who wrote it or put it forward. Raises WrongState, NotYours."""
    _check(version, S.APPROVED if approve else S.DRAFT)
    if version.approval is None:
        raise WrongState(f"{version} was never put forward: put it forward first.")
    with change(by=by, reason=reason):
        authors = (version.author, *writers_of(version))
        decide(approval=version.approval, approve=approve, facts=version.facts(), by=by, reason=reason, authors=authors)
        return _set(version, S.APPROVED if approve else S.DRAFT)


def publish_text(
    *,
    version: TextVersion,
    by: User,
    published_at: datetime | None = None,
    since_release: Release | None = None,
    proof_url: str = "",
    proof: Received | None = None,
    proof_name: str = "",
    evidence: Evidence | None = None,
    reason: str = "",
) -> TextVersion:
    """Say since when people see an approved version, and what shows it; the one before it ends then. Raises Refused."""
    _check(version, S.PUBLISHED)
    moment = published_at or now()
    _check_proof(version, moment, (proof_url, proof, evidence))
    _check_belongs(version, since_release, evidence)
    about = version.about
    with change(by=by, reason=reason or "Published"):
        for older in about.versions.filter(state=S.PUBLISHED):
            if older.published_at and older.published_at >= moment:
                raise BadValue(f"Published on: {older} was published later than that.")
            older.state, older.ended_at = S.SUPERSEDED, moment
            older.save()
        version.published_at, version.since_release, version.proof_url = moment, since_release, proof_url
        version.evidence, version.proof_name = evidence, proof_name[-255:]
        version.proof = proof.keep() if proof else None
        _set(version, S.PUBLISHED)
        about.review_date = months_after(now().date(), about.review_months)
        about.save()
    return version


@governed("Say why the version is withdrawn")
def withdraw_text(*, version: TextVersion, by: User, reason: str) -> TextVersion:
    """Take a version back; a published one is not seen any more from now on. Raises WrongState."""
    _check(version, S.WITHDRAWN)
    with change(by=by, reason=reason):
        if version.state == S.PUBLISHED:
            version.ended_at = now()
            version.about.review_date = None
            version.about.save()
        return _set(version, S.WITHDRAWN)


@governed("Say what was looked at")
def review_text(*, version: TextVersion, by: User, reason: str) -> TextVersion:
    """Say that the published version is right as it stands; the next review follows from its cadence."""
    if version.state != S.PUBLISHED:
        raise WrongState(f"{version} is {version.get_state_display().lower()}: only what is published is reviewed.")
    about = version.about
    with change(by=by, reason=reason):
        about.review_date = months_after(now().date(), about.review_months)
        about.save()
    return version


def lacking(version: TextVersion) -> str:
    """What stands in the way of putting a draft forward, in words."""
    about = version.about
    if isinstance(about, Notice):
        asked = [row for row in checklist_for(about.article) if not row.may_not_apply]
        open_rows = [row.label for row in asked if not version.checklist.get(row.code)]
        more = f" and {len(open_rows) - 3} more" if len(open_rows) > 3 else ""
        return f"Say where it answers: {'; '.join(open_rows[:3])}{more}." if open_rows else ""
    if isinstance(about, Consent) and not about.withdrawal:
        return "Say how it is withdrawn: as easily as it is given (GDPR Art. 7(3))."
    return ""


def _check_proof(version: TextVersion, moment: datetime, proofs: tuple[str, Any, Any]) -> None:
    if version.approval is None or version.approval.is_outdated(version.facts()):
        raise NotInOrder(f"What was approved of {version} differs from what it says now: withdraw it and begin anew.")
    if not any(proofs):
        raise BadValue("Proof: give the address where it can be seen, a screenshot, or evidence kept here.")
    if proofs[0]:
        try:
            ADDRESS(proofs[0])
        except ValidationError as wrong:
            raise BadValue("Where it can be seen: give a whole address, with https.") from wrong
    if moment > now() + timedelta(minutes=5):
        raise BadValue("Published on: the moment is still to come.")
    decided = version.approval.decided_at
    if decided and moment < decided.replace(second=0, microsecond=0):  # forms know no seconds
        raise BadValue("Published on: that is before it was approved.")


def _check_belongs(version: TextVersion, release: Release | None, evidence: Evidence | None) -> None:
    if release and release.project_id != version.project_id:
        raise BadValue("Release: choose one of this project.")
    if evidence and evidence.project_id not in (None, version.project_id):
        raise BadValue("Evidence: choose what belongs to this project.")


def _check(version: TextVersion, to: str) -> None:
    """Raises WrongState unless the machine leads there."""
    if to in TEXT_MOVES[version.state]:
        return
    ahead = [label.lower() for value, label in S.choices if value in TEXT_MOVES[version.state]]
    possible = f"From there it can become {' or '.join(ahead)}." if ahead else "That is its last state."
    raise WrongState(
        f"{version} is {version.get_state_display().lower()}: it cannot become {S(to).label.lower()}. {possible}"
    )


def _set(version: TextVersion, to: str) -> TextVersion:
    version.state = to
    version.save()
    return version
