"""From cause to proof: what is done about a finding so that it does not come back (ISO 27001 10.2)."""

from datetime import date

from django.conf import settings
from django.db import models

from compliance.projects.models import ScopedQuerySet, ScopedRow
from controls.addresses import address

from .evidence import Evidence
from .finding import Finding


class CauseMethod(models.TextChoices):
    FIVE_WHYS = "five_whys", "Five whys"
    FISHBONE = "fishbone", "Fishbone"
    FAULT_TREE = "fault_tree", "Fault tree"
    OTHER = "other", "Other"


class ActionState(models.TextChoices):
    OPEN = "open", "Open"
    ROOT_CAUSE_DONE = "root_cause_done", "Cause known"
    APPROVED = "approved", "Approved"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    VERIFIED = "verified", "Verified"
    REOPENED = "reopened", "Reopened"


ACTION_MOVES: dict[str, frozenset[str]] = {
    ActionState.OPEN: frozenset({ActionState.ROOT_CAUSE_DONE}),
    ActionState.ROOT_CAUSE_DONE: frozenset({ActionState.APPROVED, ActionState.OPEN}),
    ActionState.APPROVED: frozenset({ActionState.IN_PROGRESS}),
    ActionState.IN_PROGRESS: frozenset({ActionState.DONE}),
    ActionState.DONE: frozenset({ActionState.VERIFIED, ActionState.REOPENED}),
    ActionState.REOPENED: frozenset({ActionState.ROOT_CAUSE_DONE}),
    ActionState.VERIFIED: frozenset(),
}
CARRIED_OUT = frozenset({ActionState.DONE, ActionState.VERIFIED})
PLANNED_ON = frozenset({ActionState.APPROVED, ActionState.IN_PROGRESS, *CARRIED_OUT})


class CorrectiveActionQuerySet(ScopedQuerySet["CorrectiveAction"]):
    """Questions about what is being done."""

    def open(self) -> "CorrectiveActionQuerySet":
        """Not carried out yet."""
        return self.exclude(state__in=CARRIED_OUT)

    def to_verify(self, on: date) -> "CorrectiveActionQuerySet":
        """Carried out, and the wait before its effect is judged is over."""
        return self.filter(state=ActionState.DONE, verify_after__lte=on)


class CorrectiveAction(ScopedRow):
    """One corrective action, from the cause to the effect somebody else saw (ISO 27001 10.2 b to f)."""

    reference_prefix = "CA"
    reference_digits = 3

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField("action", max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField("due")
    state = models.CharField(max_length=16, choices=ActionState, default=ActionState.OPEN)
    containment = models.TextField("what was done at once", blank=True)
    cause_method = models.CharField("how the cause was sought", max_length=12, choices=CauseMethod, blank=True)
    root_cause = models.TextField(blank=True)
    extent_check = models.TextField("where else it is so", blank=True)
    analysed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    result = models.TextField("what was done", blank=True)
    records_updated = models.TextField("risks and statement of applicability updated", blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    done_at = models.DateTimeField(null=True, blank=True)
    verify_after = models.DateField("effect is judged from", null=True, blank=True)
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    effect = models.TextField("effect that was seen", blank=True)

    objects = CorrectiveActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "action", self.reference)

    def standing(self, on: date) -> str:
        """The state; carried out it waits, then it is to be verified; before that it may be overdue."""
        if self.state == ActionState.DONE:
            return "to_verify" if self.verify_after is None or self.verify_after <= on else "effectiveness_wait"
        if self.state not in CARRIED_OUT and self.due_date < on:
            return "overdue"
        return self.state
