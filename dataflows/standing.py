"""Whether an approval still holds: the records beside the snapshots that were approved."""

from collections.abc import Iterable
from typing import Any

from compliance.approvals.models import Approval
from dataflows.models import DataFlow, InterestAssessment, ProcessingActivity

PURPOSE = "record"


def latest_approvals(records: Iterable[Any]) -> dict[Any, Approval]:
    """The latest approval of each record by the record's id, in one query; records of one model."""
    asked = {record.pk: record._meta.label_lower for record in records}
    if not asked:
        return {}
    found = Approval.objects.granted().filter(
        subject_model__in=set(asked.values()), subject_id__in=asked, purpose=PURPOSE
    )
    return {approval.subject_id: approval for approval in found.select_related("decided_by").order_by("decided_at")}


def is_outdated(record: DataFlow | ProcessingActivity | InterestAssessment, approval: Approval | None) -> bool:
    """Approved once, and changed since; the record has to be complete."""
    return record.is_approved and approval is not None and approval.is_outdated(record.facts())
