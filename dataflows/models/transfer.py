"""Data that leaves the European Economic Area, and what that rests on (GDPR Art. 44 to 49)."""

from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse

from compliance.approvals.snapshot import facts_of
from compliance.projects.models import ProjectRow, ScopedQuerySet
from dataflows import vocabulary
from dataflows.models.assessment import TransferAssessment
from dataflows.models.party import Party


class Transfer(ProjectRow):
    """One country a flow reaches outside the EEA; reading from there counts as sending it there."""

    reference_prefix = "TR"
    reference_digits = 3

    flow = models.ForeignKey("dataflows.DataFlow", on_delete=models.PROTECT, related_name="transfers")
    country = models.CharField("destination", max_length=2, choices=vocabulary.country_choices)
    importer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="transfers", null=True, blank=True)
    remote_access = models.BooleanField(
        "remote access only", default=False, help_text="The data stays here and is read from there: a transfer too."
    )
    mechanism = models.CharField(max_length=40, blank=True, choices=vocabulary.mechanism_choices)
    fallback_mechanism = models.CharField(
        max_length=40,
        blank=True,
        choices=vocabulary.mechanism_choices,
        help_text="What takes over should the mechanism fall.",
    )
    safeguard = models.TextField(
        "safeguards", blank=True, help_text="Where the signed clauses are, and supplementary measures."
    )
    repetitive = models.BooleanField(
        "happens again and again", default=True, help_text="A derogation of Art. 49 is for single cases only."
    )
    assessment = models.ForeignKey(
        TransferAssessment,
        on_delete=models.PROTECT,
        related_name="transfers",
        null=True,
        blank=True,
        verbose_name="transfer assessment",
    )
    fell_date = models.DateField("mechanism fell on", null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "country"],
                name="dataflows_transfer_country",
                violation_error_message="This flow has a transfer to that country already: change that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} to {vocabulary.country_name(self.country)}"

    def get_absolute_url(self) -> str:
        return reverse("dataflows:transfer", args=[self.project.slug, self.reference])

    @property
    def destination(self) -> str:
        return vocabulary.country_name(self.country)

    @property
    def needs_assessment(self) -> bool:
        """Whether the mechanism asks to assess the law of the destination (Schrems II, EDPB 01/2020)."""
        known = vocabulary.mechanisms().get(self.mechanism)
        return known is not None and known.assessment

    @property
    def is_systematic_derogation(self) -> bool:
        """Whether it rests on a derogation though it happens again and again (GDPR Art. 49, recital 111)."""
        known = vocabulary.mechanisms().get(self.mechanism)
        return known is not None and known.kind == "derogation" and self.repetitive

    @property
    def needs_certificate(self) -> bool:
        """Whether the decision it rests on covers certified importers only."""
        known = vocabulary.mechanisms().get(self.mechanism)
        if known is None or known.kind != "adequacy":
            return False
        return known.certified or vocabulary.is_certified_only(self.country)

    def has_fallen(self, on: date) -> bool:
        return self.fell_date is not None and self.fell_date <= on

    def is_assessed(self, on: date) -> bool:
        """Whether an assessment stands behind it that is in force and has not run out on a day."""
        return self.assessment is not None and self.assessment.holds(on)

    def facts(self) -> dict[str, Any]:
        """What the approval of its flow binds to; its assessment is approved by itself."""
        return facts_of(self, leave_out=("assessment", "fell_date"))
