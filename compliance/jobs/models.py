"""Work to be done in the background; the row is the truth, a message broker only wakes somebody up."""

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Job(models.Model):
    """One piece of work, leased to one worker at a time."""

    ledger_exempt = "Operational: how far a piece of work has come; what the work changes is tracked where it stands."

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField("idempotency key, unique while the job is open", max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField("what is being done now", max_length=200, blank=True)
    progress = models.PositiveSmallIntegerField("progress in percent", default=0)
    attempt = models.PositiveIntegerField("how often a worker took it; also fences off the workers before", default=0)
    worker = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    error = models.TextField("why it failed, for the person who asked", blank=True)

    class Meta:
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state__in=["queued", "running"]), name="jobs_one_open_job_per_key"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="jobs_progress_in_percent"),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="jobs_state_lease")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} ({self.progress} %)"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to finish it."""
        return self.state in self.OPEN


class Pulse(models.Model):
    """When a worker was last heard, so that whoever waits can be told that none is there."""

    ledger_exempt = "Operational: a sign of life of the workers, of interest for a minute."

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
