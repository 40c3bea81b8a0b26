"""What packs print of differences between builds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.files.store import FileDamaged
from compliance.ledger import as_of
from compliance.packs.pack_sections import projects_at
from compliance.packs.registry import Period, section
from compliance.projects.models import Organisation, Project, Release
from dataflows.build_difference import Differed, differences_of

Scope = Organisation | Project
MOST = 200


@section(
    "build_differences",
    "New in builds",
    112,
    "dataflows/pack/differences.html",
    types=("project_app", "release"),
)
def build_differences(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """What each build brought against the one published before it, and the class of change that makes at least."""
    found = as_of(Release, at, stream=[project.stream for project in projects_at(scope, at)])
    if subject.startswith(f"{Release.reference_prefix}-"):
        found = found.filter(reference=subject)
    rows, problems = [], []
    for release in found.order_by("-planned_date", "-reference").instances():
        try:
            rows += [_row(release, one) for one in differences_of(release, at)]
        except FileDamaged as damaged:
            problems.append(f"{release.reference} {release.name}: {damaged}")
    plain = [
        {"release": row["version"], "platform": row["platform"], "since": row["since"], **one}
        for row in rows
        for one in row["changes"]
    ]
    return {"rows": rows, "problems": problems, "registers": {"build-differences.csv": plain}}


def _row(release: Release, one: Differed) -> dict[str, Any]:
    return {
        "reference": release.reference,
        "version": release.name,
        "planned_as": release.get_change_class_display(),
        "platform": one.name,
        "since": one.before.name,
        "at_least": one.change_class,
        "changes": [
            {"what": change.label, "new": "new" if change.new else "gone", "class": change.change_class}
            for change in one.changes[:MOST]
        ],
        "more": max(0, len(one.changes) - MOST),
    }
