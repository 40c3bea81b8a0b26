"""What falls due: evidence that runs out, controls planned and reviews."""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, When

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Page, Several, ahead, days_after, reminder, said
from controls.addresses import address
from controls.audited import reminders as _audited  # noqa: F401  registered with the rest
from controls.documented import reminders as _documented  # noqa: F401  registered with the rest
from controls.models import (
    ControlTest,
    Deviation,
    DeviationState,
    EvidenceRequest,
    EvidenceState,
    EvidenceVersion,
    Implementation,
    Statement,
    Status,
)

Scope = Organisation | Project
REVIEWED = 10  # days within which evidence is looked at


def page_of(name: str) -> Page:
    """The page of this room with a name, about a key."""
    return lambda scope, where, key: address(scope, name, key)


@reminder("evidence-expiring", kind="evidence")
def evidence_expiring(scope: Scope, at: datetime) -> Dues:
    """Accepted evidence near or past the day it is in date until."""
    rows = EvidenceVersion.objects.kept_in(scope).filter(
        state=EvidenceState.ACCEPTED, latest=True, valid_until__lte=ahead(at)
    )
    title, number = said(F("evidence__title"), ": collect it again"), "evidence__reference"
    return Dues(rows, "valid_until", title, page_of("evidence_item"), "collected_by", number, number)


@reminder("evidence-submitted", kind="evidence")
def evidence_submitted(scope: Scope, at: datetime) -> Dues:
    """Evidence that waits for the verdict of somebody who did not hand it in."""
    rows = EvidenceVersion.objects.kept_in(scope).filter(
        state__in=[EvidenceState.SUBMITTED, EvidenceState.UNDER_REVIEW], latest=True
    )
    rows, number = rows.annotate(due=days_after("collected_at", REVIEWED)), "evidence__reference"
    title, page = said(F("evidence__title"), ": review it"), page_of("evidence_item")
    return Dues(rows, "due", title, page, "", number, number, approvers="evidence", but="submitted_by")


@reminder("evidence-requested", kind="evidence")
def evidence_requested(scope: Scope, at: datetime) -> Dues:
    """Evidence somebody was asked for and has not handed in."""
    rows = EvidenceRequest.objects.kept_in(scope).waiting().filter(due_date__lte=ahead(at))
    return Dues(rows, "due_date", said(F("title"), ": hand in evidence"), page_of("request"), "assignee")


@reminder("tests-planned", kind="implementation")
def tests_planned(scope: Scope, at: datetime) -> Dues:
    """Tests planned for a near or past day, and not concluded."""
    rows = ControlTest.objects.kept_in(scope).open().filter(planned_date__lte=ahead(at))
    return Dues(rows, "planned_date", said(F("objective"), ": test the control"), page_of("test"), "tester")


@reminder("implementations-due", kind="implementation")
def implementations_due(scope: Scope, at: datetime) -> Dues:
    """Controls planned for a near or past day."""
    rows = Implementation.objects.kept_in(scope).live().exclude(status=Status.IMPLEMENTED)
    return _of_controls(rows, "planned_date", ": to be in place", at)


@reminder("implementation-reviews", kind="implementation")
def implementation_reviews(scope: Scope, at: datetime) -> Dues:
    """Controls to review."""
    return _of_controls(Implementation.objects.kept_in(scope).live(), "review_date", ": review", at)


def _of_controls(rows: Any, on: str, what: str, at: datetime) -> Dues:
    near = rows.filter(**{f"{on}__lte": ahead(at)})
    return Dues(near, on, said(F("control__title"), what), page_of("control"), "owner", key="control__reference")


@reminder("statement-reviews", kind="applicability")
def statement_reviews(scope: Scope, at: datetime) -> Dues:
    """Statements of applicability to review."""
    rows = Statement.objects.kept_in(scope).filter(review_date__lte=ahead(at))
    title = said("Applicability of ", F("edition__label"), ": review")
    return Dues(rows, "review_date", title, page_of("statement"), "owner", key="edition__key")


@reminder("exceptions", kind="applicability")
def exceptions(scope: Scope, at: datetime) -> Several:
    """Exceptions that wait for a decision, end soon, or have ended so that the requirement applies again."""
    rows, number, project = Deviation.objects.kept_in(scope).open(), F("requirement__ref"), F("project__name")
    asked, given = rows.filter(state=DeviationState.REQUESTED), rows.exclude(state=DeviationState.REQUESTED)
    again = said(number, " applies in ", project, " again: say what became of the exception")
    ends = said("Exception from ", number, " in ", project, " ends")
    title = Case(When(valid_until__lt=at.date(), then=again), default=ends)
    page, decide = page_of("deviation"), said("Exception from ", number, " in ", project, ": decide")
    near = given.filter(valid_until__lte=ahead(at))
    return Several([Dues(asked, "valid_until", decide, page), Dues(near, "valid_until", title, page, "requested_by")])
