"""Records of processing say how their impact assessment stands: it follows from the assessments about them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from compliance.accounts.models import User
from dataflows.models import ProcessingActivity
from dataflows.services import follow_assessment
from risks.models import CaseLink, DpiaState, ImpactAssessment

Dpia = ProcessingActivity.Dpia
# What counts first, when several assessments are about one record.
STANDINGS = (
    (Dpia.IN_FORCE, {DpiaState.IN_FORCE, DpiaState.REVIEW_DUE}),
    (
        Dpia.IN_PROGRESS,
        {DpiaState.DRAFT, DpiaState.DPO_OPINION, DpiaState.REVISION, DpiaState.DECISION, DpiaState.CONSULTATION},
    ),
    (Dpia.REQUIRED, {DpiaState.REQUIRED, DpiaState.REJECTED}),
    (Dpia.NOT_SCREENED, {DpiaState.SCREENING}),
    (Dpia.NOT_REQUIRED, {DpiaState.NOT_REQUIRED}),
)


def standing(states: Iterable[str]) -> str:
    """How a record stands whose assessments are in these states."""
    found = set(states)
    return next((status for status, these in STANDINGS if found & these), Dpia.NOT_SCREENED)


def tell_records(*, assessment: ImpactAssessment, by: User | str, reason: str) -> None:
    """Bring every record an assessment is about up to date."""
    links = CaseLink.objects.filter(assessment=assessment, target="activity")
    for key in links.values_list("target_id", flat=True):
        tell_record(key, by=by, reason=f"{assessment.reference}: {reason}")


def tell_record(key: UUID, *, by: User | str, reason: str) -> None:
    """Bring one record up to date."""
    about: Any = CaseLink.objects.filter(assessment__isnull=False, target="activity", target_id=key)
    status = standing(about.values_list("assessment__state", flat=True))
    if record := ProcessingActivity.objects.exclude(dpia_status=status).filter(pk=key).first():
        follow_assessment(activity=record, status=status, by=by, reason=reason)
