"""Flows of personal data between places."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Prefetch

from compliance.approvals.snapshot import facts_of
from compliance.projects.models import Project, ProjectRow, Release, ScopedQuerySet
from compliance.ui.addresses import filled
from dataflows import vocabulary
from dataflows.models.activity import ProcessingActivity
from dataflows.models.flow_told import ToldFlow
from dataflows.models.item import DataItem
from dataflows.models.node import Node
from dataflows.models.transfer import Transfer


class DataFlowQuerySet(ScopedQuerySet["DataFlow"]):
    """Questions about flows."""

    def complete(self) -> "DataFlowQuerySet":
        """With the rows every question about a flow needs: `stop_rows`, `item_rows`, `transfer_rows`."""
        return (
            self.prefetch_related(None)
            .select_related("project__organisation", "activity", "consent", "since_release", "until_release")
            .prefetch_related(
                Prefetch(
                    "stops",
                    FlowStop.objects.select_related("node__party", "node__system")
                    .prefetch_related("node__party__contracts")
                    .order_by("position"),
                    to_attr="stop_rows",
                ),
                Prefetch("items", FlowItem.objects.select_related("item").order_by("item__name"), to_attr="item_rows"),
                Prefetch(
                    "transfers",
                    Transfer.objects.select_related("importer", "assessment").order_by("country"),
                    to_attr="transfer_rows",
                ),
            )
        )

    def listed(self) -> "DataFlowQuerySet":
        """The same for many flows at once: of the places on the way only what a list shows and `problems` asks."""
        asked = ("name", "kind", "country", "party__name", "party__role", "party__country")
        stops = FlowStop.objects.select_related("node__party").prefetch_related("node__party__contracts")
        stops = stops.only("flow", "position", *(f"node__{name}" for name in asked)).order_by("position")
        rows = self.complete().select_related(None).select_related("project__organisation", "activity")
        kept = [one for one in rows._prefetch_related_lookups if one.to_attr != "stop_rows"]  # type: ignore[attr-defined]
        return rows.prefetch_related(None).prefetch_related(Prefetch("stops", stops, to_attr="stop_rows"), *kept)

    def present(self) -> "DataFlowQuerySet":
        return self.exclude(state=DataFlow.State.RETIRED)

    def carrying(self, item: DataItem) -> "DataFlowQuerySet":
        return self.filter(items__item=item)

    def through(self, node: Node) -> "DataFlowQuerySet":
        return self.filter(stops__node=node).distinct()

    def reaching(self, party: Any) -> "DataFlowQuerySet":
        return self.filter(stops__node__party=party).distinct()


class DataFlow(ToldFlow, ProjectRow):
    """Personal data on its way: from where through what to whom, why, and how it is protected."""

    reference_prefix = "DF"
    reference_digits = 3

    class Channel(models.TextChoices):
        SCREEN = "screen", "Typed or shown on the screen"
        SENSOR = "sensor", "Sensor or radio nearby"
        API = "api", "Our API"
        SDK = "sdk", "SDK in the app"
        SERVER = "server", "Server to server"
        PUSH = "push", "Push message"
        MAIL = "mail", "E-mail or support desk"
        FILE = "file", "File transfer"
        CONSOLE = "console", "Console or remote access"

    class Protection(models.TextChoices):
        NONE = "none", "None"
        TLS12 = "tls12", "TLS 1.2"
        TLS13 = "tls13", "TLS 1.3"
        MTLS = "mtls", "Mutual TLS"
        E2EE = "e2ee", "End-to-end encryption"
        VPN = "vpn", "Private network"
        OS_DEFAULT = "os_default", "Default of the operating system"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        DPO_REVIEW = "dpo_review", "DPO review"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    title = models.CharField(max_length=100, help_text="What goes where in a few words, e.g. Workouts to coaching.")
    activity = models.ForeignKey(
        ProcessingActivity, on_delete=models.PROTECT, related_name="flows", null=True, blank=True
    )
    purpose = models.CharField(max_length=250, help_text="Why, e.g. to draw the coaching plan.")
    subject_categories = models.JSONField("data subjects", default=list, blank=True)
    legal_basis = models.CharField(max_length=30, blank=True, choices=vocabulary.basis_choices)
    legitimate_interests = models.CharField(
        max_length=250, blank=True, help_text="Which interest, and where the balancing is kept, e.g. LIA-002."
    )
    article9_condition = models.CharField(
        "condition for special categories", max_length=30, blank=True, choices=vocabulary.condition_choices
    )
    channel = models.CharField(max_length=10, blank=True, choices=Channel.choices)
    protection = models.CharField("protection on the way", max_length=10, blank=True, choices=Protection.choices)
    on_device_only = models.BooleanField("never leaves the device", default=False)
    ephemeral = models.BooleanField("kept in memory only", default=False)
    both_ways = models.BooleanField("goes both ways", default=False)
    retention = models.CharField(max_length=160, blank=True, help_text="How long at the far end, e.g. 24 months.")
    since_release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    until_release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    notes = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    authors = models.JSONField(default=list, editable=False)

    DRAFT = State.PROPOSED
    stop_rows: "list[FlowStop]"
    item_rows: "list[FlowItem]"
    transfer_rows: list[Transfer]

    objects = DataFlowQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:flow", self.project.slug, self.reference)

    @property
    def scope(self) -> Project:
        """What its approval belongs to."""
        return self.project

    @property
    def nodes(self) -> list[Node]:
        return [stop.node for stop in self.stop_rows]

    @property
    def data(self) -> list[DataItem]:
        return [link.item for link in self.item_rows]

    @property
    def path(self) -> str:
        """The way in words: User → App → API."""
        return (" ↔ " if self.both_ways else " → ").join(node.name for node in self.nodes)

    @property
    def subjects(self) -> str:
        return ", ".join(vocabulary.subject_labels(self.subject_categories))

    @property
    def is_special(self) -> bool:
        return any(item.is_special for item in self.data)

    @property
    def is_approved(self) -> bool:
        """Whether a version of it was approved, also while a change of it is under review."""
        return self.approved_at is not None and self.state != self.State.RETIRED

    @property
    def leaves_device(self) -> bool:
        return any(not node.on_device for node in self.nodes)

    def countries_outside_eea(self) -> list[str]:
        """ISO codes of the countries outside the EEA the data reaches, by its way and by recorded transfers."""
        reached = [node.where for node in self.nodes] + [transfer.country for transfer in self.transfer_rows]
        return sorted({code for code in reached if code and not vocabulary.in_eea(code)})

    def facts(self) -> dict[str, Any]:
        """What an approval binds to: the flow's own columns, its way, its data and its transfers."""
        return {
            **facts_of(self, leave_out=LEFT_OUT),
            "stops": [[str(node.pk), node.where, str(node.party_id or "")] for node in self.nodes],
            "items": sorted(str(link.item_id) for link in self.item_rows),
            "transfers": sorted((row.facts() for row in self.transfer_rows), key=lambda facts: str(facts["id"])),
        }


# What changes without anybody having to look at the record again.
LEFT_OUT = ("state", "authors", "approved_at", "notes", "until_release")


def sorted_facts(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows' own columns in an order of their own."""
    return sorted((facts_of(row) for row in rows), key=lambda facts: str(facts["id"]))


class FlowStop(ProjectRow):
    """One place on the way of a flow, counted from 1."""

    flow = models.ForeignKey(DataFlow, on_delete=models.CASCADE, related_name="stops")
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["flow", "position"]
        constraints = [models.UniqueConstraint(fields=["flow", "position"], name="dataflows_stop_position")]

    def __str__(self) -> str:
        return f"{self.flow_id} at {self.position}"


class FlowItem(ProjectRow):
    """A data item carried by a flow."""

    flow = models.ForeignKey(DataFlow, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(DataItem, on_delete=models.PROTECT, related_name="flow_links")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["flow", "item"]
        constraints = [models.UniqueConstraint(fields=["flow", "item"], name="dataflows_flow_item")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.flow_id}"
