"""Management review: inputs of a moment, minutes approved by somebody else, decisions that are followed (9.3)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import decide, request_approval
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Organisation
from controls.models import MINUTED, REVIEW_MOVES, DecisionState, ManagementReview, ReviewDecision, ReviewState
from controls.review_inputs import gather
from controls.services.moves import check_move, now

PURPOSE = "minutes"


def schedule_review(
    *, organisation: Organisation, title: str, planned_date: date, chair: User, by: User, reason: str = ""
) -> ManagementReview:
    """Plan a review."""
    with change(by=by, reason=reason or "Management review planned"):
        row = ManagementReview(organisation=organisation, title=title, planned_date=planned_date, chair=chair)
        row.save()
    return row


def collect_inputs(
    *, review: ManagementReview, by: User, at: datetime | None = None, reason: str = ""
) -> ManagementReview:
    """Ask every room what it knows as of a moment (now by default); words given before are kept."""
    check_move(review, ReviewState.INPUTS_COLLECTED, REVIEW_MOVES, ReviewState)
    moment = at or now()
    said = {one["key"]: one["because"] for one in review.inputs}
    found = [{**one, "because": said.get(one["key"], "")} for one in gather(review.organisation, moment)]
    with change(by=by, reason=reason or "Inputs collected"):
        review.inputs, review.inputs_at, review.state = found, moment, ReviewState.INPUTS_COLLECTED
        review.save()
    return review


def explain_inputs(
    *, review: ManagementReview, words: Mapping[str, str], by: User, reason: str = ""
) -> ManagementReview:
    """Add words to inputs by key: what no room knows, or why there is nothing."""
    if review.state != ReviewState.INPUTS_COLLECTED:
        raise Refused(f"{review.reference} is {review.get_state_display().lower()}: its inputs stay as they are.")
    with change(by=by, reason=reason or "Inputs explained"):
        review.inputs = [{**one, "because": words.get(one["key"], one["because"])} for one in review.inputs]
        review.save()
    return review


def hold_review(
    *, review: ManagementReview, held_date: date, attendees: str, minutes: str, by: User, reason: str = ""
) -> ManagementReview:
    """Write down what was said; every input is there, or says why not."""
    check_move(review, ReviewState.HELD, REVIEW_MOVES, ReviewState)
    if review.missing:
        raise Refused(f"Nothing is said about: {'; '.join(review.missing)}. Write it, or “none, because …”.")
    if not attendees.strip() or not minutes.strip():
        raise Refused("Say who took part and what was said.")
    with change(by=by, reason=reason or "Management review held"):
        review.held_date, review.attendees, review.minutes = held_date, attendees, minutes
        review.state = ReviewState.HELD
        review.save()
    return review


def edit_minutes(*, review: ManagementReview, by: User, reason: str = "", **words: Any) -> ManagementReview:
    """Change day, attendees or minutes before they are approved."""
    if review.state != ReviewState.HELD:
        raise Refused(f"{review.reference} is {review.get_state_display().lower()}: its minutes are fixed.")
    with change(by=by, reason=reason):
        for name, value in words.items():
            setattr(review, name, value)
        review.save()
    return review


def add_decision(
    *, review: ManagementReview, text: str, owner: User, due_date: date, by: User, reason: str = ""
) -> ReviewDecision:
    """Write down a decision with who carries it out until when, while the minutes are open."""
    if review.state != ReviewState.HELD:
        raise Refused(
            f"{review.reference} is {review.get_state_display().lower()}: decisions belong into open minutes."
        )
    with change(by=by, reason=reason or "Decision of the management review"):
        row = ReviewDecision(
            organisation_id=review.organisation_id, review=review, text=text, owner=owner, due_date=due_date
        )
        row.save()
    return row


def minutes_facts(review: ManagementReview) -> dict[str, Any]:
    """What an approval of the minutes covers: inputs, minutes, decisions."""
    return {
        "title": review.title,
        "held_date": review.held_date,
        "attendees": review.attendees,
        "minutes": review.minutes,
        "inputs_at": review.inputs_at,
        "inputs": review.inputs,
        "decisions": [
            {"reference": one.reference, "text": one.text, "owner": str(one.owner_id), "due": one.due_date}
            for one in review.decisions.order_by("reference")
        ],
    }


def submit_minutes(*, review: ManagementReview, by: User, reason: str = "") -> Approval:
    """Put the minutes before somebody else."""
    check_move(review, ReviewState.MINUTES_APPROVED, REVIEW_MOVES, ReviewState)
    facts, scope = minutes_facts(review), review.organisation
    return request_approval(subject=review, purpose=PURPOSE, facts=facts, scope=scope, by=by, reason=reason)


@governed("Say why the minutes are approved or sent back")
def decide_minutes(*, review: ManagementReview, approve: bool, by: User, reason: str) -> ManagementReview:
    """Approve or send back the minutes; never by who put them forward. Approved, they are fixed."""
    check_move(review, ReviewState.MINUTES_APPROVED, REVIEW_MOVES, ReviewState)
    waiting = Approval.objects.of(review, PURPOSE).waiting().first()
    if waiting is None:
        raise Refused(f"The minutes of {review.reference} wait for no approval: put them forward first.")
    with change(by=by, reason=reason):
        decide(approval=waiting, approve=approve, facts=minutes_facts(review), by=by, reason=reason)
        if approve:
            review.state = ReviewState.MINUTES_APPROVED
            review.save()
    return review


def settle_decision(*, decision: ReviewDecision, done: bool, result: str, by: User) -> ReviewDecision:
    """Say what became of a decision: carried out, or dropped with the reason."""
    if decision.state != DecisionState.OPEN:
        raise Refused(f"{decision.reference} is {decision.get_state_display().lower()} already.")
    if decision.review.state not in MINUTED:
        raise Refused("The minutes are not approved yet: decisions count from then on.")
    if not result.strip():
        raise Refused("Say what was done, or why the decision is dropped.")
    with change(by=by, reason=result):
        decision.state, decision.result = DecisionState.DONE if done else DecisionState.DROPPED, result
        decision.save()
    return decision


@governed("Say why the review is closed")
def close_review(*, review: ManagementReview, by: User, reason: str) -> ManagementReview:
    """Close a review whose decisions are all settled."""
    check_move(review, ReviewState.CLOSED, REVIEW_MOVES, ReviewState)
    if left := [one.reference for one in review.decisions.filter(state=DecisionState.OPEN)]:
        raise Refused(f"{', '.join(left)} are open: carry out or drop every decision first.")
    with change(by=by, reason=reason):
        review.state = ReviewState.CLOSED
        review.save()
    return review
