"""Our own controls, reusable over projects and frameworks, and where each is put to work."""

from datetime import date

from django.conf import settings
from django.db import models

from compliance.projects.models import Organisation, OrganisationRow, Project, ScopedQuerySet, ScopedRow
from controls.addresses import address

from .catalogue import Requirement


class ControlKind(models.TextChoices):
    PREVENTIVE = "preventive", "Preventive"
    DETECTIVE = "detective", "Detective"
    CORRECTIVE = "corrective", "Corrective"


class Responsibility(models.TextChoices):
    """Who runs the control, seen from the scope of the implementation."""

    COMMON = "common", "Common, run once for everybody"
    INHERITED = "inherited", "Inherited from the organisation"
    HYBRID = "hybrid", "Shared with the organisation"
    PROJECT = "project", "Own to the project"
    PROVIDER = "provider", "Run by a provider"


class Status(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    IMPLEMENTED = "implemented", "Implemented"
    NEEDS_REMEDIATION = "needs_remediation", "Needs remediation"
    RETIRED = "retired", "Retired"


class Frequency(models.TextChoices):
    """How often the control operates: how much evidence is expected, and how large a sample, follow from it."""

    CONTINUOUS = "continuous", "All the time, by itself"
    MANY_PER_DAY = "many_per_day", "Many times a day"
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    HALF_YEARLY = "half_yearly", "Every half-year"
    YEARLY = "yearly", "Yearly"
    ON_EVENT = "on_event", "When something happens"


class Effectiveness(models.TextChoices):
    """What the last test of a control found."""

    NOT_TESTED = "not_tested", "Not tested"
    EFFECTIVE = "effective", "Effective"
    PARTIALLY = "partially", "Partially effective"
    INEFFECTIVE = "ineffective", "Ineffective"


OPERATING = "operating"
MOVES: dict[str, frozenset[str]] = {
    Status.NOT_STARTED: frozenset({Status.PLANNED, Status.IN_PROGRESS, Status.NEEDS_REMEDIATION, Status.RETIRED}),
    Status.PLANNED: frozenset({Status.IN_PROGRESS, Status.NEEDS_REMEDIATION, Status.RETIRED}),
    Status.IN_PROGRESS: frozenset({Status.IMPLEMENTED, Status.NEEDS_REMEDIATION, Status.RETIRED}),
    Status.IMPLEMENTED: frozenset({Status.NEEDS_REMEDIATION, Status.RETIRED}),
    Status.NEEDS_REMEDIATION: frozenset({Status.IN_PROGRESS, Status.RETIRED}),
    Status.RETIRED: frozenset(),
}


class Control(OrganisationRow):
    """A measure of ours that any number of requirements may point at (ISO 27001 6.1.3 b)."""

    reference_prefix = "C"
    reference_digits = 3

    title = models.CharField(max_length=160)
    description = models.TextField(blank=True, help_text="What it does, so that a colleague could run it.")
    kind = models.CharField(max_length=12, choices=ControlKind, default=ControlKind.PREVENTIVE)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [models.UniqueConstraint(fields=["organisation", "title"], name="controls_control_title")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.organisation, "control", self.reference)


class ControlRequirement(OrganisationRow):
    """That a control of ours answers a requirement, of whatever edition."""

    control = models.ForeignKey(Control, on_delete=models.PROTECT, related_name="requirement_links")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="control_links")

    class Meta:
        ordering = ["requirement__edition", "requirement__position"]
        constraints = [models.UniqueConstraint(fields=["control", "requirement"], name="controls_control_requirement")]

    def __str__(self) -> str:
        return f"{self.control} answers {self.requirement}"


class ImplementationQuerySet(ScopedQuerySet["Implementation"]):
    """Questions about what is in place."""

    def live(self) -> "ImplementationQuerySet":
        """Those not retired."""
        return self.exclude(status=Status.RETIRED)

    def running_in(self, scope: Organisation | Project) -> "ImplementationQuerySet":
        """What counts in a scope and is not retired: the organisation's, and in a project its own besides."""
        if isinstance(scope, Project):
            return self.for_project(scope).live()
        return self.in_organisation(scope).shared().live()

    def in_place(self) -> "ImplementationQuerySet":
        """Those carried out, with evidence or without."""
        return self.filter(status=Status.IMPLEMENTED)


class Implementation(ScopedRow):
    """A control put to work for the whole organisation or for one project (ISO 27001 6.1.3 e, 8.3).

    `operating` is no stored status: it is an implemented control with accepted evidence that is in date, and no test
    that found it ineffective. `effectiveness` is written by tests only.
    """

    reference_prefix = "CI"
    reference_digits = 3

    control = models.ForeignKey(Control, on_delete=models.PROTECT, related_name="implementations")
    responsibility = models.CharField(max_length=12, choices=Responsibility, default=Responsibility.COMMON)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status, default=Status.NOT_STARTED)
    statement = models.TextField("how it is done", blank=True, help_text="Policy, procedure or system; who does what.")
    planned_date = models.DateField("planned for", null=True, blank=True)
    review_date = models.DateField("next review", null=True, blank=True)
    frequency = models.CharField("how often it operates", max_length=12, choices=Frequency, blank=True)
    evidence_days = models.PositiveSmallIntegerField(
        "evidence is in date for, days",
        null=True,
        blank=True,
        help_text="A rule of this control; left empty, it follows from the kind of evidence.",
    )
    effectiveness = models.CharField(
        max_length=12, choices=Effectiveness, default=Effectiveness.NOT_TESTED, editable=False
    )

    objects = ImplementationQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "control"],
                condition=models.Q(project__isnull=False),
                name="controls_implementation_project",
            ),
            models.UniqueConstraint(
                fields=["organisation", "control"],
                condition=models.Q(project__isnull=True),
                name="controls_implementation_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.control.title}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "control", self.control.reference)

    @property
    def standing(self) -> str:
        """The status, or operating when the query was annotated with `has_evidence` and there is some."""
        return OPERATING if self.is_operating(bool(getattr(self, "has_evidence", False))) else self.status

    def is_operating(self, shown: bool) -> bool:
        """Whether it operates, given that accepted evidence in date shows it, or not."""
        return self.status == Status.IMPLEMENTED and shown and self.effectiveness != Effectiveness.INEFFECTIVE

    def is_late(self, on: date) -> bool:
        """Planned for a day that has passed, and still not in place."""
        done = {Status.IMPLEMENTED, Status.RETIRED}
        return self.planned_date is not None and self.planned_date < on and self.status not in done
