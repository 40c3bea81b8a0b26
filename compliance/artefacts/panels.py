"""What a release says of itself, on its page."""

from datetime import datetime
from typing import Any

from compliance.artefacts.models import Artefact, State
from compliance.projects.models import Release
from compliance.projects.panels import panel
from compliance.ui.addresses import filled

FEW = 6


@panel("release", title="Artefacts", template="artefacts/panels/of_release.html", kind="release", order=5, wide=True)
def artefacts_of_release(release: Release, *, can: Any, at: datetime | None = None) -> dict[str, Any]:
    """Which files speak for it, and which could not be read."""
    slug, reference = release.project.slug, release.reference
    rows = list(
        Artefact.objects.of(release).exclude(state__in=[State.SUPERSEDED, State.REMOVED]).order_by("kind", "part")
    )
    for row in rows:
        row.url = filled("artefacts:artefact", slug, reference, row.reference)  # type: ignore[attr-defined]
    return {
        "read": [row for row in rows if row.state == State.READ][:FEW],
        "more": max(0, sum(row.state == State.READ for row in rows) - FEW),
        "reading": sum(row.state == State.READING for row in rows),
        "refused": [row for row in rows if row.state == State.REFUSED][:FEW],
        "url": filled("artefacts:artefacts", slug, reference),
        "open": can.edit and release.state != Release.State.WITHDRAWN,
    }
