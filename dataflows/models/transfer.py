"""Data that leaves the European Economic Area, and what that rests on (GDPR Art. 44 to 49)."""

from datetime import date

from django.db import models
from django.urls import reverse

from compliance.projects.models import ProjectRow, ScopedQuerySet
from dataflows import vocabulary
from dataflows.models.party import Party


class Transfer(ProjectRow):
    """One country a flow reaches outside the EEA; reading from there counts as sending it there."""

    reference_prefix = "TR"
    reference_digits = 3

    class Result(models.TextChoices):
        NO_OBSTACLE = "no_obstacle", "No obstacle found"
        OK_WITH_MEASURES = "ok_with_measures", "Possible with supplementary measures"
        NOT_ALLOWED = "not_allowed", "Not allowed"

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
    assessment_result = models.CharField("transfer assessment", max_length=20, blank=True, choices=Result.choices)
    assessment_date = models.DateField("assessed on", null=True, blank=True)
    assessment_expires_date = models.DateField("assessment valid until", null=True, blank=True)

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

    def is_assessed(self, on: date) -> bool:
        """Whether an assessment is there and has not run out on a day."""
        ends = self.assessment_expires_date
        return bool(self.assessment_result) and (ends is None or on <= ends)
