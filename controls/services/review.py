"""Judging evidence: by somebody who neither collected it nor handed it in, over the bytes that were handed in."""

from datetime import datetime

from django.utils import timezone

from compliance.accounts.models import User
from compliance.files import store as files
from compliance.ledger import Refused, change, governed, need_reason
from compliance.ledger.context import simulated_moment
from controls.models import EVIDENCE_MOVES, EvidenceState, EvidenceVersion, RejectCode
from controls.services.request import settle_request_of


class NotYourEvidence(Refused):
    """Nobody judges evidence they collected or handed in."""


class CannotAccept(Refused):
    """The evidence lacks something that acceptance needs."""


def begin_review(*, version: EvidenceVersion, by: User, reason: str = "") -> EvidenceVersion:
    """Take the evidence up. Raises NotYourEvidence."""
    _check_move(version, EvidenceState.UNDER_REVIEW)
    _check_other_person(version, by)
    with change(by=by, reason=reason):
        version.state, version.reviewer = EvidenceState.UNDER_REVIEW, by
        version.save()
    return version


def accept_evidence(
    *, version: EvidenceVersion, by: User, note: str = "", reason: str = "", at: datetime | None = None
) -> EvidenceVersion:
    """Accept: dated, linked, and the stored bytes still are those received. The version before it is superseded."""
    need_reason(reason or note, "Say what you checked")
    _check_move(version, EvidenceState.ACCEPTED)
    _check_other_person(version, by)
    _check_complete(version)
    _check_bytes(version)
    with change(by=by, reason=reason or note):
        for older in version.evidence.versions.filter(state=EvidenceState.ACCEPTED).exclude(pk=version.pk):
            older.state = EvidenceState.SUPERSEDED
            older.save()
        return _settle(version, EvidenceState.ACCEPTED, by, note, at)


def reject_evidence(
    *, version: EvidenceVersion, by: User, code: str, note: str = "", at: datetime | None = None
) -> EvidenceVersion:
    """Send back with a reason the collector can act on."""
    _check_move(version, EvidenceState.REJECTED)
    _check_other_person(version, by)
    if code not in RejectCode.values:
        raise Refused("Choose why the evidence is rejected, so that the collector knows what to mend.")
    label = RejectCode(code).label
    with change(by=by, reason=f"{label}. {note}".strip()):
        version.reject_code = code
        return _settle(version, EvidenceState.REJECTED, by, note, at)


@governed("Say why the evidence is withdrawn")
def withdraw_evidence(*, version: EvidenceVersion, by: User, reason: str) -> EvidenceVersion:
    """Take evidence out of use; file and history stay."""
    _check_move(version, EvidenceState.WITHDRAWN)
    with change(by=by, reason=reason):
        version.state = EvidenceState.WITHDRAWN
        version.save()
        settle_request_of(version, by=by)
    return version


def _settle(version: EvidenceVersion, state: str, by: User, note: str, at: datetime | None) -> EvidenceVersion:
    version.state, version.reviewer, version.review_note = state, by, note
    version.reviewed_at = at or simulated_moment() or timezone.now()
    version.save()
    settle_request_of(version, by=by)
    return version


def _check_move(version: EvidenceVersion, to: str) -> None:
    if to not in EVIDENCE_MOVES[version.state]:
        raise Refused(
            f"{version} is {version.get_state_display().lower()}: "
            f"it cannot become {EvidenceState(to).label.lower()} from there."
        )


def _check_other_person(version: EvidenceVersion, by: User) -> None:
    if by.pk in {version.collected_by_id, version.submitted_by_id}:
        raise NotYourEvidence("You collected this evidence or handed it in: somebody else has to judge it.")


def _check_complete(version: EvidenceVersion) -> None:
    if not version.is_dated:
        raise CannotAccept("The evidence has no date: reject it as undated, or ask for a dated version.")
    evidence = version.evidence
    if not (evidence.implementation_links.exists() or evidence.requirement_links.exists()):
        raise CannotAccept("The evidence is linked to nothing: say which control or requirement it is about.")


def _check_bytes(version: EvidenceVersion) -> None:
    if version.blob is None:
        return
    try:
        files.verified(version.blob).close()
    except files.FileDamaged as damaged:
        raise CannotAccept(f"{damaged} It cannot be accepted: ask for the file again.") from damaged
