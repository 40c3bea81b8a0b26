"""Impact assessments, from the screening to the next review (GDPR Art. 35, 36)."""

import json
from typing import Any

from django.conf import settings
from django.db import models

from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from risks.models.incident import case_address


class DpiaState(models.TextChoices):
    SCREENING = "screening", "Screening"
    NOT_REQUIRED = "not_required", "Not required"
    REQUIRED = "required", "Required"
    DRAFT = "draft", "Draft"
    DPO_OPINION = "dpo_opinion", "Opinion of the DPO"
    REVISION = "revision", "Revision"
    DECISION = "decision", "Decision"
    CONSULTATION = "consultation", "Prior consultation"
    IN_FORCE = "in_force", "In force"
    REVIEW_DUE = "review_due", "Review due"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Superseded"


DPIA_MOVES: dict[str, frozenset[str]] = {
    DpiaState.SCREENING: frozenset({DpiaState.NOT_REQUIRED, DpiaState.REQUIRED}),
    DpiaState.NOT_REQUIRED: frozenset({DpiaState.SCREENING}),
    DpiaState.REQUIRED: frozenset({DpiaState.DRAFT}),
    DpiaState.DRAFT: frozenset({DpiaState.DPO_OPINION}),
    DpiaState.DPO_OPINION: frozenset({DpiaState.REVISION, DpiaState.DECISION}),
    DpiaState.REVISION: frozenset({DpiaState.DPO_OPINION}),
    DpiaState.DECISION: frozenset({DpiaState.IN_FORCE, DpiaState.REJECTED, DpiaState.CONSULTATION, DpiaState.REVISION}),
    DpiaState.CONSULTATION: frozenset({DpiaState.DECISION}),
    DpiaState.IN_FORCE: frozenset({DpiaState.REVIEW_DUE, DpiaState.SUPERSEDED}),
    DpiaState.REVIEW_DUE: frozenset({DpiaState.IN_FORCE, DpiaState.SUPERSEDED}),
    DpiaState.REJECTED: frozenset({DpiaState.REVISION}),
    DpiaState.SUPERSEDED: frozenset(),
}
DPIA_WRITTEN = frozenset({DpiaState.DRAFT, DpiaState.REVISION})
DPIA_IN_FORCE = frozenset({DpiaState.IN_FORCE, DpiaState.REVIEW_DUE})
DPIA_OVER = frozenset({DpiaState.NOT_REQUIRED, DpiaState.REJECTED, DpiaState.SUPERSEDED})


class DpiaOpinion(models.TextChoices):
    APPROVE = "approve", "Go ahead"
    CONDITIONS = "approve_with_conditions", "Go ahead under conditions"
    REJECT = "reject", "Do not go ahead"
    REFER = "refer_to_authority", "Consult the authority first"


class DpiaDecision(models.TextChoices):
    APPROVED = "approved", "Approved"
    CONDITIONS = "approved_with_conditions", "Approved under conditions"
    REJECTED = "rejected", "Rejected"
    CONSULTATION = "prior_consultation", "The authority is consulted first"


def written(label: str) -> "models.TextField[str, str]":
    """A part of the assessment."""
    return models.TextField(label, blank=True)


class ImpactAssessmentQuerySet(ScopedQuerySet["ImpactAssessment"]):
    """Questions about impact assessments."""

    def present(self) -> "ImpactAssessmentQuerySet":
        return self.exclude(state__in=DPIA_OVER)

    def relied_on(self) -> "ImpactAssessmentQuerySet":
        return self.filter(state__in=DPIA_IN_FORCE)


class ImpactAssessment(ScopedRow):
    """One version of an assessment of what a processing does to people; its screening is always kept."""

    reference_prefix = "DPIA"
    reference_digits = 3

    title = models.CharField(max_length=160, help_text="The processing, e.g. coaching with background location.")
    number = models.PositiveSmallIntegerField("number of the version", default=1, editable=False)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="next", null=True, blank=True, editable=False
    )
    state = models.CharField(max_length=14, choices=DpiaState, default=DpiaState.SCREENING, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    screening = models.JSONField(default=dict, blank=True, editable=False)
    threshold = models.PositiveSmallIntegerField("criteria that make it required", default=2, editable=False)
    screening_reason = models.TextField("why it is required, or not", blank=True, editable=False)
    frozen_at = models.DateTimeField("described as of", null=True, blank=True, editable=False)
    snapshot = models.TextField("processing as described", blank=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    team = written("who took part")
    standards = written("standards and codes of conduct")
    purposes = written("purposes and secondary uses")
    context = written("nature, scope and context")
    lifecycle = written("life of the data")
    means = written("means and architecture")
    legal_basis = written("legal basis")
    minimisation = written("minimisation")
    retention = written("retention")
    quality = written("accuracy")
    rights = written("rights of the people")
    by_design = written("protection by design and by default")
    security = written("security")
    necessity = written("necessity")
    proportionality = written("proportionality")
    action_plan = written("what is still to be done")
    views = written("views of the people concerned")
    views_not_sought = written("why views were not sought")
    opinion = models.CharField(max_length=24, choices=DpiaOpinion, blank=True, editable=False)
    opinion_words = models.TextField(blank=True, editable=False)
    opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    opinion_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.CharField(max_length=26, choices=DpiaDecision, blank=True, editable=False)
    decision_reason = models.TextField(blank=True, editable=False)
    deviation = models.TextField("why the opinion is not followed", blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    authority_answer = models.TextField("what the authority said", blank=True, editable=False)
    review_date = models.DateField("next review", null=True, blank=True)
    review_reason = models.TextField("why a review is due", blank=True, editable=False)

    objects = ImpactAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return case_address(self.scope, "assessment", self.reference)

    @property
    def scope(self) -> Organisation | Project:
        return self.project or self.organisation

    @property
    def is_written(self) -> bool:
        """Whether its text may be changed."""
        return self.state in DPIA_WRITTEN

    @property
    def described(self) -> dict[str, Any]:
        """The processing as it was frozen: records and flows by their reference."""
        found: dict[str, Any] = json.loads(self.snapshot) if self.snapshot else {}
        return found

    @property
    def hits(self) -> list[str]:
        """The keys of the screening that were answered yes."""
        return [key for key, answer in self.screening.items() if answer.get("hit")]
