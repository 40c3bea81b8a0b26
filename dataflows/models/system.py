"""The organisation's systems and stores: each kept once, named on the flow maps of all projects."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.ui.addresses import filled
from controls.models import Classification
from dataflows import vocabulary
from dataflows.models.party import Party


class SystemQuerySet(ScopedQuerySet["System"]):
    """Questions about systems."""

    def running(self) -> "SystemQuerySet":
        return self.filter(ended_date__isnull=True)

    def outside_eea(self) -> "SystemQuerySet":
        """Those whose data is outside the European Economic Area, by their country or the seat of their operator."""
        inside = ["", *(row.code for row in vocabulary.countries().values() if row.eea)]
        seat = Q(country="", operator__isnull=False) & ~Q(operator__country__in=inside)
        return self.filter(~Q(country__in=inside) | seat)


class System(OrganisationRow):
    """An application, service or store that holds personal data (ISO/IEC 27001 A.5.9, GDPR Art. 30(1)(d), (f))."""

    reference_prefix = "SY"
    reference_digits = 3

    class Kind(models.TextChoices):
        SERVICE = "service", "Service or API"
        DATABASE = "database", "Database"
        OBJECT_STORE = "object_store", "Files and objects"
        LOG = "log", "Logs and monitoring"
        QUEUE = "queue", "Queue or cache"
        WAREHOUSE = "warehouse", "Analytics store"
        BACKUP = "backup", "Backup"
        BUSINESS = "business", "Business application"
        PAPER = "paper", "Paper"

    class Hosting(models.TextChoices):
        OWN = "own", "On our own premises"
        COLOCATION = "colocation", "Our machines in a data centre"
        IAAS = "iaas", "Cloud infrastructure"
        PAAS = "paas", "Managed cloud service"
        SAAS = "saas", "Software as a service"

    name = models.CharField(max_length=80, help_text="As your team calls it, e.g. Training database.")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DATABASE)
    hosting = models.CharField(max_length=10, choices=Hosting, default=Hosting.PAAS)
    operator = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        related_name="systems",
        null=True,
        blank=True,
        help_text="Who runs it for us; empty when we do.",
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        choices=vocabulary.country_choices,
        help_text="Where the data is; leave it empty when that is the seat of the operator.",
    )
    region = models.CharField(max_length=60, blank=True, help_text="The provider's own name of it, e.g. eu-central-1.")
    classification = models.CharField(
        max_length=12,
        choices=Classification,
        default=Classification.CONFIDENTIAL,
        help_text="That of the most sensitive data in it.",
    )
    description = models.CharField(max_length=250, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_date = models.DateField("out of use since", null=True, blank=True, editable=False)

    objects = SystemQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="dataflows_system_name",
                violation_error_message="There is a system of this name already: use that one.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return filled("dataflows:system", self.organisation.slug, self.reference)

    @property
    def where(self) -> str:
        """The ISO code of the country the data is in; empty when nobody has said."""
        return self.country or (self.operator.country if self.operator else "")

    @property
    def place(self) -> str:
        """Country and region in words."""
        named = vocabulary.country_name(self.where) if self.where else ""
        return ", ".join(text for text in (named, self.region) if text)

    @property
    def run_by(self) -> str:
        return self.operator.name if self.operator else "Ourselves"

    def taken_over(self) -> dict[str, Any]:
        """What a place on a map that is this system has from it."""
        return {"party": self.operator, "country": self.country}
