"""What falls due of drift: acceptances that end, and open findings of releases near their day."""

from datetime import datetime

from django.db.models import F

from compliance.projects.models import Organisation, Project, Release
from compliance.tasks.registry import Dues, Several, ahead, reminder, said
from compliance.ui.addresses import filled
from dataflows.models import Drift, DriftSeverity, DriftState
from dataflows.models.drift import ACCEPTED

Scope = Organisation | Project


@reminder("drift", kind="flow")
def drift(scope: Scope, at: datetime) -> Several:
    """Accepted findings whose last day is near, told to who accepted them; open ones before the release is due."""
    rows = Drift.objects.kept_in(scope).filter(release__state=Release.State.PLANNED)
    ending = rows.filter(state__in=ACCEPTED, until__lte=ahead(at))
    waiting = rows.filter(state=DriftState.OPEN, release__planned_date__lte=ahead(at))
    waiting = waiting.exclude(severity=DriftSeverity.LOW)
    said_of = (F("reference"), ", app and papers of ", F("release__name"))
    return Several(
        [
            Dues(ending, "until", said(*said_of, ": the acceptance ends"), _page, "decided_by", where="project__slug"),
            Dues(waiting, "release__planned_date", said(*said_of, ": mend or decide"), _page, where="project__slug"),
        ]
    )


def _page(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:drift", where or scope.slug, key)
