"""Management review: what was put before the management, and what it decided (ISO 27001 9.3)."""

from datetime import date

from django.conf import settings
from django.db import models

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from controls.addresses import address


class ReviewState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    INPUTS_COLLECTED = "inputs_collected", "Inputs collected"
    HELD = "held", "Held"
    MINUTES_APPROVED = "minutes_approved", "Minutes approved"
    CLOSED = "closed", "Closed"


REVIEW_MOVES: dict[str, frozenset[str]] = {
    ReviewState.SCHEDULED: frozenset({ReviewState.INPUTS_COLLECTED}),
    ReviewState.INPUTS_COLLECTED: frozenset({ReviewState.INPUTS_COLLECTED, ReviewState.HELD}),
    ReviewState.HELD: frozenset({ReviewState.MINUTES_APPROVED}),
    ReviewState.MINUTES_APPROVED: frozenset({ReviewState.CLOSED}),
    ReviewState.CLOSED: frozenset(),
}
MINUTED = frozenset({ReviewState.MINUTES_APPROVED, ReviewState.CLOSED})


class ManagementReview(OrganisationRow):
    """One review by the management: inputs of a moment, minutes, decisions (ISO 27001 9.3.2, 9.3.3).

    `inputs` is a list of {key, clause, title, facts, lines, because}: what the rooms said at `inputs_at`. An input
    without facts needs `because` before the review is held.
    """

    reference_prefix = "MR"
    reference_digits = 3
    personal_fields = frozenset({"attendees"})

    title = models.CharField(max_length=160)
    planned_date = models.DateField("planned for")
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ReviewState, default=ReviewState.SCHEDULED)
    inputs = models.JSONField(default=list, blank=True)
    inputs_at = models.DateTimeField(null=True, blank=True)
    held_date = models.DateField("held on", null=True, blank=True)
    attendees = models.TextField(blank=True)
    minutes = models.TextField(blank=True)

    class Meta:
        ordering = ["-planned_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.organisation, "management_review", self.reference)

    @property
    def missing(self) -> list[str]:
        """The inputs that say neither what is nor why not."""
        return [one["title"] for one in self.inputs if not one["facts"] and not one["because"]]


class DecisionState(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class ReviewDecision(OrganisationRow):
    """A decision of a management review, with who carries it out until when (ISO 27001 9.3.3)."""

    reference_prefix = "MD"
    reference_digits = 3

    review = models.ForeignKey(ManagementReview, on_delete=models.PROTECT, related_name="decisions")
    text = models.TextField("decision")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField("due")
    state = models.CharField(max_length=8, choices=DecisionState, default=DecisionState.OPEN)
    result = models.TextField(blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} of {self.review.reference}"

    def get_absolute_url(self) -> str:
        return self.review.get_absolute_url()

    def is_late(self, on: date) -> bool:
        return self.state == DecisionState.OPEN and self.due_date < on
