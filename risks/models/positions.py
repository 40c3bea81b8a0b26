"""Where a risk stands: without controls, today, and after the plan."""

from django.conf import settings
from django.db import models

from compliance.projects.models import ScopedQuerySet, ScopedRow
from risks.models.method import Level, RiskMethod
from risks.models.register import Risk


class RiskPosition(ScopedRow):
    """Likelihood and consequence of one risk in one position, with who says so and why (ISO/IEC 27001 6.1.2 d).

    The level follows from the method version; a later version never rewrites it.
    """

    class Kind(models.TextChoices):
        INHERENT = "inherent", "Inherent"
        CURRENT = "current", "Current"
        RESIDUAL = "residual", "Residual"

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="positions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    likelihood = models.PositiveSmallIntegerField()
    consequence = models.PositiveSmallIntegerField()
    dimensions = models.JSONField("consequence by dimension", default=dict, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices, editable=False)
    rationale = models.TextField()
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(editable=False)
    method = models.ForeignKey(RiskMethod, on_delete=models.PROTECT, related_name="positions")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["risk", "kind"], name="risks_position_kind")]
        indexes = [models.Index(fields=["kind", "level"], name="risks_position_level")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.likelihood} × {self.consequence}"

    @property
    def rank(self) -> int:
        """The level's place from the lowest, 0."""
        return Level(self.level).rank

    @property
    def likelihood_name(self) -> str:
        return str(self.method.likelihoods[self.likelihood - 1]["name"])

    @property
    def consequence_name(self) -> str:
        return str(self.method.consequences[self.consequence - 1]["name"])
