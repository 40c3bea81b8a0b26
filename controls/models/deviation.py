"""Exceptions: a project leaves out what its organisation includes, approved, and for a time (ISO 27001 6.1.3 d)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.approvals.models import Approval
from compliance.projects.models import ProjectRow, ScopedQuerySet
from controls.addresses import address

from .catalogue import Requirement


class DeviationState(models.TextChoices):
    REQUESTED = "requested", "Waits for approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Superseded"


DEVIATION_MOVES: dict[str, frozenset[str]] = {
    DeviationState.REQUESTED: frozenset({DeviationState.APPROVED, DeviationState.REJECTED, DeviationState.WITHDRAWN}),
    DeviationState.APPROVED: frozenset({DeviationState.REVOKED, DeviationState.EXPIRED, DeviationState.SUPERSEDED}),
    DeviationState.REJECTED: frozenset(),
    DeviationState.WITHDRAWN: frozenset(),
    DeviationState.REVOKED: frozenset(),
    DeviationState.EXPIRED: frozenset(),
    DeviationState.SUPERSEDED: frozenset(),
}


class DeviationQuerySet(ScopedQuerySet["Deviation"]):
    """Questions about exceptions."""

    def open(self) -> "DeviationQuerySet":
        """What waits for somebody: for a decision, or to be looked at once its last day is near or over."""
        return self.filter(state__in=[DeviationState.REQUESTED, DeviationState.APPROVED])


class Deviation(ProjectRow):
    """That a project may leave out a requirement until a day, with what protects it meanwhile.

    Its decision is an `Applicability` of the project that holds as long; after the last day the organisation's
    decision counts again by itself, and the exception stays open until somebody says what became of it.
    """

    reference_prefix = "EX"
    reference_digits = 3

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="deviations")
    state = models.CharField(max_length=10, choices=DeviationState, default=DeviationState.REQUESTED)
    reason = models.TextField("why the project cannot follow")
    compensating = models.TextField("what protects instead")
    valid_until = models.DateField("last day")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.TextField("what became of it", blank=True)

    objects = DeviationQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]
        verbose_name = "exception"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "requirement"], condition=Q(state="requested"), name="controls_deviation_one_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} Exception from {self.requirement.ref}"

    def get_absolute_url(self) -> str:
        return address(self.project, "deviation", self.reference)

    def standing(self, on: date) -> str:
        """The state as it counts on a day: an approval is over after its last day, whatever is stored."""
        over = self.state == DeviationState.APPROVED and self.valid_until < on
        return str(DeviationState.EXPIRED if over else self.state)

    def facts(self) -> dict[str, Any]:
        """What an approval covers."""
        return {
            "reference": self.reference,
            "project": self.stream,
            "requirement": self.requirement.citation,
            "reason": self.reason,
            "compensating": self.compensating,
            "valid_until": self.valid_until.isoformat(),
        }
