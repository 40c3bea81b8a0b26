"""The places personal data passes through."""

from typing import Any

from django.db import models

from compliance.projects.models import ProjectRow, ScopedQuerySet
from dataflows import vocabulary
from dataflows.models.party import Party
from dataflows.models.system import System


class NodeQuerySet(ScopedQuerySet["Node"]):
    """Questions about places."""

    def used(self) -> Any:
        return self.filter(stops__isnull=False).distinct()


class Node(ProjectRow):
    """A person, device, app, interface, store or party on the flow map of a project."""

    reference_prefix = "N"
    reference_digits = 3

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        DEVICE = "device", "Device or sensor"
        APP = "app", "App"
        API = "api", "API or service"
        STORE = "store", "Store"
        PROCESSOR = "processor", "Processor"
        RECIPIENT = "recipient", "Recipient"

    ON_DEVICE = (Kind.PERSON, Kind.DEVICE, Kind.APP)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, help_text="Short, as it shall stand on the map, e.g. Coaching API.")
    system = models.ForeignKey(
        System,
        on_delete=models.PROTECT,
        related_name="nodes",
        null=True,
        blank=True,
        help_text="The system of the inventory it is; operator and country are then taken from there.",
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        related_name="nodes",
        null=True,
        blank=True,
        help_text="Whose it is; for an API or a store: who hosts it.",
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        choices=vocabulary.country_choices,
        help_text="Where the data is; leave it empty when that is the seat of the party.",
    )

    objects = NodeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="dataflows_node_name",
                violation_error_message="The map has a place of this name already: use that one.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def on_device(self) -> bool:
        """Whether it stands on the people's side of the trust boundary."""
        return self.kind in self.ON_DEVICE

    @property
    def where(self) -> str:
        """The ISO code of the country the data is in; empty on people's devices and when nobody has said."""
        if self.on_device:
            return ""
        return self.country or (self.party.country if self.party else "")
