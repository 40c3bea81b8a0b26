"""How parties are watched: whom they engage, how often they are reviewed, and who does what in the cloud."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from controls.models import Control, Requirement
from dataflows import vocabulary
from dataflows.models.party import Party


class Engagement(OrganisationRow):
    """A processor engages another one (GDPR Art. 28(2), 28(4))."""

    reference_prefix = "SUB"
    reference_digits = 3

    class Authorisation(models.TextChoices):
        SPECIFIC = "specific", "Specific: we allowed this one"
        GENERAL = "general", "General: we may object"

    class Decision(models.TextChoices):
        OPEN = "", "Not decided"
        ACCEPTED = "accepted", "Accepted"
        OBJECTED = "objected", "Objected"

    processor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="engages")
    sub_processor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="engaged_by")
    service = models.CharField("what it does there", max_length=200, blank=True)
    authorisation = models.CharField(max_length=8, choices=Authorisation.choices, default=Authorisation.GENERAL)
    notice_date = models.DateField("we were told on", null=True, blank=True)
    objection_date = models.DateField("we may object until", null=True, blank=True)
    decision = models.CharField(max_length=8, blank=True, choices=[c for c in Decision.choices if c[0]])
    same_duties = models.BooleanField(
        "bound by the same duties", null=True, blank=True, help_text="The contract passes our duties on to it."
    )
    ended_date = models.DateField("no longer engaged since", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["processor", "sub_processor__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["processor", "sub_processor"],
                name="dataflows_engagement_pair",
                violation_error_message="It is on the list of sub-processors already: change that line.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sub_processor} for {self.processor}"

    def get_absolute_url(self) -> str:
        return self.processor.get_absolute_url()

    def runs(self, on: date) -> bool:
        return self.ended_date is None or on < self.ended_date

    def waits(self, on: date) -> bool:
        """Whether we may still object."""
        return not self.decision and self.objection_date is not None and on <= self.objection_date and self.runs(on)

    @property
    def seen(self) -> dict[str, Any]:
        """What a review keeps of it, so that the next one shows what changed."""
        return {
            "name": self.sub_processor.name,
            "country": vocabulary.country_name(self.sub_processor.country),
            "service": self.service,
        }


class SupplierReview(OrganisationRow):
    """A look at a party at work, as often as its tier asks (ISO/IEC 27001 A.5.22; GDPR Art. 28(1))."""

    reference_prefix = "SRV"
    reference_digits = 3

    class Outcome(models.TextChoices):
        SATISFACTORY = "satisfactory", "Satisfactory"
        CONDITIONS = "conditions", "With conditions"
        UNSATISFACTORY = "unsatisfactory", "Unsatisfactory"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="reviews")
    held_date = models.DateField("held on")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    basis = models.TextField(
        "what was looked at", help_text="Certificates and reports with their dates, answers, tests."
    )
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    findings = models.TextField(blank=True, help_text="What was found, and what the party has to do by when.")
    next_date = models.DateField("next review", null=True, blank=True)
    list_seen = models.JSONField("sub-processors then", default=list, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-held_date", "-reference"]

    def __str__(self) -> str:
        return f"{self.reference} of {self.party}"

    def get_absolute_url(self) -> str:
        return self.party.get_absolute_url()


class CloudDuty(OrganisationRow):
    """Who does what of one topic of a cloud service (ISO/IEC 27017 CLD.6.3.1; ISO/IEC 27018)."""

    class Split(models.TextChoices):
        CUSTOMER = "customer", "We do it"
        PROVIDER = "provider", "The provider does it"
        SHARED = "shared", "Both, each a part"
        NA = "na", "Does not apply"

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="duties")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    split = models.CharField("who does it", max_length=8, choices=Split.choices)
    control = models.ForeignKey(Control, on_delete=models.PROTECT, related_name="cloud_duties", null=True, blank=True)
    note = models.CharField("assurance or remark", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["party", "requirement__edition", "requirement__position"]
        constraints = [models.UniqueConstraint(fields=["party", "requirement"], name="dataflows_cloud_duty")]

    def __str__(self) -> str:
        return f"{self.requirement_id} of {self.party_id}"

    @property
    def is_ours(self) -> bool:
        """Whether something of it is left to us."""
        return self.split in (self.Split.CUSTOMER, self.Split.SHARED)
