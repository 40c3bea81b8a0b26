"""What falls due: reviews, actions, acceptances, and what is to be looked at again."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db.models import Case, F, Value, When

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, ahead, reminder, said
from compliance.ui.addresses import filled
from risks.models import Reassessment, Risk, RiskAcceptance, ThreatModel, TreatmentAction, Vulnerability

Scope = Organisation | Project
ASKED = ("risk", "applicability", "flow", "party", "incident")  # kinds of records that triggers ask about
TOLD = ("review_reached", "acceptance_expired")  # the reminders of reviews and acceptances tell of these
KINDS = Case(*(When(kind=kind, then=Value(str(label))) for kind, label in RiskAcceptance.Kind.choices))


@reminder("risk-reviews", kind="risk")
def reviews(scope: Scope, at: datetime) -> Dues:
    """Risks whose review is late or near."""
    rows = Risk.objects.reaching(scope).open().filter(next_review_date__lte=ahead(at))
    title = said("Review ", F("reference"), " ", F("title"))
    return Dues(rows, "next_review_date", title, _risk, "owner", where="project__slug")


@reminder("risk-actions", kind="risk")
def actions(scope: Scope, at: datetime) -> Dues:
    """Open actions of treatment plans."""
    rows, risk = _within(TreatmentAction.objects.open(), scope).filter(due_date__lte=ahead(at)), "treatment__risk"
    return Dues(rows, "due_date", "title", _risk, "owner", key=f"{risk}__reference", where=f"{risk}__project__slug")


@reminder("risk-acceptances", kind="acceptance")
def acceptances(scope: Scope, at: datetime) -> Dues:
    """Acceptances that end: ask again or treat the risk before."""
    rows = _within(RiskAcceptance.objects.relied_on().for_open_risks(), scope).filter(valid_until__lte=ahead(at))
    title = said(KINDS, " ", F("risk__reference"), " ends")
    number, project = "risk__reference", "risk__project__slug"
    return Dues(rows, "valid_until", title, _risk, "risk__owner", key=number, where=project)


def _asked(kind: str) -> Callable[[Scope, datetime], Dues]:
    def asked(scope: Scope, at: datetime) -> Dues:
        rows = _within(Reassessment.objects.open().filter(kind=kind, notice=False), scope).exclude(event__in=TOLD)
        title = said(F("action"), ": ", F("reason"))
        rows = rows.filter(due_date__lte=ahead(at))
        return Dues(rows, "due_date", title, _page, "owner", reference="target_reference", key="url")

    return asked


for kind in ASKED:
    reminder(f"look-again-{kind}", kind=kind)(_asked(kind))


def _page(scope: Scope, where: str, key: str) -> str:
    return key


def _risk(scope: Scope, where: str, key: str) -> str:
    return filled("risks:risk", where, key) if where else filled("risks:organisation_risk", scope.slug, key)


def _within(rows: Any, scope: Scope) -> Any:
    return rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)


@reminder("vulnerabilities", kind="risk")
def vulnerabilities(scope: Scope, at: datetime) -> Dues:
    """Open vulnerabilities whose day is near or over."""
    rows = _within(Vulnerability.objects.open(), scope).filter(due_date__lte=ahead(at))
    title = said("Mend ", F("reference"), " ", F("title"))
    return Dues(rows, "due_date", title, _vulnerability, "owner", where="project__slug")


@reminder("threat-models", kind="risk")
def threat_models(scope: Scope, at: datetime) -> Dues:
    """Approved threat models to be looked at again."""
    rows = _within(ThreatModel.objects.filter(state="approved"), scope).filter(review_date__lte=ahead(at))
    title = said("Review ", F("reference"), " ", F("title"))
    return Dues(rows, "review_date", title, _threat_model, "author", where="project__slug")


def _vulnerability(scope: Scope, where: str, key: str) -> str:
    return filled("risks:vulnerability", where, key)


def _threat_model(scope: Scope, where: str, key: str) -> str:
    return filled("risks:threat_model", where, key)


import_module("risks.reminders_of_cases")
import_module("risks.requirement_reminders")
import_module("risks.approval_reminders")
