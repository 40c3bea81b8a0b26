"""What an assessment proposes here: parties and flows, begun as drafts with what the answers say of them."""

from collections.abc import Callable, Iterable
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.registry import Made, Stand, consequence
from compliance.ledger import Refused
from compliance.projects.models import Project
from dataflows import answer_checks as _checks  # noqa: F401  registered with the rest
from dataflows import consequences_of_records as _records  # noqa: F401
from dataflows.models import DataFlow, Node, Party
from dataflows.said import items_said, names_in, rows_of
from dataflows.services import add_node, add_party, node_of_kind, node_of_party, propose_flow

Parameters = dict[str, Any]
Kind, Channel = Node.Kind, DataFlow.Channel
SERVICES = {
    "analytics": "Analytics",
    "crash": "Crash reports",
    "ads": "Advertising",
    "maps": "Maps",
    "chat": "Support",
    "login": "Sign-in",
    "push": "Push messages",
    "video": "Video",
    "ai": "Artificial intelligence",
    "payment": "Payments",
}


def party_named(parties: Iterable[Party], name: str) -> Party | None:
    """The party a name means: the same, or the beginning of the other's."""
    asked = name.casefold().strip()
    for row in parties:
        known = row.name.casefold()
        if asked and (known == asked or known.startswith(f"{asked} ") or asked.startswith(f"{known} ")):
            return row
    return None


def parties_of(project: Project) -> list[Party]:
    return list(Party.objects.in_organisation(project.organisation).select_related("organisation"))


def parties_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A party of the organisation that is called so is the party. One query."""
    known = parties_of(project)
    found = [party_named(known, str(one["named"])) for one in several]
    return [
        Stand(f"{row.reference}: {row.get_state_display().lower()}", _party(row)) if row else Stand() for row in found
    ]


def _party(row: Party) -> Made:
    return Made(f"{row.reference} {row.name}", row.get_absolute_url(), row)


@consequence("party", title="Parties", needs=("edit", "party"), look=parties_stand)
def request_party(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Ask for the party, with the country, role and service the answers say; due diligence and contract come next."""
    name, rows = str(parameters["named"]).strip()[:120], rows_of(parameters)
    if (known := party_named(parties_of(project), name)) is not None:
        return _party(known)
    country = next((code for row in rows if (code := _country(row))), "")
    if not country:
        raise Refused("nobody said in which country it is. Have the answer say so, or add the party by hand.")
    made = add_party(
        organisation=project.organisation,
        by=by,
        reason=reason,
        name=name,
        country=country,
        role=_role(rows),
        service=_service(rows)[:200] or "Named in the assessment",
        is_cloud=any(row.get("hosting") in {"cloud", "mix"} for row in rows),
    )
    return _party(made)


def _country(row: Parameters) -> str:
    said = row.get("operator_country") or row.get("country") or ""
    codes = said if isinstance(said, list) else str(said).split()
    return str(codes[0]) if codes else ""


def _role(rows: list[Parameters]) -> str:
    if any("customer" in row for row in rows):
        return Party.Role.CONTROLLER
    purposes = {row.get("purpose") for row in rows if row.get("purpose") in SERVICES}
    return Party.Role.RECIPIENT if purposes == {"ads"} else Party.Role.PROCESSOR


def _service(rows: list[Parameters]) -> str:
    """What it does for us, from every answer that names it."""
    told = []
    for row in rows:
        what = SERVICES.get(str(row.get("purpose")), "")
        told.append(", ".join(text for text in (row.get("system"), what, row.get("sdk"), row.get("data")) if text))
        if "customer" in row:
            told.append("Decides about the data; we run the app for it")
        if "aoc_valid_to" in row:
            told.append("Payments")
    return "; ".join(dict.fromkeys(text for text in told if text))


def flows_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A flow of the project that reaches the same party, or carries the same data to a server, is the flow."""
    flows = list(DataFlow.objects.in_project(project).present().complete())
    found = [next((flow for flow in flows if _is_same(flow, one)), None) for one in several]
    return [
        Stand(f"{row.reference}: {row.get_state_display().lower()}", _flow(row)) if row else Stand() for row in found
    ]


def _flow(row: DataFlow) -> Made:
    return Made(str(row), row.get_absolute_url(), row)


def _is_same(flow: DataFlow, parameters: Parameters) -> bool:
    if parameters["named"] == "sensor":
        return flow.nodes[0].kind == Kind.DEVICE
    if parameters["named"] == "device_store":
        return flow.on_device_only and flow.nodes[-1].kind == Kind.DEVICE
    if name := party_name(parameters):
        return party_named([node.party for node in flow.nodes if node.party], name) is not None
    wanted = {name.casefold() for row in rows_of(parameters, "Q16") for name in names_in(str(row.get("item", "")))}
    carried = {item.name.casefold() for item in flow.data}
    kinds = {node.kind for node in flow.nodes}
    ends = bool(kinds & {Kind.API, Kind.STORE}) and not kinds & {Kind.PROCESSOR, Kind.RECIPIENT}
    return ends and bool(wanted & carried)


def party_name(parameters: Parameters) -> str:
    """Whom the flow reaches; empty when it stays with us."""
    named, row = str(parameters["named"]), next(iter(rows_of(parameters)), {})
    for column in ("company", "source", "customer"):
        if row.get(column) and named.casefold().endswith(str(row[column]).casefold()):
            return str(row[column])
    return ""


@consequence("flow", title="Data flows", needs=("edit", "flow"), look=flows_stand)
def draw_flow(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Propose the flow with its way, data and purpose; basis, protection and retention are for whoever takes it up."""
    stand = flows_stand(project, [parameters])[0]
    if stand.made is not None:
        return stand.made
    row = next(iter(rows_of(parameters)), {})
    path, channel, more = _way(project, parameters, row, by)
    made = propose_flow(
        project=project,
        path=path,
        items=items_said(organisation=project.organisation, texts=_data(parameters, row), by=by, reason=reason),
        by=by,
        reason=reason,
        title=str(parameters["title"])[:100],
        purpose=_purpose(row)[:250] or "To be said",
        subject_categories=["users"],
        channel=channel,
        **more,
    )
    return _flow(made)


def _data(parameters: Parameters, row: Parameters) -> list[str]:
    if parameters["named"] == "sensor":
        return ["readings of a device nearby"]
    return [str(row["data"])] if row.get("data") else [str(one.get("item", "")) for one in rows_of(parameters, "Q16")]


def _purpose(row: Parameters) -> str:
    said = str(row.get("purpose", ""))
    return SERVICES.get(said, "" if said == "other" else said) or str(row.get("sdk", ""))


def _way(project: Project, parameters: Parameters, row: Parameters, by: User) -> tuple[list[Node], str, dict[str, Any]]:
    """Path, channel and what else the kind of flow says."""

    def place(kind: str) -> Node:
        return node_of_kind(project=project, kind=kind, by=by)

    if parameters["named"] == "sensor":
        return [_device(project, "Device nearby", by), place(Kind.APP)], Channel.SENSOR, {"on_device_only": True}
    if parameters["named"] == "device_store":
        return [place(Kind.APP), _device(project, "Store on the phone", by)], "", {"on_device_only": True}
    name = party_name(parameters)
    if not name:
        if not rows_of(parameters, "Q16"):
            raise Refused("nobody said which company it is. Have it named among the outside services first.")
        return [place(kind) for kind in (Kind.PERSON, Kind.APP, Kind.API, Kind.STORE)], Channel.API, {}
    party = party_named(parties_of(project), name)
    if party is None:
        raise Refused(f"accept the party {name} first.")
    return _way_to(node_of_party(project=project, party=party, by=by), row, place)


def _way_to(there: Node, row: Parameters, place: Callable[[str], Node]) -> tuple[list[Node], str, dict[str, Any]]:
    """The way to whom it reaches, by what it does for us."""
    if row.get("customer"):
        return [place(Kind.API), there], Channel.SERVER, {"both_ways": True}
    if row.get("source"):
        return [there, place(Kind.API), place(Kind.STORE)], Channel.SERVER, {}
    if row.get("purpose") == "push":
        return [place(Kind.API), there, place(Kind.APP)], Channel.PUSH, {}
    if row.get("purpose") == "chat":
        return [place(Kind.PERSON), there], Channel.MAIL, {}
    return [place(Kind.APP), there], Channel.SDK, {}


def _device(project: Project, name: str, by: User) -> Node:
    found = Node.objects.in_project(project).filter(kind=Kind.DEVICE, name=name).first()
    return found or add_node(project=project, kind=Kind.DEVICE, name=name, by=by)
