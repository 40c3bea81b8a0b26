"""What falls due: contracts that end, transfer assessments that run out, records to review."""

import re
from datetime import datetime
from typing import Any

from django.db.models import F

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, ahead, reminder, said
from compliance.ui.addresses import filled
from dataflows import vocabulary
from dataflows.models import DataFlow, Party, ProcessingActivity, SubjectRequest, Transfer

Scope = Organisation | Project
COUNTRY = re.compile(r" to ([A-Z]{2}) runs out$")


@reminder("contracts", kind="party")
def contracts(scope: Scope, at: datetime) -> Dues:
    """Contracts with parties at work (GDPR Art. 28(3))."""
    rows = Party.objects.working().filter(contract_expires_date__lte=ahead(at))
    if isinstance(scope, Project):
        rows = rows.filter(pk__in=Party.objects.in_flows_of(scope).values("pk"))
    else:
        rows = rows.in_organisation(scope)
    return Dues(rows, "contract_expires_date", said("The contract with ", F("name"), " ends"), _party)


def _party(scope: Scope, where: str, key: str) -> str:
    house = scope.organisation if isinstance(scope, Project) else scope
    return filled("dataflows:party", house.slug, key)


@reminder("transfer-assessments", kind="flow")
def transfer_assessments(scope: Scope, at: datetime) -> Dues:
    """Assessments that transfers of present flows rest on (GDPR Art. 46)."""
    rows = _in(scope, Transfer).filter(assessment_expires_date__lte=ahead(at))
    rows = rows.exclude(flow__state=DataFlow.State.RETIRED)
    title = said("The assessment of ", F("flow__reference"), " to ", F("country"), " runs out")
    return Dues(rows, "assessment_expires_date", title, _transfer, where="project__slug", told=_with_country)


def _with_country(title: str) -> str:
    return COUNTRY.sub(lambda code: f" to {vocabulary.country_name(code[1])} runs out", title)


def _transfer(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:transfer", where, key)


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


@reminder("subject-requests", kind="request")
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
