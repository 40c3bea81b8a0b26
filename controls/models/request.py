"""Requests for evidence: who is asked for what by when, again and again where it recurs."""

from datetime import date

from django.conf import settings
from django.db import models

from compliance.projects.models import ScopedQuerySet, ScopedRow
from controls.addresses import address

from .catalogue import Requirement
from .control import Implementation
from .evidence import EvidenceKind


class RequestState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    SUBMITTED = "submitted", "Submitted"
    FULFILLED = "fulfilled", "Fulfilled"
    WAIVED = "waived", "Waived"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Recurrence(models.TextChoices):
    ONCE = "once", "Once"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    HALF_YEARLY = "half_yearly", "Every half-year"
    YEARLY = "yearly", "Yearly"


MONTHS: dict[str, int] = {
    Recurrence.MONTHLY: 1,
    Recurrence.QUARTERLY: 3,
    Recurrence.HALF_YEARLY: 6,
    Recurrence.YEARLY: 12,
}
# A rejected answer sends the request back; what was fulfilled stays so, the next round is a request of its own.
REQUEST_MOVES: dict[str, frozenset[str]] = {
    RequestState.REQUESTED: frozenset({RequestState.SUBMITTED, RequestState.WAIVED, RequestState.WITHDRAWN}),
    RequestState.SUBMITTED: frozenset(
        {RequestState.SUBMITTED, RequestState.REQUESTED, RequestState.FULFILLED, RequestState.WITHDRAWN}
    ),
    RequestState.FULFILLED: frozenset(),
    RequestState.WAIVED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
OPEN_REQUESTS = (RequestState.REQUESTED, RequestState.SUBMITTED)


class EvidenceRequestQuerySet(ScopedQuerySet["EvidenceRequest"]):
    """Questions about what was asked for."""

    def open(self) -> "EvidenceRequestQuerySet":
        """Neither fulfilled nor ended otherwise."""
        return self.filter(state__in=OPEN_REQUESTS)

    def waiting(self) -> "EvidenceRequestQuerySet":
        """Those nobody has answered yet."""
        return self.filter(state=RequestState.REQUESTED)

    def overdue(self, on: date) -> "EvidenceRequestQuerySet":
        return self.waiting().filter(due_date__lt=on)


class EvidenceRequest(ScopedRow):
    """That somebody is asked for evidence by a day (ISO 27001 9.1; ISO 19011 6.4.7); `answers` came in for it."""

    reference_prefix = "ER"
    reference_digits = 3

    title = models.CharField("what is asked for", max_length=160)
    instruction = models.TextField(help_text="Where it is found, what it has to show, which period.")
    example = models.CharField(max_length=300, blank=True, help_text="What a good answer looks like.")
    kind = models.CharField("kind of evidence", max_length=20, choices=EvidenceKind, blank=True)
    implementation = models.ForeignKey(
        Implementation, on_delete=models.PROTECT, related_name="requests", null=True, blank=True
    )
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, related_name="requests", null=True, blank=True
    )
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField("due")
    recurrence = models.CharField("how often", max_length=12, choices=Recurrence, default=Recurrence.ONCE)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.REQUESTED, editable=False)
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="next", null=True, blank=True, editable=False
    )
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    closing_note = models.TextField("why it ended", blank=True, editable=False)

    objects = EvidenceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "request", self.reference)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUESTS

    def is_late(self, on: date) -> bool:
        """Nobody answered by the day."""
        return self.state == RequestState.REQUESTED and self.due_date < on
