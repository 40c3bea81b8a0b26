"""What falls due: evidence that runs out, controls planned and reviews."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, reminder
from controls.addresses import address
from controls.documented import reminders as _documented  # noqa: F401  registered with the rest
from controls.models import (
    ControlTest,
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
def evidence_expiring(scope: Scope, at: datetime) -> Iterator[Due]:
    """Accepted evidence near or past the day it is in date until."""
    rows = _own(scope, EvidenceVersion).filter(
        state=EvidenceState.ACCEPTED, latest=True, valid_until__lte=at.date() + AHEAD
    )
    for row in rows.select_related("evidence", "collected_by").order_by("valid_until"):
        one = row.evidence
        url = address(scope, "evidence_item", one.reference)
        yield Due(f"{one.title}: collect it again", url, row.valid_until, row.collected_by, one.reference)


@reminder("evidence-requested", kind="evidence")
def evidence_requested(scope: Scope, at: datetime) -> Iterator[Due]:
    """Evidence somebody was asked for and has not handed in."""
    rows = _own(scope, EvidenceRequest).waiting().filter(due_date__lte=at.date() + AHEAD)
    for row in rows.select_related("assignee").order_by("due_date"):
        url = address(scope, "request", row.reference)
        yield Due(f"{row.title}: hand in evidence", url, row.due_date, row.assignee, row.reference)


@reminder("tests-planned", kind="implementation")
def tests_planned(scope: Scope, at: datetime) -> Iterator[Due]:
    """Tests planned for a near or past day, and not concluded."""
    rows = _own(scope, ControlTest).open().filter(planned_date__lte=at.date() + AHEAD)
    for row in rows.select_related("tester").order_by("planned_date"):
        url = address(scope, "test", row.reference)
        yield Due(f"{row.objective}: test the control", url, row.planned_date, row.tester, row.reference)


@reminder("implementations-due", kind="implementation")
def implementations_due(scope: Scope, at: datetime) -> Iterator[Due]:
    """Controls planned for a near or past day, and controls to review."""
    rows = _own(scope, Implementation).live().select_related("control", "owner")
    until = at.date() + AHEAD
    for row in rows.filter(planned_date__lte=until).exclude(status=Status.IMPLEMENTED).order_by("planned_date"):
        url = address(scope, "control", row.control.reference)
        yield Due(f"{row.control.title}: to be in place", url, row.planned_date, row.owner, row.reference)
    for row in rows.filter(review_date__lte=until).order_by("review_date"):
        url = address(scope, "control", row.control.reference)
        yield Due(f"{row.control.title}: review", url, row.review_date, row.owner, row.reference)


@reminder("statement-reviews", kind="applicability")
def statement_reviews(scope: Scope, at: datetime) -> Iterator[Due]:
    """Statements of applicability to review."""
    rows = _own(scope, Statement).filter(review_date__lte=at.date() + AHEAD).select_related("edition", "owner")
    for row in rows.order_by("review_date"):
        url = address(scope, "statement", row.edition.key)
        yield Due(f"Applicability of {row.edition.label}: review", url, row.review_date, row.owner, row.reference)
