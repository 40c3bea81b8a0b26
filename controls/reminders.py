"""What falls due: evidence that runs out, controls planned and reviews."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, Dues, reminder
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
AHEAD = timedelta(days=60)


def _own(scope: Scope, model: Any) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)


@reminder("evidence-expiring", kind="evidence")
def evidence_expiring(scope: Scope, at: datetime) -> Dues:
    """Accepted evidence near or past the day it is in date until."""

    def due(row: EvidenceVersion) -> Due:
        url = address(scope, "evidence_item", row.evidence.reference)
        title = f"{row.evidence.title}: collect it again"
        return Due(title, url, row.valid_until, row.collected_by, row.evidence.reference)  # type: ignore[arg-type]

    rows = _own(scope, EvidenceVersion).filter(
        state=EvidenceState.ACCEPTED, latest=True, valid_until__lte=at.date() + AHEAD
    )
    related = ("evidence", "collected_by")
    return Dues(rows.select_related(*related), "valid_until", due, ("evidence__title", "evidence__reference"))


@reminder("evidence-requested", kind="evidence")
def evidence_requested(scope: Scope, at: datetime) -> Dues:
    """Evidence somebody was asked for and has not handed in."""

    def due(row: EvidenceRequest) -> Due:
        url = address(scope, "request", row.reference)
        return Due(f"{row.title}: hand in evidence", url, row.due_date, row.assignee, row.reference)

    rows = _own(scope, EvidenceRequest).waiting().filter(due_date__lte=at.date() + AHEAD)
    return Dues(rows.select_related("assignee"), "due_date", due, ("title", "reference"))


@reminder("tests-planned", kind="implementation")
def tests_planned(scope: Scope, at: datetime) -> Dues:
    """Tests planned for a near or past day, and not concluded."""

    def due(row: ControlTest) -> Due:
        url = address(scope, "test", row.reference)
        return Due(f"{row.objective}: test the control", url, row.planned_date, row.tester, row.reference)

    rows = _own(scope, ControlTest).open().filter(planned_date__lte=at.date() + AHEAD)
    return Dues(rows.select_related("tester"), "planned_date", due, ("objective", "reference"))


@reminder("implementations-due", kind="implementation")
def implementations_due(scope: Scope, at: datetime) -> Dues:
    """Controls planned for a near or past day."""
    rows = _own(scope, Implementation).live().exclude(status=Status.IMPLEMENTED)
    return _of_controls(scope, rows, "planned_date", "to be in place", at)


@reminder("implementation-reviews", kind="implementation")
def implementation_reviews(scope: Scope, at: datetime) -> Dues:
    """Controls to review."""
    return _of_controls(scope, _own(scope, Implementation).live(), "review_date", "review", at)


def _of_controls(scope: Scope, rows: Any, on: str, what: str, at: datetime) -> Dues:
    def due(row: Implementation) -> Due:
        url = address(scope, "control", row.control.reference)
        return Due(f"{row.control.title}: {what}", url, getattr(row, on), row.owner, row.reference)

    near = rows.filter(**{f"{on}__lte": at.date() + AHEAD}).select_related("control", "owner")
    return Dues(near, on, due, ("control__title", "reference"))


@reminder("statement-reviews", kind="applicability")
def statement_reviews(scope: Scope, at: datetime) -> Iterator[Due]:
    """Statements of applicability to review."""
    rows = _own(scope, Statement).filter(review_date__lte=at.date() + AHEAD).select_related("edition", "owner")
    for row in rows.order_by("review_date"):
        url = address(scope, "statement", row.edition.key)
        yield Due(f"Applicability of {row.edition.label}: review", url, row.review_date, row.owner, row.reference)


@reminder("exceptions", kind="applicability")
def exceptions(scope: Scope, at: datetime) -> Dues:
    """Exceptions that wait for a decision, end soon, or have ended so that the requirement applies again."""

    def due(row: Deviation) -> Due:
        url, number = address(scope, "deviation", row.reference), row.requirement.ref
        if row.state == DeviationState.REQUESTED:
            return Due(f"Exception from {number} in {row.project}: decide", url, row.valid_until, None, row.reference)
        again = f"{number} applies in {row.project} again: say what became of the exception"
        title = again if row.valid_until < at.date() else f"Exception from {number} in {row.project} ends"
        return Due(title, url, row.valid_until, row.requested_by, row.reference)

    near = Q(state=DeviationState.REQUESTED) | Q(valid_until__lte=at.date() + AHEAD)
    rows = _own(scope, Deviation).open().filter(near).select_related("project", "requirement", "requested_by")
    return Dues(rows, "valid_until", due, ("reference",))
