"""What falls due: assessments to review, and approved ones that end."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef

from compliance.assessments.models import Assessment, Proposal, State
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Dues, Several, ahead, days_after, reminder, said
from compliance.ui.addresses import filled

DECIDED = 14  # days within which proposals are decided


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
                review,
                "review_due",
                said(F("project__name"), ": review the assessment"),
                _page,
                where="project__slug",
                approvers="assessment",
                but="started_by",
            ),
            Dues(ending, "valid_until", said(F("project__name"), ": assess again"), _page, where="project__slug"),
        ]
    )


@reminder("proposals", kind="assessment")
def proposals(scope: Organisation | Project, at: datetime) -> Dues:
    """Approved answers whose consequences nobody has accepted or declined yet."""
    waiting = Exists(Proposal.objects.waiting().filter(assessment=OuterRef("pk")))
    rows = Assessment.objects.kept_in(scope).filter(waiting, state=State.APPROVED, approval__decided_at__isnull=False)
    rows = rows.annotate(due=days_after("approval__decided_at", DECIDED))
    title = said(F("project__name"), ": accept or decline what follows from the answers")
    return Dues(rows, "due", title, _proposals, where="project__slug", approvers="assessment")


def _proposals(scope: Organisation | Project, where: str, key: str) -> str:
    return filled("assessments:proposals", where or scope.slug, key)
