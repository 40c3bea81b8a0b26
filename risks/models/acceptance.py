"""Who accepted a risk, on what facts, until when."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from compliance.projects.models import ScopedQuerySet, ScopedRow
from risks.facts import Difference, differences
from risks.models.method import Level, RiskMethod
from risks.models.register import Risk


class RiskAcceptanceQuerySet(ScopedQuerySet["RiskAcceptance"]):
    """Questions about acceptances that SQL can answer; whether one is outdated follows from the risk's facts."""

    def accepted(self) -> "RiskAcceptanceQuerySet":
        return self.filter(state=RiskAcceptance.State.ACCEPTED)

    def relied_on(self) -> "RiskAcceptanceQuerySet":
        """The last decision of each kind that was an acceptance, as `newest` finds it among rows in memory."""
        later = RiskAcceptance.objects.accepted().filter(
            risk=OuterRef("risk"), kind=OuterRef("kind"), requested_at__gt=OuterRef("requested_at")
        )
        return self.accepted().exclude(Exists(later))

    def for_open_risks(self) -> "RiskAcceptanceQuerySet":
        return self.exclude(risk__state=Risk.State.CLOSED)


class RiskAcceptance(ScopedRow):
    """Approval of a treatment plan, or acceptance of what remains (ISO/IEC 27001 6.1.3 f).

    It holds the facts it was asked for and their SHA-256. `outdated` and `expired` are never stored: they follow from
    the risk as it stands and from the date.
    """

    reference_prefix = "RA"
    reference_digits = 3

    class Kind(models.TextChoices):
        TREATMENT_PLAN = "treatment_plan", "Approval of the treatment plan"
        RESIDUAL = "residual", "Acceptance of the residual risk"

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        REVOKED = "revoked", "Revoked"

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="acceptances")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    level = models.CharField("level accepted", max_length=10, choices=Level.choices, editable=False)
    method = models.ForeignKey(RiskMethod, on_delete=models.PROTECT, related_name="+", editable=False)
    facts = models.JSONField(editable=False)
    snapshot_sha256 = models.CharField("SHA-256 of the facts", max_length=64, editable=False)
    reason = models.TextField("why it is acceptable")
    conditions = models.TextField(blank=True)
    valid_until = models.DateField("valid until")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    authority = models.CharField("in the role of", max_length=40, blank=True, editable=False)

    objects = RiskAcceptanceQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "kind"], condition=Q(state="requested"), name="risks_acceptance_one_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.get_kind_display()}"

    def changed(self, facts: dict[str, Any]) -> list[Difference]:
        """What outdated it, given the risk's facts now; the choice of options matters to the plan only."""
        if self.kind == self.Kind.RESIDUAL:
            facts = {**facts, "treatments": self.facts.get("treatments")}
        return differences(self.facts, facts)

    def expired(self, today: date) -> bool:
        """Whether the last valid day is over."""
        return self.state == self.State.ACCEPTED and self.valid_until < today

    def standing(self, facts: dict[str, Any], today: date) -> str:
        """The state as it counts: requested, accepted, rejected, revoked, or `expired` or `outdated` by itself."""
        if self.expired(today):
            return "expired"
        if self.state in {self.State.REQUESTED, self.State.ACCEPTED} and self.changed(facts):
            return "outdated"
        return str(self.state)


def newest(acceptances: Iterable[RiskAcceptance], kind: str) -> RiskAcceptance | None:
    """The last decision of a kind that was an acceptance: the one a risk relies on."""
    found = [one for one in acceptances if one.kind == kind and one.state == RiskAcceptance.State.ACCEPTED]
    return max(found, key=lambda one: one.requested_at, default=None)
