"""What falls due of security requirements: waivers that end."""

from datetime import datetime

from django.db.models import F

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, ahead, reminder, said
from compliance.ui.addresses import filled
from risks.models.requirement import RequirementState, SecurityRequirement


@reminder("requirement-waivers", kind="release")
def waivers(scope: Organisation | Project, at: datetime) -> Dues:
    """Waived requirements whose day is near or over: build them, or waive them again."""
    rows = SecurityRequirement.objects.kept_in(scope).filter(state=RequirementState.WAIVED)
    title = said(F("reference"), " ", F("statement"), ": the waiver ends")
    return Dues(rows.filter(waived_until__lte=ahead(at)), "waived_until", title, _page, "owner", where="project__slug")


def _page(scope: Organisation | Project, where: str, key: str) -> str:
    return filled("risks:requirement", where or scope.slug, key)
