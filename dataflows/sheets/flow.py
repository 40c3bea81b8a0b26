"""The flows of a project as a spreadsheet, and as the table they are written in quickly."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Flag, Known, Many, One, Text, Words, find, words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Project, Release
from dataflows import vocabulary
from dataflows.models import DataFlow, DataItem, Node, Party, ProcessingActivity
from dataflows.services.flow import LONGEST, change_flow, propose_flow
from dataflows.services.node import node_of_party

ARROW = " → "
CLOSED: dict[str, str] = {DataFlow.State.DPO_REVIEW: "under review", DataFlow.State.RETIRED: "retired"}


@dataclass(frozen=True)
class Way(Text):
    """Places in their order; a party that is not on the map yet becomes a place when the row is kept."""

    @property
    def blank(self) -> tuple[Any, ...]:
        return ()

    def read(self, cell: Any, known: Known) -> tuple[Any, ...]:
        names = re.split(r"→|↔|->|>|;|\n", words(cell))
        return tuple(find(known["places"], name.strip()) for name in names if name.strip())

    def write(self, value: Any) -> str:
        return ARROW.join(place.name for place in value or ())


@dataclass(frozen=True)
class Tick(Flag):
    """Yes, or nothing."""

    @property
    def blank(self) -> bool:  # type: ignore[override]
        return False

    def write(self, value: Any) -> str:
        return "yes" if value else ""


@sheet
class FlowSheet(Sheet):
    """Every flow that has not ended: its way, its data, why, and how it is protected."""

    key, title, noun, kind, order = "flows", "Data flows", "flow", "flow", 60
    intro = "Proposes flows and changes them. A changed flow that was approved needs another look of the DPO."
    in_organisations = False
    columns = (
        Column("reference", "Reference", help="DF-001. Empty for a new flow."),
        Column("title", "Flow", Text(100), required=True, help="What goes where in a few words."),
        Column("way", "Way", Way(), required=True, help="User → App → Coaching API, by the names on the map."),
        Column("data", "Data", Many(source="items", named="name"), required=True, help="e-mail; name."),
        Column("subjects", "Data subjects", Many(source="subjects", named="label")),
        Column("purpose", "Purpose", Text(250), required=True),
        Column("legal_basis", "Legal basis", Choice(choices=vocabulary.basis_choices())),
        Column("legitimate_interests", "Legitimate interests", Text(250), help="Which, and where the balancing is."),
        Column("article9_condition", "Condition, Art. 9", Choice(choices=vocabulary.condition_choices())),
        Column("channel", "Channel", Choice(choices=DataFlow.Channel.choices)),
        Column("protection", "Protection", Choice(choices=DataFlow.Protection.choices)),
        Column("on_device_only", "On the device only", Tick(), help="yes, or empty."),
        Column("ephemeral", "In memory only", Tick(), help="yes, or empty."),
        Column("both_ways", "Both ways", Tick(), help="yes, or empty."),
        Column("retention", "Kept for", Text(160)),
        Column("activity", "Record of processing", One(source="activities"), help="RA-001."),
        Column("since_release", "Since release", One(source="releases", named="name")),
        Column("until_release", "Until release", One(source="releases", named="name")),
        Column("notes", "Notes", Words()),
        Column("state", "State", Choice(choices=DataFlow.State.choices), fixed=True),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        project = self._project
        nodes: dict[str, Any] = {
            node.name.casefold(): node for node in Node.objects.in_project(project).select_related("party")
        }
        parties = Party.objects.in_organisation(project.organisation).working()
        others = {party.name.casefold(): party for party in parties}
        items = DataItem.objects.in_organisation(project.organisation)
        activities = ProcessingActivity.objects.for_project(project).present()
        return {
            "places": nodes | {name: party for name, party in others.items() if name not in nodes},
            "items": {item.name.casefold(): item for item in items},
            "subjects": {
                name.casefold(): one for one in vocabulary.subjects().values() for name in (one.code, one.label)
            },
            "activities": {one.reference.casefold(): one for one in activities},
            "releases": {one.name.casefold(): one for one in Release.objects.in_project(project)},
        }

    @property
    def _project(self) -> Project:
        assert isinstance(self.scope, Project)  # noqa: S101 - in_organisations is False
        return self.scope

    def records(self, only: str = "") -> Iterable[DataFlow]:
        return DataFlow.objects.in_project(self._project).present().complete().order_by("reference")

    def values(self, record: DataFlow) -> dict[str, Any]:
        plain = [c.key for c in self.columns if c.key not in ("way", "data", "subjects")]
        known = vocabulary.subjects()
        return {
            **{name: getattr(record, name) for name in plain},
            "way": tuple(record.nodes),
            "data": tuple(record.data),
            "subjects": tuple(known[code] for code in record.subject_categories if code in known),
        }

    def check(self, record: DataFlow | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if record is not None and record.state in CLOSED:
            yield "title", f"{record.reference} is {CLOSED[record.state]}: it is not changed now."
        way = values["way"]
        if len(way) < 2:
            yield "way", f"A flow goes from one place to another: write at least two, with {ARROW.strip()} between."
        elif len(way) > LONGEST:
            yield "way", f"A flow passes {LONGEST} places at most: split this one in two."
        elif twice := [one.name for one, other in pairwise(way) if one == other]:
            yield "way", f"{twice[0]} stands twice in a row: leave one of them out."
        beyond = [place.name for place in way if not getattr(place, "on_device", False)]
        if values["on_device_only"] and beyond:
            yield "on_device_only", f"It never leaves the device, but its way reaches {beyond[0]}."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> DataFlow:
        given = self._given(values, by)
        return propose_flow(project=self._project, by=by, reason=reason, **given)

    def change(self, record: DataFlow, values: dict[str, Any], *, by: User, reason: str) -> None:
        change_flow(flow=record, by=by, reason=reason, **self._given(values, by))

    def _given(self, values: dict[str, Any], by: User) -> dict[str, Any]:
        """What the services take; a party of the way becomes a place."""
        given = {key: value for key, value in values.items() if value is not None or key in NULLABLE}
        if "way" in given:
            given["path"] = [self._place(one, by) for one in given.pop("way")]
        if "data" in given:
            given["items"] = list(given.pop("data"))
        if "subjects" in given:
            given["subject_categories"] = [one.code for one in given.pop("subjects")]
        return given

    def _place(self, place: Node | Party, by: User) -> Node:
        if isinstance(place, Party):
            return node_of_party(project=self._project, party=place, by=by)
        return place


NULLABLE = ("activity", "since_release", "until_release")
