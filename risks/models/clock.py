"""Clocks that run: which duty towards whom, from when, until when, and when it was met."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from compliance.periods import Left, Unit
from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from controls.models import Evidence
from risks.models.breach import Breach
from risks.models.incident import Incident

if TYPE_CHECKING:
    from risks.models.dpia import ImpactAssessment


class RegulatoryClockQuerySet(ScopedQuerySet["RegulatoryClock"]):
    """Questions about clocks."""

    def running(self) -> "RegulatoryClockQuerySet":
        return self.filter(outcome=RegulatoryClock.Outcome.RUNNING)


class RegulatoryClock(ScopedRow):
    """One duty with its period, and its submission. It keeps the words of the edition it was started by.

    It never stops by itself: only a recorded submission, or a reasoned decision that nothing is owed, ends it.
    """

    class Outcome(models.TextChoices):
        RUNNING = "running", "Running"
        SUBMITTED = "submitted", "Submitted"
        NOT_OWED = "not_owed", "Not owed"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="clocks", null=True)
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="clocks", null=True)
    assessment = models.ForeignKey("risks.ImpactAssessment", on_delete=models.PROTECT, related_name="clocks", null=True)
    stage = models.SlugField(max_length=40, db_index=False)
    edition = models.CharField(max_length=20)
    title = models.CharField("law and article", max_length=120)
    recipient = models.CharField("whom", max_length=120)
    must = models.CharField("what", max_length=250)
    number = models.PositiveSmallIntegerField("length", default=0)
    unit = models.CharField(max_length=12, choices=[(unit.value, unit.value) for unit in Unit], default=Unit.NONE.value)
    began_at = models.DateTimeField("runs from")
    due_at = models.DateTimeField("ends", null=True, blank=True)
    why = models.TextField("how it was counted", blank=True)
    held_since = models.DateTimeField("stands still since", null=True, blank=True)
    held_days = models.PositiveSmallIntegerField("days it stood still", default=0)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    ended_at = models.DateTimeField("submitted at", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    submission = models.CharField("number at the recipient", max_length=120, blank=True)
    note = models.TextField(blank=True)
    late_reason = models.TextField("reasons for the delay", blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = RegulatoryClockQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "began_at", "stage"]
        indexes = [models.Index(fields=["organisation", "outcome", "due_at"], name="risks_clock_due")]

    def __str__(self) -> str:
        return f"{self.title}: {self.recipient}"

    @property
    def scope(self) -> Organisation | Project:
        return self.project or self.organisation

    @property
    def case(self) -> "Incident | Breach | ImpactAssessment":
        """What it runs for."""
        found = self.breach or self.incident or self.assessment
        if found is None:
            raise ValueError("A clock runs for an incident, a breach or an assessment.")
        return found

    @property
    def is_running(self) -> bool:
        return self.outcome == self.Outcome.RUNNING

    @property
    def is_late(self) -> bool:
        """Submitted after its end."""
        return self.ended_at is not None and self.due_at is not None and self.ended_at > self.due_at

    @property
    def took(self) -> timedelta | None:
        """From the start to the submission."""
        return self.ended_at - self.began_at if self.outcome == self.Outcome.SUBMITTED and self.ended_at else None

    def left(self, at: datetime) -> Left | None:
        """What is left at a moment, while it runs and has an end."""
        return Left(self.began_at, self.due_at, at) if self.is_running and self.due_at else None

    def standing(self, at: datetime) -> str:
        """`running`, `held`, `overdue`, `submitted`, `submitted_late` or `not_owed`."""
        if not self.is_running:
            return "submitted_late" if self.outcome == self.Outcome.SUBMITTED and self.is_late else self.outcome
        if self.held_since:
            return "held"
        return "overdue" if self.due_at is not None and at > self.due_at else "running"
