"""Corrective action: cause, extent, approval, doing, and an effect seen by somebody else after a wait (10.2)."""

from datetime import date, timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from controls.models import (
    ACTION_MOVES,
    ActionState,
    CorrectiveAction,
    Evidence,
    Finding,
    FindingState,
)
from controls.services.finding import follow_actions
from controls.services.moves import YourOwnWork, check_move, now

ANSWERABLE = frozenset({FindingState.ACCEPTED, FindingState.ACTION_PLANNED, FindingState.NOT_EFFECTIVE})
WAIT = timedelta(days=30)


class TooEarly(Refused):
    """The wait before the effect is judged is not over."""


def plan_action(
    *,
    finding: Finding,
    title: str,
    owner: User,
    due_date: date,
    by: User,
    containment: str = "",
    verifier: User | None = None,
    reason: str = "",
) -> CorrectiveAction:
    """Begin a corrective action for an accepted finding."""
    if finding.state not in ANSWERABLE:
        raise Refused(
            f"{finding.reference} is {finding.get_state_display().lower()}: actions are planned for what is accepted."
        )
    if verifier is not None and verifier.pk == owner.pk:
        raise YourOwnWork(f"{owner} carries the action out: somebody else verifies its effect.")
    with change(by=by, reason=reason or "Corrective action planned"):
        row = CorrectiveAction(
            organisation_id=finding.organisation_id,
            project_id=finding.project_id,
            finding=finding,
            title=title,
            owner=owner,
            due_date=due_date,
            containment=containment,
            verifier=verifier,
        )
        row.save()
    return row


def analyse_cause(
    *,
    action: CorrectiveAction,
    method: str,
    root_cause: str,
    extent_check: str,
    by: User,
    containment: str = "",
    reason: str = "",
) -> CorrectiveAction:
    """Write down why it happened and where else it is so; both are needed (ISO 27001 10.2 b)."""
    check_move(action, ActionState.ROOT_CAUSE_DONE, ACTION_MOVES, ActionState)
    if not method or not root_cause.strip():
        raise Refused("Say why it happened and how you found out: without the cause it comes back.")
    if not extent_check.strip():
        raise Refused("Say where else it is so, or where you looked and found nothing: the extent is asked for.")
    with change(by=by, reason=reason or "Cause analysed"):
        action.cause_method, action.root_cause, action.extent_check = method, root_cause, extent_check
        action.containment, action.analysed_by = containment or action.containment, by
        return _set(action, ActionState.ROOT_CAUSE_DONE)


@governed("Say why the plan is approved")
def approve_action(*, action: CorrectiveAction, by: User, reason: str) -> CorrectiveAction:
    """Approve cause and plan; never by who carries it out or analysed it."""
    check_move(action, ActionState.APPROVED, ACTION_MOVES, ActionState)
    _check_other(action, by, "approves the plan")
    with change(by=by, reason=reason):
        action.approved_by, action.approved_at = by, now()
        return _set(action, ActionState.APPROVED)


@governed("Say what is missing in the plan")
def send_back_action(*, action: CorrectiveAction, by: User, reason: str) -> CorrectiveAction:
    """Ask for a better cause or plan; never by who wrote it."""
    check_move(action, ActionState.OPEN, ACTION_MOVES, ActionState)
    _check_other(action, by, "judges the plan")
    with change(by=by, reason=reason):
        return _set(action, ActionState.OPEN)


def start_action(*, action: CorrectiveAction, by: User, reason: str = "") -> CorrectiveAction:
    """Begin to carry it out."""
    check_move(action, ActionState.IN_PROGRESS, ACTION_MOVES, ActionState)
    with change(by=by, reason=reason or "Work begun"):
        return _set(action, ActionState.IN_PROGRESS)


def finish_action(
    *,
    action: CorrectiveAction,
    result: str,
    by: User,
    records_updated: str = "",
    evidence: Evidence | None = None,
    verify_after: date | None = None,
    reason: str = "",
) -> CorrectiveAction:
    """Say what was done; from `verify_after` on (30 days later by default) somebody else judges the effect."""
    check_move(action, ActionState.DONE, ACTION_MOVES, ActionState)
    if not result.strip():
        raise Refused("Say what was done, so that somebody else can see whether it helped.")
    moment = now()
    verify_after = verify_after or moment.date() + WAIT
    if verify_after <= moment.date():
        raise Refused("The effect shows only after a while: choose a day to come for judging it.")
    with change(by=by, reason=reason or result):
        action.result, action.records_updated, action.evidence = result, records_updated, evidence
        action.done_by, action.done_at, action.verify_after = by, moment, verify_after
        return _set(action, ActionState.DONE)


@governed("Say what you saw of the effect")
def verify_action(*, action: CorrectiveAction, effective: bool, by: User, reason: str) -> CorrectiveAction:
    """Judge the effect after the wait; never by who carried it out, owns it or analysed the cause.

    What had no effect is reopened: the cause was another. Raises YourOwnWork, TooEarly.
    """
    to = ActionState.VERIFIED if effective else ActionState.REOPENED
    check_move(action, to, ACTION_MOVES, ActionState)
    _check_other(action, by, "verifies the effect", action.done_by_id)
    if action.verifier_id and by.pk != action.verifier_id:
        raise Refused(f"{action.verifier} was named to verify this: ask them, or name somebody else.")
    if action.verify_after and now().date() < action.verify_after:
        day = action.verify_after
        raise TooEarly(f"The effect is judged from {day.day} {day:%b %Y} on: whether it lasts shows only then.")
    with change(by=by, reason=reason):
        action.effect, action.verified_by, action.verified_at = reason, by, now()
        return _set(action, to)


@governed("Say why the day or the people change")
def replan_action(*, action: CorrectiveAction, by: User, reason: str, **fields: Any) -> CorrectiveAction:
    """Another day, owner or verifier for an action that is not carried out, or another verifier after that."""
    if action.state == ActionState.VERIFIED:
        raise Refused(f"{action.reference} is verified: that is its last state.")
    if action.state == ActionState.DONE and set(fields) - {"verifier"}:
        raise Refused(f"{action.reference} is done: only who verifies it can still change.")
    verifier, owner = fields.get("verifier", action.verifier), fields.get("owner", action.owner)
    if verifier is not None and verifier.pk in {owner.pk, action.done_by_id}:
        raise YourOwnWork(f"{verifier} carries the action out: somebody else verifies its effect.")
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(action, name, value)
        action.save()
    return action


def _check_other(action: CorrectiveAction, by: User, does: str, *more: Any) -> None:
    if by.pk in {action.owner_id, action.analysed_by_id, *more}:
        raise YourOwnWork(f"You own this action or worked on it: somebody else {does}.")


def _set(action: CorrectiveAction, to: str) -> CorrectiveAction:
    action.state = to
    action.save()
    follow_actions(action.finding)
    return action
