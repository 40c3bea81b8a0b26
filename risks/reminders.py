"""What falls due: reviews, actions, acceptances."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, reminder
from risks.models import Risk, RiskAcceptance, TreatmentAction

Scope = Organisation | Project
AHEAD = timedelta(days=60)


@reminder("risk-reviews", kind="risk")
def reviews(scope: Scope, at: datetime) -> Iterator[Due]:
    """Risks whose review is late or near."""
    rows = Risk.objects.reaching(scope).open().filter(next_review_date__lte=at.date() + AHEAD)
    for risk in rows.select_related("owner", "project", "organisation"):
        if risk.next_review_date is None:
            continue
        title = f"Review {risk.reference} {risk.title}"
        if risk.next_review_date:
            yield Due(title, risk.get_absolute_url(), risk.next_review_date, risk.owner, risk.reference)


@reminder("risk-actions", kind="risk")
def actions(scope: Scope, at: datetime) -> Iterator[Due]:
    """Open actions of treatment plans."""
    rows = _within(TreatmentAction.objects.open(), scope).filter(due_date__lte=at.date() + AHEAD)
    for action in rows.select_related("owner", "treatment__risk__project", "treatment__risk__organisation"):
        risk = action.treatment.risk
        yield Due(action.title, risk.get_absolute_url(), action.due_date, action.owner, action.reference)


@reminder("risk-acceptances", kind="acceptance")
def acceptances(scope: Scope, at: datetime) -> Iterator[Due]:
    """Acceptances that end: ask again or treat the risk before."""
    rows = _within(RiskAcceptance.objects.accepted().for_open_risks(), scope)
    rows = rows.select_related("risk__owner", "risk__project", "risk__organisation")
    latest = {(one.risk_id, one.kind): one for one in rows.order_by("requested_at")}
    for one in latest.values():
        if one.valid_until <= at.date() + AHEAD:
            title = f"{one.get_kind_display()} {one.risk.reference} ends"
            yield Due(title, one.risk.get_absolute_url(), one.valid_until, one.risk.owner, one.reference)


def _within(rows: Any, scope: Scope) -> Any:
    return rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
