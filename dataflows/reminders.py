"""What falls due: records to review, requests to answer."""

from datetime import datetime
from importlib import import_module
from typing import Any

from django.db.models import F

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Several, ahead, reminder, said
from compliance.ui.addresses import filled
from dataflows import reminders_drift as _drift  # noqa: F401  registered with the rest
from dataflows import reminders_of_parties as _parties  # noqa: F401  registered with the rest
from dataflows.models import InterestAssessment, ProcessingActivity, RetentionRule, SubjectRequest

Scope = Organisation | Project


@reminder("processing-reviews", kind="flow")
def processing_reviews(scope: Scope, at: datetime) -> Dues:
    """Records of processing whose review is near."""
    rows = _in(scope, ProcessingActivity).present().filter(review_date__lte=ahead(at))
    title = said(F("reference"), " ", F("name"), " is to be reviewed")
    return Dues(rows, "review_date", title, _activity, "owner", where="project__slug")


def _activity(scope: Scope, where: str, key: str) -> str:
    if where:
        return filled("dataflows:project_activity", where, key)
    return filled("dataflows:activity", scope.slug, key)


@reminder("retention", kind="flow")
def retention(scope: Scope, at: datetime) -> Several:
    """Disposal runs that are due, data past its rule, and rules to review; told in the organisation."""
    rules = RetentionRule.objects.in_force()
    rules = rules.none() if isinstance(scope, Project) else rules.in_organisation(scope)
    said_of = (F("reference"), " ", F("name"))
    return Several(
        [
            Dues(
                rules.filter(next_run_date__lte=ahead(at)),
                "next_run_date",
                said("Dispose by ", *said_of),
                _rule,
                "owner",
            ),
            Dues(rules.overrun(at.date()), "gone_by_date", said("Past its rule: ", *said_of), _rule, "owner"),
            Dues(rules.filter(review_date__lte=ahead(at)), "review_date", said("Review ", *said_of), _rule, "owner"),
        ]
    )


def _rule(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:retention_rule", scope.slug, key)


@reminder("interest-reviews", kind="flow")
def interest_reviews(scope: Scope, at: datetime) -> Dues:
    """Assessments of legitimate interests whose review is near; told in the organisation."""
    rows = InterestAssessment.objects.present().filter(review_date__lte=ahead(at))
    rows = rows.none() if isinstance(scope, Project) else rows.in_organisation(scope)
    title = said(F("reference"), " ", F("title"), " is to be reviewed")
    return Dues(rows, "review_date", title, _interest, "author")


def _interest(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:interest", scope.slug, key)


@reminder("subject-requests", kind="request", urgent=True)
def subject_requests(scope: Scope, at: datetime) -> Dues:
    """Requests of data subjects that are to be answered (GDPR Art. 12(3))."""
    rows = SubjectRequest.objects.open().filter(due_date__lte=ahead(at))
    rows = rows.filter(app=scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    return Dues(rows, "due_date", said(F("reference"), " is to be answered"), _request, "handler")


def _request(scope: Scope, where: str, key: str) -> str:
    house = scope.organisation if isinstance(scope, Project) else scope
    return filled("dataflows:request", house.slug, key)


def _in(scope: Scope, model: type[Any]) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)


import_module("dataflows.reminders_told")
