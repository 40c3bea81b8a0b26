"""Does the app do what its papers say? On the page of a release and on the overview of its project."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from compliance.artefacts.models import Artefact
from compliance.ledger.moment import now_read
from compliance.projects.models import Project, Release
from compliance.projects.panels import panel
from compliance.ui.addresses import filled
from dataflows.models import Drift, DriftSeverity, DriftState
from dataflows.models.drift import ACCEPTED

TITLE = "Does the app do what its papers say?"
FEW = 5


@panel("release", title=TITLE, template="dataflows/panels/drift.html", kind="flow", order=6, wide=True)
def drift_of_release(release: Release, *, at: datetime | None = None) -> dict[str, Any] | None:
    """The gravest open findings of a release, how many there are, and where the rest stands."""
    today = (at or now_read()).date()
    rows = Drift.objects.filter(release=release).select_related("project")
    figures = _figures(rows, today, filled("dataflows:release_drift", release.project.slug, release.reference))
    if not figures["all"] and not Artefact.objects.counting().filter(release=release).exists():
        return {**figures, "nothing": True, "release": release}
    gravest = list(rows.untriaged(today).gravest_first()[:FEW])
    return {**figures, "rows": gravest, "more": figures["open"] - len(gravest), "release": release}


@panel("project", title=TITLE, template="dataflows/panels/drift.html", kind="flow", order=16)
def drift_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """The same over its releases in use; nothing where nothing was ever compared."""
    today = (at or now_read()).date()
    rows = Drift.objects.in_project(project).of_current().filter(release__state=Release.State.PLANNED)
    figures = _figures(rows, today, filled("dataflows:project_drift", project.slug))
    if not figures["all"]:
        return None
    gravest = list(rows.untriaged(today).select_related("project").gravest_first()[:FEW])
    return {**figures, "rows": gravest, "more": figures["open"] - len(gravest)}


def _figures(rows: Any, today: Any, page: str) -> dict[str, Any]:
    open_now = Q(state=DriftState.OPEN) | Q(state__in=ACCEPTED, until__lt=today)
    counted = rows.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=open_now),
        holding=Count("pk", filter=open_now & ~Q(severity=DriftSeverity.LOW)),
        accepted=Count("pk", filter=Q(state__in=ACCEPTED, until__gte=today)),
        false=Count("pk", filter=Q(state=DriftState.FALSE_POSITIVE)),
        resolved=Count("pk", filter=Q(state=DriftState.RESOLVED)),
    )
    return {**counted, "page": page}
