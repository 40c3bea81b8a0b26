"""Sub-processors, supplier reviews, duties in the cloud, and the end of a relation."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change, governed
from controls.models import Control, Requirement
from dataflows import clauses
from dataflows.models import CloudDuty, Engagement, Party, SupplierReview
from dataflows.services.contract import _remember
from dataflows.services.review import WrongState
from dataflows.services.saving import BadValue, assign, save, today

REVIEWED = (Party.State.APPROVED, Party.State.ACTIVE, Party.State.REVIEW_DUE)


def engage(*, processor: Party, sub_processor: Party, by: User | str, reason: str = "", **details: Any) -> Engagement:
    """Put a party on the list of those a processor engages. Raises BadValue."""
    link = Engagement(organisation=processor.organisation, processor=processor, sub_processor=sub_processor)
    return change_engagement(engagement=link, by=by, reason=reason, **details)


def change_engagement(*, engagement: Engagement, by: User | str, reason: str = "", **fields: Any) -> Engagement:
    """Change a line of the list; `ended_date` takes it off. Raises BadValue."""
    with change(by=by, reason=reason):
        assign(engagement, fields)
        processor, sub = engagement.processor, engagement.sub_processor
        if processor.organisation_id != sub.organisation_id:
            raise BadValue("Sub-processor: choose a party of the same organisation.")
        if processor.pk == sub.pk:
            raise BadValue("Sub-processor: nobody engages itself; choose another party.")
        told, until = engagement.notice_date, engagement.objection_date
        if told and until and until < told:
            raise BadValue("We may object until: that is before we were told; change one of the two days.")
        save(engagement)
        _remember(processor, by)
    return engagement


@governed("Say why it is accepted or objected to")
def decide_engagement(*, engagement: Engagement, accept: bool, by: User | str, reason: str) -> Engagement:
    """Accept a sub-processor, or object to it. Raises BadValue."""
    decision = Engagement.Decision.ACCEPTED if accept else Engagement.Decision.OBJECTED
    return change_engagement(engagement=engagement, by=by, reason=reason, decision=decision)


def record_review(*, party: Party, by: User | str, reason: str = "", **details: Any) -> SupplierReview:
    """Record a review; the next one follows from the tier unless said otherwise. Raises BadValue, WrongState."""
    if party.state not in REVIEWED:
        raise WrongState(f"{party} is {party.get_state_display().lower()}: parties at work are reviewed.")
    review = SupplierReview(organisation=party.organisation, party=party, held_date=today())
    with change(by=by, reason=reason):
        assign(review, details)
        if review.held_date and review.held_date > today():
            raise BadValue("Held on: that day is still to come.")
        review.next_date = review.next_date or clauses.next_review(review.held_date, party.tier)
        if review.next_date <= review.held_date:
            raise BadValue("Next review: choose a day after the review.")
        review.reviewer = by if isinstance(by, User) else None
        review.list_seen = [link.seen for link in _engaged(party) if link.runs(review.held_date)]
        save(review)
        party.review_date = review.next_date
        if party.state == Party.State.REVIEW_DUE and review.outcome != review.Outcome.UNSATISFACTORY:
            party.state = Party.State.ACTIVE
        party.save()
    return review


def changed_since(
    party: Party, review: SupplierReview | None, on: date
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sub-processors that came and that went since the list was seen last; without a review all came."""
    now = [link.seen for link in _engaged(party) if link.runs(on)]
    then = review.list_seen if review else []
    return [one for one in now if one not in then], [one for one in then if one not in now]


def _engaged(party: Party) -> Iterable[Engagement]:
    return party.engages.select_related("sub_processor").order_by("sub_processor__name")


def divide_duties(
    *, party: Party, duties: Mapping[Requirement, Mapping[str, Any]], by: User | str, reason: str = ""
) -> list[CloudDuty]:
    """Say per topic who does it: requirement -> split, control, note. Only what differs is written; an empty split
    takes the topic back. Raises BadValue.
    """
    known = {one.requirement_id: one for one in CloudDuty.objects.filter(party=party)}
    written = []
    with change(by=by, reason=reason):
        for requirement, told in duties.items():
            duty = known.get(requirement.pk)
            duty = duty or CloudDuty(organisation=party.organisation, party=party, requirement=requirement)
            if one := _divide(duty, dict(told)):
                written.append(one)
    return written


def _divide(duty: CloudDuty, told: dict[str, Any]) -> CloudDuty | None:
    is_new = duty._state.adding
    if not told.get("split", duty.split):
        if not is_new:
            duty.delete()
        return None if is_new else duty
    if not is_new and all(getattr(duty, name) == value for name, value in told.items()):
        return None
    assign(duty, told)
    control: Control | None = duty.control
    if control and control.organisation_id != duty.organisation_id:
        raise BadValue("Control: choose one of the same organisation.")
    save(duty)
    return duty


@governed("Say how the data came back or was deleted")
def confirm_exit(*, party: Party, done: str, on: date, proof: str, by: User | str, reason: str) -> Party:
    """Confirm what became of the data when a party left (GDPR Art. 28(3)(g)). Raises BadValue, WrongState."""
    if party.state != Party.State.OFFBOARDING:
        raise WrongState(f"{party} is {party.get_state_display().lower()}: data is returned when a party leaves.")
    if not proof.strip():
        raise BadValue("Proof: name the confirmation and where it is kept.")
    if on > today():
        raise BadValue("Confirmed on: that day is still to come.")
    with change(by=by, reason=reason):
        assign(party, {"exit_done": done, "exit_date": on, "exit_proof": proof})
        save(party)
    return party
