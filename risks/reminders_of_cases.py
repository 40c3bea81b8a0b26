"""What falls due of cases: clocks, reviews of impact assessments."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce, TruncDate

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Page, ahead, reminder, said
from risks.models import ImpactAssessment, RegulatoryClock
from risks.models.incident import case_address

Scope = Organisation | Project


def _page(name: str) -> Page:
    return lambda scope, where, key: case_address(scope, name, key)


@reminder("clocks-of-incidents", kind="incident", urgent=True)
def clocks_of_incidents(scope: Scope, at: datetime) -> Dues:
    """Duties after incidents, on the day their period ends."""
    rows = RegulatoryClock.objects.kept_in(scope).running().filter(incident__isnull=False, due_at__isnull=False)
    return _clocks(rows.annotate(due_day=TruncDate("due_at")).filter(due_day__lte=ahead(at)), "incident")


@reminder("clocks-of-breaches", kind="incident", urgent=True)
def clocks_of_breaches(scope: Scope, at: datetime) -> Dues:
    """Duties after breaches, on the day their period ends; without a number, on the day they began."""
    rows = RegulatoryClock.objects.kept_in(scope).running().filter(breach__isnull=False)
    rows = rows.annotate(due_day=TruncDate(Coalesce("due_at", "began_at"))).filter(due_day__lte=ahead(at))
    return _clocks(rows, "breach")


def _clocks(rows: Any, case: str) -> Dues:
    title = said(F("title"), ": ", F(f"{case}__title"))
    owner = "incident__lead" if case == "incident" else "breach__incident__lead"
    number = f"{case}__reference"
    return Dues(rows, "due_day", title, _page(case), owner, reference=number, key=number)


@reminder("assessment-reviews", kind="flow")
def assessment_reviews(scope: Scope, at: datetime) -> Dues:
    """Impact assessments to be looked at again (GDPR Art. 35(11))."""
    rows = ImpactAssessment.objects.kept_in(scope).relied_on().filter(review_date__lte=ahead(at))
    return Dues(rows, "review_date", said("Review ", F("title")), _page("assessment"), "author")
