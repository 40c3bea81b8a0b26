"""A product owner's answers about an app at one release, from draft to approved."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.approvals.models import Approval
from compliance.assessments.questionnaire import LATEST, Questionnaire, questionnaire
from compliance.projects.models import ProjectRow, Release, ScopedQuerySet
from compliance.ui.addresses import filled


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Superseded"
    EXPIRED = "expired", "Expired"


MOVES: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.IN_REVIEW}),
    State.IN_REVIEW: frozenset({State.RETURNED, State.REVIEWED}),
    State.RETURNED: frozenset({State.DRAFT}),
    State.REVIEWED: frozenset({State.RETURNED, State.APPROVED}),
    State.APPROVED: frozenset({State.SUPERSEDED, State.EXPIRED}),
    State.SUPERSEDED: frozenset(),
    State.EXPIRED: frozenset(),
}
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
OPEN = frozenset(MOVES) - {State.APPROVED, State.SUPERSEDED, State.EXPIRED}


class AssessmentQuerySet(ScopedQuerySet["Assessment"]):
    """Questions about assessments."""

    def open(self) -> "AssessmentQuerySet":
        """Those on their way to approval."""
        return self.filter(state__in=OPEN)

    def approved(self) -> "AssessmentQuerySet":
        return self.filter(state=State.APPROVED)


class Assessment(ProjectRow):
    """What the people of a project say about their app, frozen when submitted (ISO 27001 6.1.1, 8.1; GDPR Art. 25)."""

    reference_prefix = "ASM"
    reference_digits = 3

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    edition = models.CharField("edition of the questions", max_length=20, default=LATEST)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    changes = models.CharField("what the release changes", max_length=200, blank=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    review_due = models.DateField("review by", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    valid_until = models.DateField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state__in=sorted(OPEN)), name="assessments_one_open"
            )
        ]

    def __str__(self) -> str:
        about = f"release {self.release.name}" if self.release else "the app"
        return f"{self.reference} Assessment of {about}"

    def get_absolute_url(self) -> str:
        return filled("assessments:assessment", self.project.slug, self.reference)

    @property
    def questions(self) -> Questionnaire:
        return questionnaire(self.edition)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    def standing(self, on: date) -> str:
        """The state as it counts on a day: an approval is over after its last day, whatever is stored."""
        over = self.state == State.APPROVED and self.valid_until is not None and self.valid_until < on
        return str(State.EXPIRED if over else self.state)
