"""Who owns or changed a risk does not audit the controls that treat it (ISO/IEC 27001 9.2.2 c)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from controls.independence import also_audited
from controls.models import Audit
from risks.models import Risk


@also_audited("risk")
def risks(audit: Audit, implementations: Sequence[UUID]) -> Iterable[Risk]:
    """The open risks these implementations treat, in the audit's scope."""
    rows = Risk.objects.filter(controls__implementation__in=implementations).exclude(state=Risk.State.CLOSED)
    project = audit.project
    rows = rows.for_project(project) if project else rows.in_organisation(audit.organisation)
    return rows.distinct()
