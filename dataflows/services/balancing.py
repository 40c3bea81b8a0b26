"""Assessments of legitimate interests: written by one, seen by the data protection officer, approved by another."""

from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation
from dataflows.models import InterestAssessment
from dataflows.services.review import WrongState, check_open
from dataflows.services.saving import assign, person, remember_author, save


def draft_interest(
    *, organisation: Organisation, title: str, by: User | str, reason: str = "", **details: Any
) -> InterestAssessment:
    """Begin an assessment. Raises BadValue."""
    made = InterestAssessment(organisation=organisation, title=title.strip(), author=person(by))
    return _write(made, by, reason, details)


def change_interest(*, assessment: InterestAssessment, by: User, reason: str = "", **fields: Any) -> InterestAssessment:
    """Change an assessment; an approved one asks for a reason and is to be seen and approved again.

    Raises BadValue, WrongState.
    """
    check_open(assessment, reason)
    return _write(assessment, by, reason, fields)


@governed("Say what you think of it, in words the decision can rest on")
def give_view(*, assessment: InterestAssessment, by: User, reason: str) -> InterestAssessment:
    """Record the view of the data protection officer while it is under review; never of whoever wrote it.

    Raises WrongState, NotYours.
    """
    if assessment.state != InterestAssessment.State.DPO_REVIEW:
        raise WrongState(f"{assessment.reference} is not under review: put it forward first.")
    if str(by.pk) in assessment.authors:
        raise NotYours("You wrote this assessment: somebody else says what to think of it.")
    with change(by=by, reason=reason):
        assessment.dpo_view, assessment.dpo_view_by = reason.strip(), by
        assessment.dpo_view_at = simulated_moment() or timezone.now()
        assessment.save()
    return assessment


def _write(assessment: InterestAssessment, by: User | str, reason: str, fields: dict[str, Any]) -> InterestAssessment:
    with change(by=by, reason=reason):
        assign(assessment, fields)
        remember_author(assessment, by)
        assessment.dpo_view, assessment.dpo_view_by, assessment.dpo_view_at = "", None, None
        save(assessment)
    return assessment
