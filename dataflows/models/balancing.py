"""Whether a legitimate interest outweighs those of the people: assessed before it is relied on (GDPR Art. 6(1)(f))."""

from typing import Any

from django.conf import settings
from django.db import models

from compliance.approvals.snapshot import facts_of
from compliance.projects.models import Organisation, OrganisationRow, ScopedQuerySet
from compliance.ui.addresses import filled


class InterestAssessmentQuerySet(ScopedQuerySet["InterestAssessment"]):
    """Questions about assessments of legitimate interests."""

    def present(self) -> "InterestAssessmentQuerySet":
        return self.exclude(state=InterestAssessment.State.RETIRED)

    def relied_on(self) -> "InterestAssessmentQuerySet":
        """Those a processing may rest on."""
        return self.present().filter(approved_at__isnull=False, outcome__in=InterestAssessment.RELY)

    def complete(self) -> "InterestAssessmentQuerySet":
        return self.select_related("organisation", "author", "dpo_view_by")


class InterestAssessment(OrganisationRow):
    """One interest, put to three tests, with safeguards, the view of the data protection officer and an outcome."""

    reference_prefix = "LIA"
    reference_digits = 3

    class Verdict(models.TextChoices):
        PASSED = "passed", "Passed"
        FAILED = "failed", "Not passed"

    class Outcome(models.TextChoices):
        RELY = "rely", "Rely on it"
        SAFEGUARDS = "rely_with_safeguards", "Rely on it, with the safeguards"
        DO_NOT = "do_not_rely", "Do not rely on it"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        DPO_REVIEW = "dpo_review", "DPO review"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    RELY = (Outcome.RELY, Outcome.SAFEGUARDS)
    TESTS = ("purpose", "necessity", "balancing")

    title = models.CharField(max_length=120, help_text="The processing it is about, e.g. Crash reports.")
    interest = models.TextField("the interest", blank=True, help_text="Whose it is and what it is: real, not supposed.")
    purpose_test = models.TextField(
        "purpose test", blank=True, help_text="Is the interest lawful, real and named precisely?"
    )
    purpose_verdict = models.CharField("purpose test: result", max_length=6, choices=Verdict, blank=True)
    necessity_test = models.TextField(
        "necessity test", blank=True, help_text="Is there a way that touches people less and would still do?"
    )
    necessity_verdict = models.CharField("necessity test: result", max_length=6, choices=Verdict, blank=True)
    balancing_test = models.TextField(
        "balancing test",
        blank=True,
        help_text="The nature of the data, what people expect, our relation to them, children, effects, scale.",
    )
    balancing_verdict = models.CharField("balancing test: result", max_length=6, choices=Verdict, blank=True)
    safeguards = models.TextField(blank=True, help_text="One line each: a way to object, less data, plain information.")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    review_date = models.DateField("next review", null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    dpo_view = models.TextField("view of the data protection officer", blank=True, editable=False)
    dpo_view_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    dpo_view_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    authors = models.JSONField(default=list, editable=False)

    DRAFT = State.DRAFT

    objects = InterestAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:interest", self.organisation.slug, self.reference)

    @property
    def scope(self) -> Organisation:
        """What its approval belongs to."""
        return self.organisation

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None and self.state != self.State.RETIRED

    @property
    def is_relied_on(self) -> bool:
        """Whether a processing may rest on it."""
        return self.is_approved and self.outcome in self.RELY

    @property
    def tests(self) -> list[tuple[str, str, str, str]]:
        """The three tests in their order: label, what was found, the verdict as stored and in words."""
        return [
            (
                str(self._meta.get_field(f"{name}_test").verbose_name).capitalize(),  # type: ignore[union-attr]
                str(getattr(self, f"{name}_test")),
                str(getattr(self, f"{name}_verdict")),
                str(getattr(self, f"get_{name}_verdict_display")()),
            )
            for name in self.TESTS
        ]

    def facts(self) -> dict[str, Any]:
        """What an approval binds to: all that was written; the officer's view comes with the review."""
        left_out = ("state", "authors", "author", "approved_at", "review_date")
        return facts_of(self, leave_out=(*left_out, "dpo_view", "dpo_view_by", "dpo_view_at"))
