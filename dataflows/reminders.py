"""What falls due: contracts that end, transfer assessments that run out, records to review."""

from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, Dues, reminder
from dataflows.models import DataFlow, Party, ProcessingActivity, Transfer

Scope = Organisation | Project
AHEAD = timedelta(days=60)


@reminder("contracts", kind="party")
def contracts(scope: Scope, at: datetime) -> Dues:
    """Contracts with parties at work (GDPR Art. 28(3))."""
    rows = Party.objects.working().filter(contract_expires_date__lte=at.date() + AHEAD)
    if isinstance(scope, Project):
        rows = rows.filter(pk__in=Party.objects.in_flows_of(scope).values("pk"))
    else:
        rows = rows.in_organisation(scope)
    return Dues(rows.select_related("organisation"), "contract_expires_date", _contract, ("name",))


def _contract(party: Party) -> Due:
    title = f"The contract with {party.name} ends"
    return Due(title, party.get_absolute_url(), party.contract_expires_date, reference=party.reference)  # type: ignore[arg-type]


@reminder("transfer-assessments", kind="flow")
def transfer_assessments(scope: Scope, at: datetime) -> Dues:
    """Assessments that transfers of present flows rest on (GDPR Art. 46)."""
    rows = _in(scope, Transfer).filter(assessment_expires_date__lte=at.date() + AHEAD)
    rows = rows.exclude(flow__state=DataFlow.State.RETIRED).select_related("project", "flow")
    return Dues(rows, "assessment_expires_date", _assessment, ("flow__reference", "country"))


def _assessment(row: Transfer) -> Due:
    title = f"The assessment of {row.flow.reference} to {row.destination} runs out"
    return Due(title, row.get_absolute_url(), row.assessment_expires_date, reference=row.reference)  # type: ignore[arg-type]


@reminder("processing-reviews", kind="flow")
def processing_reviews(scope: Scope, at: datetime) -> Dues:
    """Records of processing whose review is near."""
    rows = _in(scope, ProcessingActivity).present().filter(review_date__lte=at.date() + AHEAD)
    return Dues(rows.select_related("organisation", "project", "owner"), "review_date", _review, ("reference",))


def _review(row: ProcessingActivity) -> Due:
    title = f"{row.reference} {row.name} is to be reviewed"
    return Due(title, row.get_absolute_url(), row.review_date, row.owner, row.reference)  # type: ignore[arg-type]


def _in(scope: Scope, model: type[Any]) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)
