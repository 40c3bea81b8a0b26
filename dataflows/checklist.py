"""Where the data of a request lies and who was given it, read from the flow map."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from compliance.projects.models import Organisation, Project
from dataflows.models import DataFlow, Node, Party

HOLDS = (Node.Kind.STORE, Node.Kind.PROCESSOR)
GIVEN = (Node.Kind.PROCESSOR, Node.Kind.RECIPIENT)


@dataclass
class Reach:
    """Places that hold the data and parties it was given to, each once, by name, with the flows that say so."""

    places: dict[Any, Node] = field(default_factory=dict)
    recipients: dict[Any, Party] = field(default_factory=dict)

    def ordered(self) -> tuple[list[Node], list[Party]]:
        return (
            sorted(self.places.values(), key=lambda node: (node.name, str(node.pk))),
            sorted(self.recipients.values(), key=lambda party: party.name),
        )


def reach(organisation: Organisation, app: Project | None, items: Iterable[str]) -> Reach:
    """What the present flows of an app, or of all, say about the data items of these references (all without any)."""
    flows = DataFlow.objects.in_project(app) if app else DataFlow.objects.in_organisation(organisation)
    wanted, found = set(items), Reach()
    for flow in flows.present().complete():
        if wanted and not wanted & {item.reference for item in flow.data}:
            continue
        _follow(flow, found)
    return found


def _follow(flow: DataFlow, found: Reach) -> None:
    last = flow.nodes[-1] if flow.nodes else None
    for node in flow.nodes:
        stays = node.kind in HOLDS or (node is last and node.kind == Node.Kind.API)
        if stays and not flow.ephemeral:
            found.places[node.pk] = node
        if node.kind in GIVEN and node.party:
            found.recipients[node.party.pk] = node.party
