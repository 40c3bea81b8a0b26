"""Consent: what people are asked, how they take it back, and how many did (GDPR Art. 4(11), 7, 8; ePrivacy Art. 5(3)).

No consent of a single person is kept here, only counts: the records are in the app's own backend, in the shape the
README of this room describes.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from compliance.projects.models import ProjectRow, ScopedQuerySet
from compliance.ui.addresses import filled
from dataflows.models.notice import Language
from dataflows.models.told import TextVersion, Told, ToldQuerySet


class Consent(Told):
    """One question people are asked for consent, over all versions of its wording."""

    reference_prefix = "CN"
    reference_digits = 3
    kind = "consent"

    class Granularity(models.TextChoices):
        EACH = "each", "Each purpose by itself"
        TOGETHER = "together", "All purposes at once"

    class Proof(models.TextChoices):
        FULL = "full", "Pseudonym, moment, wording version, screen version, purposes, withdrawal"
        PARTLY = "partly", "Some of these"
        NONE = "none", "Nothing is kept"

    title = models.CharField(max_length=120, help_text="What is asked, in a few words, e.g. Use of heart rate.")
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    purposes = models.TextField(help_text="What people say yes to, one purpose a line.")
    granularity = models.CharField("how it is asked", max_length=8, choices=Granularity, default=Granularity.EACH)
    screen = models.CharField(max_length=160, help_text="Where people are asked, e.g. Onboarding, step 3.")
    withdrawal = models.CharField(
        "how it is withdrawn",
        max_length=200,
        blank=True,
        help_text="As easily as given, e.g. Settings, Privacy, switch.",
    )
    proof_kept = models.CharField("what is kept of each consent", max_length=6, choices=Proof, default=Proof.FULL)
    proof_place = models.CharField(
        "where it is kept", max_length=160, blank=True, help_text="e.g. consent table of the account database."
    )

    objects = ToldQuerySet["Consent"].as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:consent", self.project.slug, self.reference)

    @property
    def purpose_lines(self) -> list[str]:
        return [line.strip() for line in self.purposes.splitlines() if line.strip()]

    def told(self) -> dict[str, Any]:
        """What an approval of a wording binds to of the consent itself."""
        names = ("reference", "title", "language", "purposes", "granularity", "screen", "withdrawal", "proof_kept")
        return {name: getattr(self, name) for name in names}


class ConsentCount(ProjectRow):
    """How often a wording was answered in a month: numbers, and nobody behind them."""

    wording = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="counts")
    month = models.DateField(help_text="Its first day.")
    given = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    source = models.CharField(max_length=160, blank=True, help_text="Where the numbers come from.")

    objects = ScopedQuerySet["ConsentCount"].as_manager()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["wording", "month"], name="dataflows_consent_month"),
            models.CheckConstraint(name="dataflows_consent_first_day", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.wording}, {self.month:%b %Y}"
