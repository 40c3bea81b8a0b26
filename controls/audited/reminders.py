"""What falls due of audits: answers, actions, effects to be judged, reviews and their decisions."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, reminder
from controls.addresses import address
from controls.models import Audit, CorrectiveAction, Finding, FindingState, ManagementReview, ReviewDecision

Scope = Organisation | Project
AHEAD = timedelta(days=60)


def _own(scope: Scope, model: Any) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)


@reminder("audits-planned", kind="audit")
def audits_planned(scope: Scope, at: datetime) -> Iterator[Due]:
    """Audits that begin soon."""
    rows = _own(scope, Audit).filter(state__in=["planned", "notified"], start_date__lte=at.date() + AHEAD)
    for row in rows.order_by("start_date"):
        yield Due(f"{row.title}: begins", address(scope, "audit", row.reference), row.start_date, None, row.reference)


@reminder("finding-answers", kind="audit")
def finding_answers(scope: Scope, at: datetime) -> Iterator[Due]:
    """Findings that wait for an answer."""
    rows = _own(scope, Finding).filter(state=FindingState.ISSUED, response_due__lte=at.date() + AHEAD)
    for row in rows.select_related("owner").order_by("response_due"):
        url = address(scope, "finding", row.reference)
        yield Due(f"{row.title}: answer the finding", url, row.response_due, row.owner, row.reference)


@reminder("corrective-actions", kind="action")
def corrective_actions(scope: Scope, at: datetime) -> Iterator[Due]:
    """Actions to carry out, and effects to be judged."""
    until, rows = at.date() + AHEAD, _own(scope, CorrectiveAction).select_related("owner", "verifier")
    for row in rows.open().filter(due_date__lte=until).order_by("due_date"):
        yield Due(
            f"{row.title}: carry out", address(scope, "action", row.reference), row.due_date, row.owner, row.reference
        )
    for row in rows.to_verify(until).order_by("verify_after"):
        url = address(scope, "action", row.reference)
        yield Due(f"{row.title}: judge the effect", url, row.verify_after, row.verifier, row.reference)


@reminder("management-reviews", kind="review")
def management_reviews(scope: Scope, at: datetime) -> Iterator[Due]:
    """Reviews to be held and decisions to be carried out; they are the organisation's."""
    if isinstance(scope, Project):
        return
    until = at.date() + AHEAD
    rows = ManagementReview.objects.filter(organisation=scope, state__in=["scheduled", "inputs_collected"])
    for row in rows.filter(planned_date__lte=until).select_related("chair").order_by("planned_date"):
        url = address(scope, "management_review", row.reference)
        yield Due(f"{row.title}: management review", url, row.planned_date, row.chair, row.reference)
    decisions = ReviewDecision.objects.filter(organisation=scope, state="open", due_date__lte=until)
    for one in decisions.select_related("owner", "review").order_by("due_date"):
        url = address(scope, "management_review", one.review.reference)
        yield Due(one.text[:120], url, one.due_date, one.owner, one.reference)
