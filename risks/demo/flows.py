"""Where personal data goes: places, fifteen flows, transfers, and the records of processing they belong to."""

from typing import Any

from compliance.accounts.models import User
from dataflows.models import DataFlow
from dataflows.services import (
    Purpose,
    add_item,
    add_node,
    approve_record,
    draft_activity,
    propose_flow,
    record_transfer,
    submit_for_review,
)
from risks.demo.stage import Stage, script
from risks.demo.told import of_flow

SCRIPT = script("flows")
PROPOSED = {"DF-009"}


def set_scenes(stage: Stage) -> None:
    """Lay out the places, draft records and flows, and have the data protection officer approve them."""
    stage.on(-270, lambda: _prepare(stage))
    for number, key in enumerate(SCRIPT["activities"]):
        stage.on(-262 + number, lambda key=key: _draft(stage, key), 10)
        stage.on(-205 + number, lambda key=key: _approve(stage, key), 15)
    for number, flow in enumerate(SCRIPT["flows"]):
        key = flow["key"]
        if key in PROPOSED:
            continue  # the drift engine proposes it (drift.py)
        stage.on(-250 + number, lambda flow=flow: propose(stage, dict(flow)), 11)
        stage.on(-225 + number, lambda key=key: _approve(stage, key), 14)


def _prepare(stage: Stage) -> None:
    by = stage.person("Ilves")
    for name, said in SCRIPT["items"].items():
        facts = said if isinstance(said, dict) else {"category": said}
        stage.keep(f"item {name}", add_item(organisation=stage.organisation, name=name, by=by, **facts))
    for letter, nodes in SCRIPT["nodes"].items():
        for node in nodes:
            more = {"party": stage.get(node["party"])} if "party" in node else {}
            if "system" in node:
                more = {"system": stage.get(f"system {node['system']}")}
            made = add_node(project=stage.project(letter), kind=node["kind"], name=node["name"], by=by, **more)
            stage.keep(f"{letter} {node['key']}", made)


def _draft(stage: Stage, key: str) -> None:
    facts = dict(SCRIPT["activities"][key])
    letter, data, parties = facts.pop("project"), facts.pop("data"), facts.pop("parties")
    purposes = [_purpose(stage, one) for one in facts.pop("purposes")]
    activity = draft_activity(
        organisation=stage.organisation,
        project=stage.project(letter) if letter else None,
        by=stage.person("Ilves"),
        purposes=purposes,
        data={stage.get(f"item {name}"): _limit(stage, kept) for name, kept in data.items()},
        parties=[stage.get(party) for party in parties],
        subject_categories=facts.pop("subjects", ["users"]),
        security_measures=SCRIPT["measures"],
        owner=stage.person("Ilves"),
        review_date=stage.date(90),
        data_source=facts.pop("source", "From the people themselves"),
        reason="First record of this processing",
        **facts,
    )
    stage.keep(key, activity)


def _purpose(stage: Stage, facts: dict[str, Any]) -> Purpose:
    weighed = {"balancing": stage.get(facts["balancing"])} if "balancing" in facts else {}
    return Purpose(**{**facts, **weighed})


def _limit(stage: Stage, kept: str) -> Any:
    """A rule by its key in the script, or words."""
    return stage.get(f"rule {kept}") if f"rule {kept}" in stage.things else kept


def node_of(stage: Stage, letter: str, key: str) -> Any:
    """A place of the map; a party gets one the first time a flow reaches it."""
    name = f"{letter} {key}"
    if name not in stage.things:
        party = stage.get(key)
        kind = "processor" if party.needs_contract else "recipient"
        short, by = party.name.split(" ")[0], stage.person("Ilves")
        stage.keep(name, add_node(project=stage.project(letter), kind=kind, name=short, party=party, by=by))
    return stage.get(name)


def script_of(key: str) -> dict[str, Any]:
    """What the script says of one flow."""
    return next(dict(flow) for flow in SCRIPT["flows"] if flow["key"] == key)


def propose(stage: Stage, facts: dict[str, Any]) -> DataFlow:
    """Propose a flow of the script with its transfers."""
    key, letter, activity = facts.pop("key"), facts.pop("project"), facts.pop("activity", "")
    path, items = facts.pop("path"), facts.pop("items")
    flow = propose_flow(
        project=stage.project(letter),
        path=[node_of(stage, letter, stop) for stop in path],
        items=[stage.get(f"item {name}") for name in items],
        by=_owner(stage, letter),
        subject_categories=["customers" if activity == "wallet" else "users"],
        **of_flow(stage, key),
        activity=stage.get(activity) if activity else None,
        reason="As built",
        **facts,
    )
    stage.keep(key, flow)
    for transfer in SCRIPT["transfers"]:
        if transfer["flow"] == key:
            _transfer(stage, flow, transfer, _owner(stage, letter))
    return flow


def _owner(stage: Stage, letter: str) -> User:
    return stage.person("Haddad" if letter == "S" else "Wrona")


def _transfer(stage: Stage, flow: DataFlow, facts: dict[str, Any], by: User) -> None:
    assessed = {"assessment": stage.get(f"TIA {facts['importer']}")} if "assessed" in facts else {}
    record_transfer(
        flow=flow,
        country=facts["country"],
        by=by,
        importer=stage.get(facts["importer"]),
        mechanism=facts["mechanism"],
        fallback_mechanism=facts.get("fallback", ""),
        remote_access=facts.get("remote", False),
        safeguard="Signed clauses filed with the contract.",
        reason="Leaves the EEA",
        **assessed,
    )


def _approve(stage: Stage, key: str) -> None:
    record = stage.get(key)
    submit_for_review(record=record, by=stage.person("Ilves"), reason="Complete as far as we know")
    approve_record(record=stage.get(key), by=stage.person("Rehm"), reason="Read, compared with the build, approved")
