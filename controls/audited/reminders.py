"""What falls due of audits: answers, actions, effects to be judged, reviews and their decisions."""

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Left

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Page, Several, ahead, reminder, said
from controls.addresses import address
from controls.models import Audit, CorrectiveAction, Finding, FindingState, ManagementReview, ReviewDecision

Scope = Organisation | Project


def _page(name: str) -> Page:
    return lambda scope, where, key: address(scope, name, key)


@reminder("audits-planned", kind="audit")
def audits_planned(scope: Scope, at: datetime) -> Dues:
    """Audits that begin soon."""
    rows = Audit.objects.kept_in(scope).filter(state__in=["planned", "notified"], start_date__lte=ahead(at))
    return Dues(rows, "start_date", said(F("title"), ": begins"), _page("audit"))


@reminder("finding-answers", kind="audit")
def finding_answers(scope: Scope, at: datetime) -> Dues:
    """Findings that wait for an answer."""
    rows = Finding.objects.kept_in(scope).filter(state=FindingState.ISSUED, response_due__lte=ahead(at))
    return Dues(rows, "response_due", said(F("title"), ": answer the finding"), _page("finding"), "owner")


@reminder("corrective-actions", kind="action")
def corrective_actions(scope: Scope, at: datetime) -> Several:
    """Actions to carry out, and effects to be judged."""
    rows, page = CorrectiveAction.objects.kept_in(scope), _page("action")
    open_rows, done = rows.open().filter(due_date__lte=ahead(at)), rows.to_verify(ahead(at))
    return Several(
        [
            Dues(open_rows, "due_date", said(F("title"), ": carry out"), page, "owner"),
            Dues(done, "verify_after", said(F("title"), ": judge the effect"), page, "verifier"),
        ]
    )


@reminder("management-reviews", kind="review")
def management_reviews(scope: Scope, at: datetime) -> Several:
    """Reviews to be held and decisions to be carried out; they are the organisation's."""
    if isinstance(scope, Project):
        return Several()
    rows = ManagementReview.objects.filter(organisation=scope, state__in=["scheduled", "inputs_collected"])
    planned = rows.filter(planned_date__lte=ahead(at))
    decisions = ReviewDecision.objects.filter(organisation=scope, state="open", due_date__lte=ahead(at))
    page = _page("management_review")
    return Several(
        [
            Dues(planned, "planned_date", said(F("title"), ": management review"), page, "chair"),
            Dues(decisions, "due_date", Left("text", 120), page, "owner", key="review__reference"),
        ]
    )
