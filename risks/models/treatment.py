"""What is done about a risk, by whom, until when."""

from datetime import date

from django.conf import settings
from django.db import models

from compliance.ledger.moment import now_read
from compliance.projects.models import ScopedQuerySet, ScopedRow
from controls.models import Implementation
from risks.models.register import Risk


class RiskTreatment(ScopedRow):
    """An option chosen for a risk, and why (ISO/IEC 27001 6.1.3 a); part may be retained and part shared."""

    class Option(models.TextChoices):
        MODIFY = "modify", "Modify: reduce it with controls"
        RETAIN = "retain", "Retain: live with it knowingly"
        AVOID = "avoid", "Avoid: stop what causes it"
        SHARE = "share", "Share: by contract or insurance"

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="treatments")
    option = models.CharField(max_length=10, choices=Option.choices)
    rationale = models.TextField("why this option")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["option"]
        constraints = [models.UniqueConstraint(fields=["risk", "option"], name="risks_treatment_option")]

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """The option in one word."""
        return WORDS.get(self.option, self.option)


WORDS = {option.value: str(option.label).partition(":")[0] for option in RiskTreatment.Option}


class RiskControl(ScopedRow):
    """A control put to work that treats a risk (ISO/IEC 27001 6.1.3 b)."""

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="controls")
    implementation = models.ForeignKey(Implementation, on_delete=models.PROTECT, related_name="risk_links")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["implementation__reference"]
        constraints = [models.UniqueConstraint(fields=["risk", "implementation"], name="risks_control_once")]

    def __str__(self) -> str:
        return f"{self.implementation.reference} treats {self.risk.reference}"

    @property
    def implementation_reference(self) -> str:
        return self.implementation.reference


class TreatmentActionQuerySet(ScopedQuerySet["TreatmentAction"]):
    """Questions about actions."""

    def open(self) -> "TreatmentActionQuerySet":
        return self.filter(status__in=TreatmentAction.OPEN)

    def overdue(self, today: date | None = None) -> "TreatmentActionQuerySet":
        return self.open().filter(due_date__lt=today or now_read().date())


class TreatmentAction(ScopedRow):
    """One step of the treatment plan (ISO/IEC 27001 6.1.3 e, 6.2)."""

    reference_prefix = "TA"
    reference_digits = 3

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        IN_PROGRESS = "in_progress", "In progress"
        DONE = "done", "Done"
        VERIFIED = "verified", "Verified"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (Status.PLANNED, Status.IN_PROGRESS)

    treatment = models.ForeignKey(RiskTreatment, on_delete=models.CASCADE, related_name="actions")
    title = models.CharField("what is done", max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="risk_actions")
    due_date = models.DateField("due")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNED, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    objects = TreatmentActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "reference"]
        indexes = [models.Index(fields=["status", "due_date"], name="risks_action_due")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def overdue(self, today: date | None = None) -> bool:
        return self.is_open and self.due_date < (today or now_read().date())

    @property
    def is_overdue(self) -> bool:
        return self.overdue()
