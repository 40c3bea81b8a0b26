"""What falls due: assessments to review, and approved ones that end."""

from datetime import datetime

from django.db.models import F

from compliance.assessments.models import Assessment, State
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Several, ahead, reminder, said
from compliance.ui.addresses import filled


def _page(scope: Organisation | Project, where: str, key: str) -> str:
    return filled("assessments:assessment", where or scope.slug, key)


@reminder("assessments", kind="assessment")
def assessments(scope: Organisation | Project, at: datetime) -> Several:
    """Those nobody reviewed yet, and those whose answers are nearly a year old."""
    rows = Assessment.objects.kept_in(scope)
    review = rows.filter(state__in=[State.SUBMITTED, State.IN_REVIEW], review_due__lte=ahead(at))
    ending = rows.filter(state=State.APPROVED, valid_until__lte=ahead(at))
    return Several(
        [
            Dues(
                review, "review_due", said(F("project__name"), ": review the assessment"), _page, where="project__slug"
            ),
            Dues(ending, "valid_until", said(F("project__name"), ": assess again"), _page, where="project__slug"),
        ]
    )
