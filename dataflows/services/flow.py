"""Flows: proposed and changed. Their review is in services/review.py, their transfers in services/transfer.py."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.projects.models import Project
from dataflows import vocabulary
from dataflows.models import DataFlow, DataItem, FlowItem, FlowStop, Node
from dataflows.services.flow_told import check_told
from dataflows.services.review import check_open
from dataflows.services.saving import BadValue, assign, known_codes, remember_author, save

LONGEST = 8


class BadPath(Refused):
    """A way no data can take."""


def propose_flow(
    *,
    project: Project,
    path: Sequence[Node],
    items: Sequence[DataItem],
    by: User | str,
    reason: str = "",
    **details: Any,
) -> DataFlow:
    """Propose a flow along the places of `path`, carrying `items`. Raises BadPath, BadValue."""
    flow = DataFlow(project=project)
    return _write(flow, by, reason, path, items, details)


def change_flow(
    *,
    flow: DataFlow,
    by: User | str,
    reason: str = "",
    path: Sequence[Node] | None = None,
    items: Sequence[DataItem] | None = None,
    **fields: Any,
) -> DataFlow:
    """Change a flow; an approved one asks for a reason, and its approval turns outdated.

    Raises BadPath, BadValue, WrongState.
    """
    check_open(flow, reason)
    return _write(flow, by, reason, path, items, fields)


def _write(
    flow: DataFlow,
    by: User | str,
    reason: str,
    path: Sequence[Node] | None,
    items: Sequence[DataItem] | None,
    fields: dict[str, Any],
) -> DataFlow:
    with change(by=by, reason=reason):
        assign(flow, fields)
        flow.subject_categories = known_codes(flow.subject_categories, vocabulary.subjects(), "Data subjects")
        _check_links(flow)
        check_told(flow)
        remember_author(flow, by)
        save(flow)
        if path is not None:
            _lay(flow, path)
        if items is not None:
            _load(flow, items)
        _check_device(flow)
    return flow


def _check_links(flow: DataFlow) -> None:
    activity = flow.activity
    if activity and activity.organisation_id != flow.project.organisation_id:
        raise BadValue("Activity: choose a record of the same organisation.")
    if activity and activity.project_id not in (None, flow.project_id):
        raise BadValue(f"Activity: {activity} belongs to another project.")
    for release in (flow.since_release, flow.until_release):
        if release and release.project_id != flow.project_id:
            raise BadValue(f"Release: {release} belongs to another project.")


def _lay(flow: DataFlow, path: Sequence[Node]) -> None:
    """Make the stops what the path says, keeping the rows of places that stay."""
    _check_path(flow, path)
    stops = {stop.position: stop for stop in flow.stops.all()}
    for position, node in enumerate(path, 1):
        stop = stops.pop(position, None) or FlowStop(project=flow.project, flow=flow, position=position)
        if stop.node_id != node.pk:
            stop.node = node
            stop.save()
    for stop in stops.values():
        stop.delete()


def _check_path(flow: DataFlow, path: Sequence[Node]) -> None:
    if len(path) < 2:
        raise BadPath("A flow goes from one place to another: choose at least two places.")
    if len(path) > LONGEST:
        raise BadPath(f"A flow passes {LONGEST} places at most: split this one in two.")
    twice = [before.name for before, after in pairwise(path) if before.pk == after.pk]
    if twice:
        raise BadPath(f"{twice[0]} stands twice in a row: leave one of them out.")
    if any(node.project_id != flow.project_id for node in path):
        raise BadPath("Every place of the way belongs to the same project as the flow.")


def _load(flow: DataFlow, items: Sequence[DataItem]) -> None:
    """Make the items what is asked, keeping the rows of items that stay."""
    if not items:
        raise BadValue("Data: choose at least one data item; a flow without personal data needs no record.")
    if any(item.organisation_id != flow.project.organisation_id for item in items):
        raise BadValue("Data: choose items of the same organisation.")
    wanted = {item.pk: item for item in items}
    for link in flow.items.all():
        if wanted.pop(link.item_id, None) is None:
            link.delete()
    for item in wanted.values():
        FlowItem(project=flow.project, flow=flow, item=item).save()


def _check_device(flow: DataFlow) -> None:
    """What never leaves the device reaches nothing beyond it."""
    if flow.on_device_only:
        for stop in flow.stops.select_related("node"):
            if not stop.node.on_device:
                raise BadPath(f"The flow never leaves the device, but its way reaches {stop.node.name}.")
