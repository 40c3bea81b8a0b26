"""What falls due: reviews, actions, acceptances."""

from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, Dues, reminder
from risks.models import Risk, RiskAcceptance, TreatmentAction

Scope = Organisation | Project
AHEAD = timedelta(days=60)


@reminder("risk-reviews", kind="risk")
def reviews(scope: Scope, at: datetime) -> Dues:
    """Risks whose review is late or near."""
    rows = Risk.objects.reaching(scope).open().filter(next_review_date__lte=at.date() + AHEAD)
    return Dues(rows.select_related("owner", "project", "organisation"), "next_review_date", _review, ("reference",))


def _review(risk: Risk) -> Due:
    title = f"Review {risk.reference} {risk.title}"
    return Due(title, risk.get_absolute_url(), risk.next_review_date, risk.owner, risk.reference)  # type: ignore[arg-type]


@reminder("risk-actions", kind="risk")
def actions(scope: Scope, at: datetime) -> Dues:
    """Open actions of treatment plans."""
    rows = _within(TreatmentAction.objects.open(), scope).filter(due_date__lte=at.date() + AHEAD)
    related = ("owner", "treatment__risk__project", "treatment__risk__organisation")
    return Dues(rows.select_related(*related), "due_date", _action, ("title", "reference"))


def _action(action: TreatmentAction) -> Due:
    url = action.treatment.risk.get_absolute_url()
    return Due(action.title, url, action.due_date, action.owner, action.reference)


@reminder("risk-acceptances", kind="acceptance")
def acceptances(scope: Scope, at: datetime) -> Dues:
    """Acceptances that end: ask again or treat the risk before."""
    rows = _within(RiskAcceptance.objects.relied_on().for_open_risks(), scope)
    rows = rows.filter(valid_until__lte=at.date() + AHEAD)
    related = ("risk__owner", "risk__project", "risk__organisation")
    return Dues(rows.select_related(*related), "valid_until", _acceptance, ("kind", "risk__reference"))


def _acceptance(one: RiskAcceptance) -> Due:
    title = f"{one.get_kind_display()} {one.risk.reference} ends"
    return Due(title, one.risk.get_absolute_url(), one.valid_until, one.risk.owner, one.reference)


def _within(rows: Any, scope: Scope) -> Any:
    return rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
