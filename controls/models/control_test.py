"""Tests of controls: what was examined, how, on which sample, and what it says about the control."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from compliance.projects.models import ScopedQuerySet, ScopedRow
from controls.addresses import address

from .control import Effectiveness, Implementation

if TYPE_CHECKING:
    from .sample import Sample


class ControlTestMethod(models.TextChoices):
    """How a test goes about it (ISO/IEC TS 27008)."""

    EXAMINE = "examine", "Examine: read and inspect what there is"
    INTERVIEW = "interview", "Interview: ask those who do it"
    OBSERVE = "observe", "Observe: watch it being done"
    TEST = "test", "Test: exercise it and see what happens"


class ControlTestState(models.TextChoices):
    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    CONCLUDED = "concluded", "Concluded"
    CANCELLED = "cancelled", "Cancelled"


TEST_MOVES: dict[str, frozenset[str]] = {
    ControlTestState.PLANNED: frozenset({ControlTestState.RUNNING, ControlTestState.CANCELLED}),
    ControlTestState.RUNNING: frozenset({ControlTestState.CONCLUDED, ControlTestState.CANCELLED}),
    ControlTestState.CONCLUDED: frozenset(),
    ControlTestState.CANCELLED: frozenset(),
}
RESULTS = [choice for choice in Effectiveness.choices if choice[0] != Effectiveness.NOT_TESTED]


class ControlTestQuerySet(ScopedQuerySet["ControlTest"]):
    """Questions about tests."""

    def open(self) -> "ControlTestQuerySet":
        """Planned or running."""
        return self.filter(state__in=(ControlTestState.PLANNED, ControlTestState.RUNNING))

    def counted(self) -> "ControlTestQuerySet":
        """With `items` and `exceptions`, over all samples of the test."""
        return self.annotate(
            items=Count("samples__items"),
            exceptions=Count("samples__items", filter=Q(samples__items__verdict="exception")),
        )


class ControlTest(ScopedRow):
    """One test of an implementation, planned beforehand and concluded once (ISO 27001 9.1, 9.2; ISO/IEC TS 27008)."""

    reference_prefix = "CT"
    reference_digits = 3

    implementation = models.ForeignKey(Implementation, on_delete=models.PROTECT, related_name="tests")
    method = models.CharField(max_length=10, choices=ControlTestMethod)
    objective = models.CharField("what it is to find out", max_length=300)
    procedure = models.TextField("steps", help_text="What the tester does, so that somebody else would do the same.")
    criteria = models.TextField(
        "what counts as an exception", help_text="Said beforehand, so that nobody bends it afterwards."
    )
    tester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_date = models.DateField("planned for")
    period_start = models.DateField("period from", null=True, blank=True)
    period_end = models.DateField("period to", null=True, blank=True)
    state = models.CharField(max_length=10, choices=ControlTestState, default=ControlTestState.PLANNED, editable=False)
    result = models.CharField(max_length=12, choices=RESULTS, blank=True, editable=False)
    conclusion = models.TextField(blank=True, editable=False)
    concluded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ControlTestQuerySet.as_manager()

    if TYPE_CHECKING:
        samples: "models.Manager[Sample]"
        items: int
        exceptions: int

    class Meta:
        ordering = ["-planned_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.objective}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "test", self.reference)

    @property
    def is_open(self) -> bool:
        return self.state in {ControlTestState.PLANNED, ControlTestState.RUNNING}

    def is_late(self, on: Any) -> bool:
        return self.is_open and self.planned_date < on
