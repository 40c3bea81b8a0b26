"""What transfers and processing rest on falls away: a decision annulled, a certificate lapsed, a contract ended."""

from django.db import models
from django.urls import reverse

from compliance.projects.models import OrganisationRow, ProjectRow, ScopedQuerySet
from dataflows import vocabulary
from dataflows.models.contract import Contract
from dataflows.models.flow import DataFlow
from dataflows.models.party import Party


class MechanismFall(OrganisationRow):
    """Something that flows rest on, and the day from which it no longer holds (GDPR Art. 28, 45 to 49)."""

    reference_prefix = "MF"
    reference_digits = 3

    class Kind(models.TextChoices):
        ADEQUACY = "adequacy", "Adequacy decision for a country"
        MECHANISM = "mechanism", "Transfer mechanism, to a country or everywhere"
        CERTIFICATE = "certificate", "Certification of a company"
        CONTRACT = "contract", "Contract with a party"

    kind = models.CharField("what falls", max_length=12, choices=Kind.choices)
    country = models.CharField(max_length=2, blank=True, choices=vocabulary.country_choices)
    mechanism = models.CharField(max_length=40, blank=True, choices=vocabulary.mechanism_choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="falls", null=True, blank=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    fell_date = models.DateField("no longer holds from")
    source = models.CharField(max_length=250, help_text="Judgement, notice or letter, with its date.")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-fell_date", "-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.what}"

    def get_absolute_url(self) -> str:
        return reverse("dataflows:fall", args=[self.organisation.slug, self.reference])

    @property
    def what(self) -> str:
        """What falls in a few words; country and party have to be loaded."""
        if self.kind == self.Kind.ADEQUACY:
            return f"Adequacy decision for {vocabulary.country_name(self.country)}"
        if self.kind == self.Kind.MECHANISM:
            where = f" to {vocabulary.country_name(self.country)}" if self.country else ""
            return f"{self.get_mechanism_display()}{where}"
        if self.kind == self.Kind.CERTIFICATE:
            return f"Certification of {self.party}"
        return f"Contract with {self.party}"


class FallCase(ProjectRow):
    """One flow that rested on what fell, and what was done about it."""

    class Action(models.TextChoices):
        OPEN = "", "Open"
        FALLBACK = "fallback", "Moved to the fallback"
        REPLACED = "replaced", "Rests on something else now"
        SUSPENDED = "suspended", "Stopped for now"
        ENDED = "ended", "Ended for good"
        UNAFFECTED = "unaffected", "Not affected after all"

    fall = models.ForeignKey(MechanismFall, on_delete=models.CASCADE, related_name="cases")
    flow = models.ForeignKey(DataFlow, on_delete=models.PROTECT, related_name="fall_cases")
    action = models.CharField(max_length=10, blank=True, choices=[c for c in Action.choices if c[0]])
    note = models.CharField("what was done", max_length=300, blank=True)
    done_date = models.DateField(null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["flow__reference"]
        constraints = [models.UniqueConstraint(fields=["fall", "flow"], name="dataflows_fall_flow")]

    def __str__(self) -> str:
        return f"{self.flow} at {self.fall}"
