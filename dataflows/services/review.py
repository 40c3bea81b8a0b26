"""From draft to active: the same steps for flows, records of processing and assessments of interests.

    proposed or draft --submit--> dpo_review --approve--> active --retire--> retired
            ^                         |                     |
            +-------send back---------+<------submit--------+   a changed active record is submitted again

Approval binds to the record's facts (compliance.approvals); it is given by somebody who wrote none of them.
"""

from typing import TypeVar

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import decide, request_approval
from compliance.ledger import Refused, change, governed, need_reason
from compliance.ledger.context import simulated_moment
from dataflows.models import DataFlow, InterestAssessment, ProcessingActivity
from dataflows.problems import blocking
from dataflows.record_problems import record_problems, unfounded
from dataflows.services.saving import today
from dataflows.standing import PURPOSE, is_outdated, latest_approvals

Reviewed = DataFlow | ProcessingActivity | InterestAssessment
Record = TypeVar("Record", DataFlow, ProcessingActivity, InterestAssessment)


class WrongState(Refused):
    """The step does not follow from the state the record is in."""


class NotInOrder(Refused):
    """The record is not fit to be approved."""


def submit_for_review(*, record: Record, by: User, reason: str = "") -> Record:
    """Put a record before the data protection officer. Raises WrongState."""
    complete = _complete(record)
    changed = record.state == record.State.ACTIVE and is_outdated(complete, latest_approvals([record]).get(record.pk))
    if record.state != record.DRAFT and not changed:
        raise WrongState(f"{record.reference} is {_state(record)}: only a draft or a changed record is put forward.")
    with change(by=by, reason=reason):
        request_approval(
            subject=record, purpose=PURPOSE, facts=complete.facts(), scope=record.scope, by=by, reason=reason
        )
        record.state = record.State.DPO_REVIEW
        record.save()
    return record


@governed("Say what has to change")
def send_back(*, record: Record, by: User, reason: str) -> Record:
    """Give a record back to those who wrote it. Raises WrongState."""
    request = _waiting(record)
    with change(by=by, reason=reason):
        decide(approval=request, approve=False, facts={}, by=by, reason=reason)
        record.state = record.State.ACTIVE if record.approved_at else record.DRAFT
        record.save()
    return record


@governed()
def approve_record(*, record: Record, by: User, reason: str) -> Record:
    """Approve a record as it stands. Raises WrongState, NotInOrder, and NotYours for whoever wrote it."""
    request = _waiting(record)
    complete = _complete(record)
    authors = tuple(User.objects.filter(pk__in=record.authors))
    with change(by=by, reason=reason):
        decide(approval=request, approve=True, facts=complete.facts(), by=by, reason=reason, authors=authors)
        if lacking := _lacking(complete):
            raise NotInOrder(f"{record.reference} cannot be approved yet. {lacking}")
        record.state, record.authors = record.State.ACTIVE, []
        record.approved_at = simulated_moment() or timezone.now()
        record.save()
    return record


@governed("Say why the record ends")
def retire_record(*, record: Record, by: User, reason: str) -> Record:
    """End a record; it stays readable. Raises WrongState."""
    if record.state in (record.State.RETIRED, record.State.DPO_REVIEW):
        raise WrongState(f"{record.reference} is {_state(record)}: it cannot be retired now.")
    with change(by=by, reason=reason):
        record.state = record.State.RETIRED
        record.save()
    return record


def check_open(record: Reviewed, reason: str) -> None:
    """Refuse to change what is under review or retired; an approved record asks for a reason. Raises WrongState."""
    if record.state in (record.State.RETIRED, record.State.DPO_REVIEW):
        raise WrongState(f"{record.reference} is {_state(record)}: it is not changed now.")
    if record.state == record.State.ACTIVE:
        need_reason(reason, f"{record.reference} is approved: say why it changes")


def _complete(record: Record) -> Record:
    return type(record).objects.complete().get(pk=record.pk)


def _waiting(record: Reviewed) -> Approval:
    request = Approval.objects.of(record, PURPOSE).waiting().first()
    if record.state != record.State.DPO_REVIEW or request is None:
        raise WrongState(f"{record.reference} is {_state(record)}: it has to be put forward for review first.")
    return request


def _lacking(record: Reviewed) -> str:
    """What stands in the way of an approval, in words."""
    if isinstance(record, DataFlow):
        return " ".join(problem.text for problem in blocking(record, today()))
    if isinstance(record, InterestAssessment):
        return unfounded(record)
    return " ".join(problem.text for problem in record_problems(record))


def _state(record: Reviewed) -> str:
    return "under review" if record.state == record.State.DPO_REVIEW else str(record.get_state_display()).lower()
