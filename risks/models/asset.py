"""What is worth protecting, what it rests on, and which risks touch it."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from compliance.projects.models import Project, ScopedQuerySet, ScopedRow
from compliance.ui.addresses import filled
from dataflows.models import DataFlow
from risks.models.method import Level
from risks.models.positions import RiskPosition
from risks.models.register import Risk

if TYPE_CHECKING:
    from compliance.accounts.models import User

ON_SCALE = [MinValueValidator(1), MaxValueValidator(5)]


class AssetQuerySet(ScopedQuerySet["Asset"]):
    """Questions about assets."""

    def seen_by(self, user: "User") -> "AssetQuerySet":
        """Without those of projects the person may not know of."""
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(user)))

    def used(self) -> "AssetQuerySet":
        return self.filter(retired_at=None)

    def weighed(self) -> "AssetQuerySet":
        """With `value` (the highest of the three), `exposure` (rank of the worst open risk) and `risk_count`."""
        own = RiskLink.objects.filter(asset=OuterRef("pk")).exclude(risk__state=Risk.State.CLOSED).order_by()
        counted = own.values("asset").annotate(count=Count("pk")).values("count")
        ranks = [models.When(risk__positions__level=level.value, then=models.Value(level.rank)) for level in Level]
        touching = own.filter(risk__positions__kind=RiskPosition.Kind.CURRENT).values("asset")
        worst = touching.annotate(rank=Max(models.Case(*ranks, output_field=IntegerField()))).values("rank")
        parts = [Coalesce(name, 0) for name in ("confidentiality", "integrity", "availability")]
        return self.annotate(
            value=Greatest(*parts),
            exposure=Subquery(worst, output_field=IntegerField()),
            risk_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        )


class Asset(ScopedRow):
    """Something of value, or something that carries it (ISO/IEC 27001 A.5.9; ISO/IEC 27005 7.2).

    Confidentiality, integrity and availability are on the consequence scale of the method: how bad their loss would be.
    """

    reference_prefix = "AS"
    reference_digits = 3

    class Kind(models.TextChoices):
        INFORMATION = "information", "Information"
        SOFTWARE = "software", "Software"
        SERVICE = "service", "Service"
        PAYMENT_CREDENTIAL = "payment_credential", "Payment credential"
        WALLET_KEY = "wallet_key", "Wallet key"
        TOKEN = "token", "Token"
        SOURCE_CODE = "ip_source_code", "Source code and know-how"
        BRAND = "brand", "Brand"
        PEOPLE = "people", "People"
        FACILITY = "facility", "Facility"

    class Rank(models.TextChoices):
        PRIMARY = "primary", "Primary: information or a process of value"
        SUPPORTING = "supporting", "Supporting: carries a primary one"

    name = models.CharField(max_length=120)
    description = models.TextField("what it is", blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    rank = models.CharField("primary or supporting", max_length=10, choices=Rank.choices)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    custodian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    confidentiality = models.PositiveSmallIntegerField(null=True, blank=True, validators=ON_SCALE)
    integrity = models.PositiveSmallIntegerField(null=True, blank=True, validators=ON_SCALE)
    availability = models.PositiveSmallIntegerField(null=True, blank=True, validators=ON_SCALE)
    review_date = models.DateField("next review", null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AssetQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="risks_asset_name",
                violation_error_message="There is an asset of this name already: open that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        return self.address("asset")

    def address(self, name: str, *args: Any) -> str:
        """The address of one of its pages, under the project or under the organisation."""
        if self.project is not None:
            return filled(f"risks:project_{name}", self.project.slug, self.reference, *args)
        return filled(f"risks:{name}", self.organisation.slug, self.reference, *args)

    @property
    def values(self) -> str:
        """C 5 · I 4 · A 3, a dash where nobody said."""
        said = (("C", self.confidentiality), ("I", self.integrity), ("A", self.availability))
        return " · ".join(f"{letter}\N{NO-BREAK SPACE}{value or '–'}" for letter, value in said)

    @property
    def worth(self) -> int:
        """The highest of the three values, 0 when none was given."""
        return max(self.confidentiality or 0, self.integrity or 0, self.availability or 0)


class AssetNeed(ScopedRow):
    """That an asset rests on another: lost with it."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="needs")
    needed = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="needed_by")

    class Meta:
        ordering = ["needed__reference"]
        constraints = [models.UniqueConstraint(fields=["asset", "needed"], name="risks_asset_need_once")]

    def __str__(self) -> str:
        return f"{self.asset.reference} rests on {self.needed.reference}"


class RiskLink(ScopedRow):
    """What a risk touches: an asset, or a data flow."""

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="links")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="risk_links", null=True, blank=True)
    flow = models.ForeignKey(DataFlow, on_delete=models.PROTECT, related_name="risk_links", null=True, blank=True)

    class Meta:
        ordering = ["asset__reference", "flow__reference"]
        constraints = [
            models.UniqueConstraint(fields=["risk", "asset"], name="risks_link_asset_once"),
            models.UniqueConstraint(fields=["risk", "flow"], name="risks_link_flow_once"),
            models.CheckConstraint(
                condition=Q(asset__isnull=True, flow__isnull=False) | Q(asset__isnull=False, flow__isnull=True),
                name="risks_link_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk.reference} touches {self.thing.reference}"

    @property
    def thing(self) -> Any:
        """The asset or the flow."""
        return self.asset or self.flow

    @property
    def what(self) -> str:
        return "asset" if self.asset_id else "flow"
