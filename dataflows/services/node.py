"""The places on a project's flow map."""

from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Project
from dataflows.models import Node, Party
from dataflows.services.saving import BadValue, assign, save

USUAL_NAMES = {Node.Kind.PERSON: "User", Node.Kind.APP: "App", Node.Kind.API: "API", Node.Kind.STORE: "Database"}


def add_node(*, project: Project, kind: str, name: str, by: User | str, reason: str = "", **details: Any) -> Node:
    """Put a place on the map. Raises BadValue."""
    node = Node(project=project, kind=kind, name=name.strip())
    return change_node(node=node, by=by, reason=reason, **details)


def change_node(*, node: Node, by: User | str, reason: str = "", **fields: Any) -> Node:
    """Change a place; approved flows through it turn outdated when country or party change. Raises BadValue."""
    with change(by=by, reason=reason):
        assign(node, fields)
        if node.system:
            if node.system.organisation_id != node.project.organisation_id:
                raise BadValue("System: choose one of the same organisation.")
            node.party, node.country = node.system.operator, node.system.country
        if node.party and node.party.organisation_id != node.project.organisation_id:
            raise BadValue("Party: choose a party of the same organisation.")
        if node.kind in (Node.Kind.PROCESSOR, Node.Kind.RECIPIENT) and node.party is None:
            raise BadValue(f"Party: {node.name} is a {node.get_kind_display().lower()}, so say which party it is.")
        if node.on_device and (node.party or node.country or node.system):
            raise BadValue(f"Country: {node.name} is on people's devices, which belong to no party and no country.")
        save(node)
    return node


def node_of_party(*, project: Project, party: Party, by: User | str) -> Node:
    """The place of a party on the map; it is put there when it is not yet."""
    found = Node.objects.in_project(project).filter(party=party).exclude(kind__in=(Node.Kind.API, Node.Kind.STORE))
    if node := found.first():
        return node
    kind = Node.Kind.PROCESSOR if party.needs_contract else Node.Kind.RECIPIENT
    return add_node(project=project, kind=kind, name=party.name[:60], party=party, by=by)


def node_of_kind(*, project: Project, kind: str, by: User | str) -> Node:
    """The first place of a kind; it is made with its usual name when there is none."""
    if node := Node.objects.in_project(project).filter(kind=kind).first():
        return node
    return add_node(project=project, kind=kind, name=USUAL_NAMES[Node.Kind(kind)], by=by)
