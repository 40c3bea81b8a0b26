"""What a report suggests: it waits for a person, who accepts or declines it with a reason."""

from collections.abc import Callable
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Project
from controls.models import Evidence, Implementation
from controls.services.evidence import Links, link_evidence
from risks.models import Suggestion, Vulnerability
from risks.models.vulnerability import SUGGESTION_MOVES, VulnerabilityState
from risks.services.register import CannotMove
from risks.services.vulnerability import move_vulnerability, now, update_vulnerability

Kind, State = Suggestion.Kind, Suggestion.State
CLAIMS = {
    "resolved": VulnerabilityState.FIXED,
    "false_positive": VulnerabilityState.FALSE_POSITIVE,
    "not_affected": VulnerabilityState.NOT_AFFECTED,
    "in_triage": VulnerabilityState.TRIAGED,
    "exploitable": VulnerabilityState.TRIAGED,
}


def suggest(*, project: Project, kind: str, text: str, by: User, **about: Any) -> Suggestion | None:
    """Leave a suggestion, unless the same one waits already."""
    same = Suggestion.objects.in_project(project).open().filter(kind=kind, **about)
    if same.exists():
        return None
    with change(by=by):
        made = Suggestion(project=project, kind=kind, text=text[:400], **about)
        made.save()
    return made


def suggest_evidence(*, project: Project, evidence: Evidence, by: User) -> int:
    """Offer a report to the controls at work here that manage vulnerabilities or test (A.8.8, A.8.28, A.8.29)."""
    rows = Implementation.objects.running_in(project).filter(
        control__requirement_links__requirement__ref__in=("A.8.8", "8.8", "A.8.29", "8.29", "A.8.28", "8.28")
    )
    found = list(rows.select_related("control").distinct().order_by("reference")[:3])
    for one in found:
        text = f"{evidence.reference} {evidence.title} shows that {one.reference} {one.control.title} is at work."
        suggest(project=project, kind=Kind.EVIDENCE, text=text, by=by, evidence=evidence, implementation=one)
    return len(found)


@governed("Say why you accept or decline it")
def decide_suggestion(*, suggestion: Suggestion, accept: bool, by: User, reason: str) -> Suggestion:
    """Accept: do what is suggested, in this person's name and for this reason. Decline: nothing but the words."""
    to = State.ACCEPTED if accept else State.DECLINED
    if to not in SUGGESTION_MOVES[suggestion.state]:
        raise CannotMove(f"{suggestion.reference} is {suggestion.get_state_display().lower()}: it is decided once.")
    with change(by=by, reason=reason):
        suggestion.state, suggestion.decided_by, suggestion.decided_at = to, by, now()
        suggestion.save()
        if accept:
            ACTS[suggestion.kind](suggestion, by, reason)
    return suggestion


def _settle(suggestion: Suggestion, by: User, reason: str) -> None:
    """Fixed as no longer reported, whatever open state it is in."""
    row = _subject(suggestion)
    if row.state == VulnerabilityState.NEW:
        move_vulnerability(vulnerability=row, to=VulnerabilityState.TRIAGED, by=by, reason=reason)
    fixed_in = row.fixed_in or suggestion.proposes or "no longer reported"
    move_vulnerability(vulnerability=row, to=VulnerabilityState.FIXED, by=by, reason=reason, fixed_in=fixed_in)


def _again(suggestion: Suggestion, by: User, reason: str) -> None:
    row = _subject(suggestion)
    back = {VulnerabilityState.FIXED, VulnerabilityState.VERIFIED}
    to = VulnerabilityState.IN_PROGRESS if row.state in back else VulnerabilityState.TRIAGED
    move_vulnerability(vulnerability=row, to=to, by=by, reason=reason)


def _believe(suggestion: Suggestion, by: User, reason: str) -> None:
    row = _subject(suggestion)
    said, _, justification = suggestion.proposes.partition(":")
    to = CLAIMS[said]
    if to == VulnerabilityState.FIXED:
        return _settle(suggestion, by, reason)
    if row.state != to:
        move_vulnerability(vulnerability=row, to=to, by=by, reason=reason, justification=justification)
    return None


def _regrade(suggestion: Suggestion, by: User, reason: str) -> None:
    update_vulnerability(vulnerability=_subject(suggestion), by=by, reason=reason, severity=suggestion.proposes)


def _show(suggestion: Suggestion, by: User, reason: str) -> None:
    if suggestion.evidence is None or suggestion.implementation is None:
        raise Refused("The suggestion names no evidence.")
    need_reason(reason)
    links = Links(implementations=[suggestion.implementation])
    link_evidence(evidence=suggestion.evidence, links=links, by=by, reason=reason)


def _subject(suggestion: Suggestion) -> Vulnerability:
    if suggestion.vulnerability is None:
        raise Refused("The suggestion names no vulnerability.")
    return suggestion.vulnerability


ACTS: dict[str, Callable[[Suggestion, User, str], None]] = {
    Kind.GONE: _settle,
    Kind.BACK: _again,
    Kind.CLAIM: _believe,
    Kind.WORSE: _regrade,
    Kind.EVIDENCE: _show,
}
