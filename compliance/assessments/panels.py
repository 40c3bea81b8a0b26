"""The assessment on the overview of its project and on its release."""

from typing import Any

from compliance.assessments.models import Assessment
from compliance.assessments.services.sheet import Sheet
from compliance.ledger.moment import now_read
from compliance.projects.models import Project, Release
from compliance.projects.panels import panel


@panel("project", title="Assessment", template="assessments/panels/assessment.html", kind="assessment", order=8)
def of_project(project: Project, *, can: Any) -> dict[str, Any]:
    """The newest one, how far it is, and where to go on. Three queries."""
    return _told(Assessment.objects.in_project(project).select_related("project", "release").first())


@panel("release", title="Assessment", template="assessments/panels/assessment.html", kind="assessment", order=15)
def of_release(release: Release, *, can: Any) -> dict[str, Any] | None:
    rows = Assessment.objects.in_project(release.project).filter(release=release)
    found = rows.select_related("project", "release").first()
    return _told(found) if found else None


def _told(row: Assessment | None) -> dict[str, Any]:
    if row is None:
        return {"row": None}
    sheet = Sheet(row, now_read().date())
    waiting = row.proposals.waiting().count()
    return {"row": row, "sheet": sheet, "waiting": waiting, "standing": row.standing(sheet.on)}
