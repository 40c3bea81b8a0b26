"""The organisation's way of weighing risks, in versions that never change once approved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused
from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.projects.roles import role_name
from risks.scales import CONTENT

if TYPE_CHECKING:
    from compliance.projects.models import Organisation


class Level(models.TextChoices):
    """The levels a method can give, from the lowest."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True)
class Band:
    """What a level means: whether it may stay, who may accept it, for how long, and how often it is reviewed."""

    level: str
    acceptable: bool
    criterion: str
    authority: tuple[str, ...]
    informed: tuple[str, ...]
    review_days: int
    acceptance_days: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Band":
        return cls(**{**data, "authority": tuple(data["authority"]), "informed": tuple(data.get("informed", ()))})

    @property
    def accepted_by(self) -> str:
        """Who may accept it, by the names of the roles."""
        return " or ".join(role_name(role) for role in self.authority)

    @property
    def told(self) -> str:
        """Who is informed."""
        return ", ".join(role_name(role) for role in self.informed)


class MethodIsFixed(Refused):
    """The content of an approved version was to be changed."""


class RiskMethodQuerySet(ScopedQuerySet["RiskMethod"]):
    """Which version counts."""

    def in_force(self, organisation: "Organisation") -> "RiskMethod | None":
        return self.approved(organisation).first()

    def approved(self, organisation: "Organisation | UUID") -> "RiskMethodQuerySet":
        """Those in force; there is one at most."""
        return self.filter(organisation=organisation, state=RiskMethod.State.APPROVED)


class RiskMethod(OrganisationRow):
    """Scales, matrix, criteria and authorities (ISO/IEC 27001 6.1.2 a, b). Positions keep the version they used."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"

    label = models.CharField("version", max_length=20, help_text="As people call it, e.g. RM-1.0.")
    title = models.CharField(max_length=120)
    change_note = models.TextField("what changed", blank=True)
    likelihoods = models.JSONField()
    consequences = models.JSONField()
    matrix = models.JSONField()
    bands = models.JSONField()
    inherent = models.BooleanField("inherent positions are assessed", default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    snapshot_sha256 = models.CharField("SHA-256 of what was approved", max_length=64, blank=True, editable=False)

    objects = RiskMethodQuerySet.as_manager()

    class Meta:
        ordering = ["-approved_at", "-label"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "label"], name="risks_method_label"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="approved"), name="risks_method_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("risks:method_version", args=[self.organisation.slug, self.label])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the version, unless it is fixed and its content differs from what was approved."""
        if self.snapshot_sha256 and not self.is_intact:
            raise MethodIsFixed(f"{self.label} is approved and does not change: draft a new version.")
        self.reference = self.label
        super().save(*args, **kwargs)

    @property
    def content(self) -> dict[str, Any]:
        """What is approved: label, title, scales, matrix, bands, and whether the inherent position is assessed."""
        return {name: getattr(self, name) for name in ("label", "title", *CONTENT, "inherent")}

    @property
    def content_sha256(self) -> str:
        return snapshot(self.content).sha256

    @property
    def is_intact(self) -> bool:
        """Whether the content is still what was approved."""
        return self.snapshot_sha256 == self.content_sha256

    def level(self, likelihood: int, consequence: int) -> str:
        """The level of a cell; both are counted from 1 and inside the scales."""
        return self.matrix[likelihood - 1][consequence - 1]

    def band(self, level: str) -> Band:
        """What a level means here; KeyError for a level this method does not give."""
        return {band["level"]: Band.read(band) for band in self.bands}[level]

    @property
    def unacceptable(self) -> set[str]:
        """The levels above appetite."""
        return {band["level"] for band in self.bands if not band["acceptable"]}

    @property
    def kinds(self) -> list[str]:
        """The positions it asks for."""
        return ["inherent", "current", "residual"] if self.inherent else ["current", "residual"]

    @property
    def dimensions(self) -> list[str]:
        """What consequences are described by: financial, legal, …; none when only the values are described."""
        return list(self.consequences[0].get("dimensions", {}))

    @property
    def levels(self) -> dict[tuple[int, int], str]:
        """Level by (likelihood, consequence), for the heat map."""
        return {(y, x): level for y, row in enumerate(self.matrix, 1) for x, level in enumerate(row, 1)}
