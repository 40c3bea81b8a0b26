"""What a build brought against the one before it, on the page of its release."""

from datetime import datetime
from typing import Any

from compliance.files.store import FileDamaged
from compliance.projects.models import Release
from compliance.projects.panels import panel
from compliance.releases.proposing import is_lower
from compliance.ui.addresses import filled
from dataflows.build_difference import Differed, differences_of

FEW = 12


@panel("release", title="New in the build", template="dataflows/panels/difference.html", kind="release", order=7)
def difference_of_release(release: Release, *, can: Any, at: datetime | None = None) -> dict[str, Any] | None:
    """Permissions, components, hosts and data types since the release before; nothing without both builds."""
    try:
        found = differences_of(release, at)
    except FileDamaged as damaged:
        return {"damaged": str(damaged)}
    if not found:
        return None
    lower = [one.change_class for one in found if is_lower(release.change_class, one.change_class)]
    edit = can.edit and release.state == Release.State.PLANNED
    return {
        "rows": [_told(one) for one in found],
        "lower": max(lower, key=("minor", "major").index) if lower else "",
        "class": release.get_change_class_display(),
        "edit_url": filled("projects:release_edit", release.project.slug, release.reference) if edit else "",
    }


def _told(one: Differed) -> dict[str, Any]:
    return {
        "name": one.name,
        "before": one.before,
        "new": one.new[:FEW],
        "more": max(0, len(one.new) - FEW),
        "gone": one.gone[:FEW],
        "change_class": one.change_class,
    }
