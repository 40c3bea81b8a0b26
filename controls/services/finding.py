"""Findings from draft to settled: raised by one person, answered by another (ISO 27001 9.2.2, 10.2 a)."""

from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    AUDIT_OVER,
    FINDING_MOVES,
    MOVES,
    NONCONFORMITIES,
    Audit,
    Finding,
    FindingState,
    Grade,
    Status,
)
from controls.services.moves import YourOwnWork, check_move, now


def raise_finding(
    *, scope: Organisation | Project, by: User, audit: Audit | None = None, reason: str = "", **fields: Any
) -> Finding:
    """Write down a finding as a draft; `fields` are those of the model. Not in an audit that is over."""
    if audit is not None and audit.state in AUDIT_OVER:
        raise Refused(f"{audit.reference} is {audit.get_state_display().lower()}: nothing is added to it.")
    organisation, project = split(scope)
    with change(by=by, reason=reason or "Finding written"):
        row = Finding(organisation=organisation, project=project, audit=audit, raised_by=by, raised_at=now(), **fields)
        row.save()
    return row


def edit_finding(*, finding: Finding, by: User, reason: str = "", **fields: Any) -> Finding:
    """Change a draft; what was issued stays as it was said."""
    if finding.state != FindingState.DRAFT:
        raise Refused(f"{finding.reference} was issued: it stays as it was said. Withdraw it in a dispute, if need be.")
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(finding, name, value)
        finding.save()
    return finding


def send_finding(*, finding: Finding, by: User, reason: str = "") -> Finding:
    """Tell the audited. A nonconformity needs an owner and a day; a major one sends its control to remediation."""
    check_move(finding, FindingState.ISSUED, FINDING_MOVES, FindingState)
    if finding.grade in NONCONFORMITIES and (finding.owner_id is None or finding.response_due is None):
        raise Refused("A nonconformity needs somebody who answers, and a day until when: name both.")
    with change(by=by, reason=reason or "Finding issued"):
        _remediate(finding)
        return _set(finding, FindingState.ISSUED)


def answer_finding(*, finding: Finding, agree: bool, response: str, by: User) -> Finding:
    """Accept or dispute as the audited; never by who raised it."""
    to = FindingState.ACCEPTED if agree else FindingState.DISPUTED
    if finding.state != FindingState.ISSUED:
        check_move(finding, FindingState.DISPUTED, FINDING_MOVES, FindingState)
    if by.pk == finding.raised_by_id:
        raise YourOwnWork("You raised this finding: the audited answer it.")
    if not response.strip():
        raise Refused("Write down what you say to the finding: the auditor and the report need your words.")
    with change(by=by, reason=response):
        finding.response, finding.responded_by = response, by
        return _set(finding, to)


@governed("Say why the finding stands or falls")
def decide_dispute(*, finding: Finding, uphold: bool, by: User, reason: str) -> Finding:
    """Settle a dispute: the finding stands, or is withdrawn; never by who disputed it or answers for it."""
    to = FindingState.ACCEPTED if uphold else FindingState.WITHDRAWN
    if finding.state != FindingState.DISPUTED:
        raise Refused(f"{finding.reference} is {finding.get_state_display().lower()}: there is no dispute to decide.")
    if by.pk in {finding.responded_by_id, finding.owner_id}:
        raise YourOwnWork("You disputed this finding or answer for it: somebody else decides.")
    with change(by=by, reason=reason):
        return _set(finding, to)


@governed("Say why the draft is withdrawn")
def withdraw_finding(*, finding: Finding, by: User, reason: str) -> Finding:
    """Drop a draft. What was issued falls only in a dispute."""
    if finding.state != FindingState.DRAFT:
        raise Refused(f"{finding.reference} was issued: it falls only when a dispute is decided so.")
    with change(by=by, reason=reason):
        return _set(finding, FindingState.WITHDRAWN)


@governed("Say what was decided about the finding")
def close_finding(*, finding: Finding, by: User, reason: str) -> Finding:
    """Close an accepted observation or opportunity by a documented decision; a nonconformity needs an action."""
    check_move(finding, FindingState.CLOSED, FINDING_MOVES, FindingState)
    if finding.grade in NONCONFORMITIES:
        raise Refused(
            f"{finding.reference} is a {finding.get_grade_display().lower()}: it is closed by a corrective action "
            "whose effect somebody else verified, not by a decision."
        )
    if by.pk in {finding.owner_id, finding.responded_by_id}:
        raise YourOwnWork("You answer for this finding: somebody else closes it.")
    with change(by=by, reason=reason):
        return _set(finding, FindingState.CLOSED)


def follow_actions(finding: Finding) -> Finding:
    """Let the finding follow its corrective actions. Needs a `change()` around it."""
    states = [action.state for action in finding.actions.all()]
    to = _due_state(finding.state, states)
    while to != finding.state:
        check_move(finding, to, FINDING_MOVES, FindingState)
        _set(finding, to)
        to = _due_state(finding.state, states)
    return finding


def _due_state(state: str, actions: list[str]) -> str:
    planned = {"approved", "in_progress", "done", "verified"}
    if state in {FindingState.ACCEPTED, FindingState.NOT_EFFECTIVE} and actions and set(actions) <= planned:
        return FindingState.ACTION_PLANNED
    if state == FindingState.ACTION_PLANNED and set(actions) <= {"done", "verified"}:
        return FindingState.IMPLEMENTED
    if state == FindingState.IMPLEMENTED and "reopened" in actions:
        return FindingState.NOT_EFFECTIVE
    if state == FindingState.IMPLEMENTED and set(actions) == {"verified"}:
        return FindingState.VERIFIED_CLOSED
    return state


def _set(finding: Finding, to: str) -> Finding:
    finding.state = to
    if not FINDING_MOVES[to]:
        finding.settled_at = now()
    finding.save()
    return finding


def _remediate(finding: Finding) -> None:
    one = finding.implementation
    if finding.grade == Grade.MAJOR and one is not None and Status.NEEDS_REMEDIATION in MOVES[one.status]:
        one.status = Status.NEEDS_REMEDIATION
        one.save()
