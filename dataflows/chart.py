"""From complete flows to the plain values a flow map is drawn from."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from dataflows import vocabulary
from dataflows.map import draw
from dataflows.map_parts import FlowMap, Leg, Place
from dataflows.models import DataFlow, Node, Transfer
from dataflows.problems import BASIS, CONTRACT, PROTECTION, TRANSFER, Problem, problems

CLOSE = (("on_device_only", "on the device only"), ("ephemeral", "in memory only"))
Url = Callable[[str], str]


def no_url(reference: str) -> str:
    """Paper has no links."""
    return ""


def chart(
    flows: Sequence[DataFlow],
    on: date,
    *,
    id: str = "flow-map",
    title: str = "Flow map",
    focus: str = "",
    flow_url: Url = no_url,
    node_url: Url = no_url,
) -> FlowMap:
    """Draw flows as they stand on a day; what the node or flow whose reference is in `focus` does not touch is faint.

    The caller leaves out flows that have ended, unless it draws a release that had them.
    """
    places: dict[str, Place] = {}
    legs: list[Leg] = []
    for flow in flows:
        faint = bool(focus) and focus not in (flow.reference, *(node.reference for node in flow.nodes))
        found = problems(flow, on)
        for node in flow.nodes:
            place = _place(node, node_url(node.reference), focus)
            seen = places.get(place.key)
            places[place.key] = place._replace(faint=faint and (seen is None or seen.faint))
        legs += [_leg(flow, a, b, found, flow_url, faint, n == 0) for n, (a, b) in enumerate(pairwise(flow.nodes))]
        for transfer in _remote(flow):
            place, leg = _read_from_abroad(flow, transfer, found, flow_url, faint)
            places.setdefault(place.key, place)
            legs.append(leg)
    return draw(list(places.values()), legs, id=id, title=title)


def _place(node: Node, url: str, focus: str) -> Place:
    country = vocabulary.country_name(node.where) if node.where else ""
    outside = bool(node.where) and not vocabulary.in_eea(node.where)
    return Place(
        key=str(node.pk),
        name=node.name,
        kind=node.kind,
        note=_note(node, country),
        outside=outside,
        url=url,
        focus=bool(focus) and node.reference == focus,
        country=country if outside else "",
    )


def _note(node: Node, country: str) -> str:
    if node.kind in (Node.Kind.API, Node.Kind.STORE) and node.party:
        return f"at {node.party.name}, {country}"
    if node.on_device:
        return ""
    return country or "country unknown"


def _leg(flow: DataFlow, start: Node, end: Node, found: list[Problem], flow_url: Url, faint: bool, first: bool) -> Leg:
    """One step with its own problems: of its two places, of the network, and at the start those of the whole."""
    ends = (start, end)
    about = {str(node.party_id) for node in ends} | {node.where for node in ends}
    network = not (start.on_device and end.on_device)
    marks = [problem for problem in found if problem.kind in (CONTRACT, TRANSFER) and problem.about in about]
    marks += [problem for problem in found if problem.kind == PROTECTION and network]
    marks += [problem for problem in found if problem.kind == BASIS and first]
    return _made(flow, str(start.pk), str(end.pk), marks, flow_url, faint)


def _remote(flow: DataFlow) -> list[Transfer]:
    """Transfers to countries no place of the way is in: the data is read from there."""
    reached = {node.where for node in flow.nodes}
    return [transfer for transfer in flow.transfer_rows if transfer.country not in reached]


def _read_from_abroad(
    flow: DataFlow, transfer: Transfer, found: list[Problem], flow_url: Url, faint: bool
) -> tuple[Place, Leg]:
    last = flow.nodes[-1]
    key = f"{last.pk}/{transfer.country}"
    other = transfer.importer if transfer.importer and transfer.importer != last.party else None
    if transfer.remote_access:
        name, note = other.name if other else f"Staff of {last.name}", f"reads from {transfer.destination}"
    else:
        name, note = (
            other.name if other else transfer.destination,
            transfer.destination if other else f"through {last.name}",
        )
    place = Place(key, name, "remote", note, outside=True, faint=faint, country=transfer.destination)
    marks = [problem for problem in found if problem.kind == TRANSFER and problem.about == transfer.country]
    return place, _made(flow, str(last.pk), key, marks, flow_url, faint)


def _made(flow: DataFlow, start: str, end: str, marks: list[Problem], flow_url: Url, faint: bool) -> Leg:
    data = ", ".join(item.name for item in flow.data)
    return Leg(
        start=start,
        end=end,
        reference=flow.reference,
        text=f"{flow.title}: {data}",
        data=data,
        special=flow.is_special,
        marks=tuple(dict.fromkeys(problem.mark for problem in marks)),
        tone="bad" if marks else "proposed" if not flow.is_approved else "plain",
        both=flow.both_ways,
        url=flow_url(flow.reference),
        faint=faint,
        notes=tuple(text for said, text in CLOSE if getattr(flow, said)),
    )
