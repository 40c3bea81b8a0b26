"""Who owns or changed a record of processing does not audit the controls it names as its security (Art. 30(1)(g))."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from controls.independence import also_audited
from controls.models import Audit
from dataflows.models import ProcessingActivity


@also_audited("activity")
def activities(audit: Audit, implementations: Sequence[UUID]) -> Iterable[ProcessingActivity]:
    """The records of processing these implementations protect, in the audit's scope."""
    rows = ProcessingActivity.objects.filter(measures__implementation__in=implementations)
    project = audit.project
    rows = rows.for_project(project) if project else rows.in_organisation(audit.organisation)
    return rows.distinct()
