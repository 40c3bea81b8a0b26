"""Transfer assessments: the six steps of EDPB recommendations 01/2020, once for several transfers."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from compliance.approvals.snapshot import facts_of
from compliance.projects.models import Organisation, OrganisationRow, ScopedQuerySet
from dataflows import vocabulary
from dataflows.models.party import Party


class AssessmentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPINION = "dpo_opinion", "DPO opinion"
    DECISION = "decision", "Decision"
    IN_FORCE = "in_force", "In force"
    SUPERSEDED = "superseded", "Superseded"


ASSESSMENT_MOVES: dict[str, frozenset[str]] = {
    AssessmentState.DRAFT: frozenset({AssessmentState.OPINION}),
    AssessmentState.OPINION: frozenset({AssessmentState.DECISION, AssessmentState.DRAFT}),
    AssessmentState.DECISION: frozenset({AssessmentState.IN_FORCE, AssessmentState.DRAFT}),
    AssessmentState.IN_FORCE: frozenset({AssessmentState.SUPERSEDED}),
    AssessmentState.SUPERSEDED: frozenset(),
}


class TransferAssessment(OrganisationRow):
    """Whether a transfer may rest on its mechanism, given the law and practice of the destination (GDPR Art. 46)."""

    reference_prefix = "TIA"
    reference_digits = 3

    class Result(models.TextChoices):
        NO_OBSTACLE = "no_obstacle", "No obstacle found"
        OK_WITH_MEASURES = "ok_with_measures", "Possible with supplementary measures"
        NOT_ALLOWED = "not_allowed", "Not allowed"

    title = models.CharField(max_length=120, help_text="What goes where, e.g. Support desk in the Philippines.")
    country = models.CharField("destination", max_length=2, choices=vocabulary.country_choices)
    importer = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="transfer_assessments", null=True, blank=True
    )
    known = models.TextField(
        "1. The transfer", blank=True, help_text="Which data, whose, for what, how it gets there, who passes it on."
    )
    mechanism = models.CharField("2. The tool", max_length=40, blank=True, choices=vocabulary.mechanism_choices)
    law = models.TextField(
        "3. The law", blank=True, help_text="Which laws let authorities reach the data, and their limits."
    )
    practice = models.TextField(
        "3. The practice",
        blank=True,
        help_text="What happens in fact: reports, requests the importer got, sources and dates.",
    )
    measures = models.JSONField("4. Supplementary measures", default=list, blank=True)
    measures_text = models.TextField("4. How they work here", blank=True)
    formal_steps = models.TextField(
        "5. Formal steps", blank=True, help_text="Clauses signed with annexes, authorisation where one is needed."
    )
    expires_date = models.DateField("6. To be looked at again by", null=True, blank=True)
    triggers = models.TextField(
        "6. Looked at earlier when",
        blank=True,
        help_text="e.g. a new law, a request of an authority, a new sub-processor.",
    )
    result = models.CharField(max_length=20, blank=True, choices=Result.choices)
    conclusion = models.TextField(blank=True, help_text="Why the result follows from the steps.")
    state = models.CharField(
        max_length=12, choices=AssessmentState.choices, default=AssessmentState.DRAFT, editable=False
    )
    authors = models.JSONField(default=list, editable=False)
    opinion = models.TextField("opinion of the data protection officer", blank=True, editable=False)
    opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    opinion_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="successors", null=True, blank=True, editable=False
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("dataflows:transfer_assessment", args=[self.organisation.slug, self.reference])

    @property
    def scope(self) -> Organisation:
        """What its approval belongs to."""
        return self.organisation

    @property
    def destination(self) -> str:
        return vocabulary.country_name(self.country)

    @property
    def parent_outside(self) -> str:
        """The country of the importer's parent where that is outside the EEA."""
        return vocabulary.country_name(self.importer.parent_outside) if self.importer else ""

    def has_run_out(self, on: date) -> bool:
        return self.expires_date is not None and self.expires_date < on

    def holds(self, on: date) -> bool:
        """Whether a transfer may rest on it on a day."""
        allowed = self.result != self.Result.NOT_ALLOWED
        return self.state == AssessmentState.IN_FORCE and allowed and not self.has_run_out(on)

    def facts(self) -> dict[str, Any]:
        """What its approval binds to."""
        return facts_of(self, leave_out=("state", "authors", "approved_at", "opinion", "opinion_by", "opinion_at"))
