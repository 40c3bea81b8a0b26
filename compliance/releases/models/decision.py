"""What was decided at the gates of releases (ISO/IEC 27001 A.8.25, A.8.32)."""

from datetime import date, datetime

from django.conf import settings
from django.db import models

from compliance.projects.models import ProjectRow, Release, ScopedQuerySet
from compliance.releases.gates import gate_choices
from compliance.ui.addresses import filled


class Verdict(models.TextChoices):
    PASSED = "passed", "Passed"
    WITH_DEVIATION = "passed_with_deviation", "Passed with deviation"
    FAILED = "failed", "Failed"
    OVERRIDDEN = "overridden", "Overridden"


class GateDecisionQuerySet(ScopedQuerySet["GateDecision"]):
    """Questions about decisions."""

    def of(self, release: Release) -> "GateDecisionQuerySet":
        return self.filter(release=release).select_related("decided_by").order_by("decided_at", "reference")


class GateDecision(ProjectRow):
    """One decision at one gate. The newest of a gate counts; those before stay and are printed.

    `findings` is what the checks said at that moment, `edition` the rules of the gates they belong to.
    """

    reference_prefix = "GD"
    reference_digits = 3

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="gate_decisions")
    gate = models.CharField(max_length=2, choices=gate_choices)
    verdict = models.CharField(max_length=21, choices=Verdict.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    note = models.TextField("what was weighed")
    deviation = models.TextField(blank=True)
    findings = models.JSONField(default=list, blank=True)
    edition = models.CharField(max_length=10)
    expires_date = models.DateField("counts until", null=True, blank=True)

    objects = GateDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.gate} {self.get_verdict_display().lower()}"

    def get_absolute_url(self) -> str:
        return filled("projects:release", self.project.slug, self.release.reference)

    def opens(self, on: date, published: datetime | None = None) -> bool:
        """Whether it lets the release through on a day: an override counts until its last day, and for what was
        published in its time for good.
        """
        if published is not None and self.decided_at <= published:
            on = min(on, published.date())
        over = self.expires_date is not None and self.expires_date < on
        return self.verdict != Verdict.FAILED and not over
