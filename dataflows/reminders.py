"""What falls due: contracts that end, transfer assessments that run out, records to review."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, reminder
from dataflows.models import DataFlow, Party, ProcessingActivity, Transfer

Scope = Organisation | Project
AHEAD = timedelta(days=60)


@reminder("contracts", kind="party")
def contracts(scope: Scope, at: datetime) -> Iterator[Due]:
    """Contracts with parties at work (GDPR Art. 28(3))."""
    rows = Party.objects.in_flows_of(scope) if isinstance(scope, Project) else Party.objects.in_organisation(scope)
    ending = rows.working().filter(contract_expires_date__lte=at.date() + AHEAD).select_related("organisation")
    for party in ending.order_by("contract_expires_date"):
        title = f"The contract with {party.name} ends"
        yield Due(title, party.get_absolute_url(), party.contract_expires_date, reference=party.reference)  # type: ignore[arg-type]


@reminder("transfer-assessments", kind="flow")
def transfer_assessments(scope: Scope, at: datetime) -> Iterator[Due]:
    """Assessments that transfers of present flows rest on (GDPR Art. 46)."""
    rows = _in(scope, Transfer).filter(assessment_expires_date__lte=at.date() + AHEAD)
    rows = rows.exclude(flow__state=DataFlow.State.RETIRED).select_related("project", "flow")
    for row in rows.order_by("assessment_expires_date"):
        title = f"The assessment of {row.flow.reference} to {row.destination} runs out"
        yield Due(title, row.get_absolute_url(), row.assessment_expires_date, reference=row.reference)


@reminder("processing-reviews", kind="flow")
def processing_reviews(scope: Scope, at: datetime) -> Iterator[Due]:
    """Records of processing whose review is near."""
    rows = _in(scope, ProcessingActivity).present().filter(review_date__lte=at.date() + AHEAD)
    for row in rows.select_related("organisation", "project", "owner").order_by("review_date"):
        title = f"{row.reference} {row.name} is to be reviewed"
        yield Due(title, row.get_absolute_url(), row.review_date, row.owner, row.reference)


def _in(scope: Scope, model: type[Any]) -> Any:
    return model.objects.in_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)
