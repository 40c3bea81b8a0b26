"""Scope, documents, obligations, roles, training and objectives of the demonstration, in several states."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from compliance.registers.declaration import RegisterType, register_types
from compliance.registers.services.row import Said, add_row, found_target, link_record
from controls.models import Document
from controls.services.document import (
    Draft,
    add_document,
    decide_version,
    draft_version,
    publish_version,
    submit_version,
)
from controls.services.reading import acknowledge
from controls.services.scope import decide_scope, draft_scope, submit_scope
from risks.demo.stage import Stage, script

SCRIPT = script("governance")
STEPS = ("draft", "review", "approved", "published")


def set_scenes(stage: Stage) -> None:
    """State the scope, write documents and have them read, fill the registers, measure."""
    for facts in SCRIPT["scope"]:
        stage.on(facts["day"], partial(_state_scope, stage, facts), 9)
    _set_documents(stage)
    for number, (key, lines) in enumerate(SCRIPT["registers"].items()):
        for place, facts in enumerate(lines):
            stage.on(-300 + 2 * number + place, partial(_enter, stage, register_types[key], facts), 15)
    for number, facts in enumerate(SCRIPT["objectives"]):
        stage.on(-290 + number, partial(_aim, stage, facts), 16)
        for day, value, basis in facts["measured"]:
            stage.on(day, partial(_measure, stage, facts, day, value, basis), 17)


def _set_documents(stage: Stage) -> None:
    for facts in SCRIPT["documents"]:
        stage.on(max(facts["day"], -320), partial(_write, stage, facts), 11)
        if "next" in facts:
            stage.on(facts["next"]["day"], partial(_rewrite, stage, facts), 11)
    for key, readers in SCRIPT["readers"].items():
        for number, reader in enumerate(readers):
            stage.on(-40 + number, partial(_read, stage, key, reader), 12)


def _state_scope(stage: Stage, facts: dict[str, Any]) -> None:
    by = stage.person("Ilves")
    projects = [stage.project("S"), stage.project("K")]
    made = draft_scope(organisation=stage.organisation, texts=facts["texts"], projects=projects, by=by)
    submit_scope(scope=made, by=by)
    decide_scope(scope=made, approve=True, by=stage.person("Neumann"), reason="Discussed with the management")


def _write(stage: Stage, facts: dict[str, Any]) -> None:
    owner = stage.person(facts["owner"])
    about = {name: facts[name] for name in ("title", "kind", "audience", "answers")}
    about |= {"owner": owner, "review_months": facts.get("months", 12)}
    draft = Draft("First version", facts["text"])
    by = stage.person("Ilves")
    document = add_document(organisation=stage.organisation, about=about, draft=draft, by=by, reason="Document set")
    stage.keep(f"DOC {facts['key']}", document)
    _carry(stage, document, facts["state"])


def _carry(stage: Stage, document: Document, state: str) -> None:
    """Take the newest version as far as `state`."""
    by, version = stage.person("Ilves"), document.versions.order_by("-number")[0]
    reached = STEPS.index(state)
    if reached >= 1:
        submit_version(version=version, by=by)
    if reached >= 2:
        decide_version(version=version, approve=True, by=stage.person("Neumann"), reason="Read and agreed")
    if reached >= 3:
        publish_version(version=version, by=by)


def _rewrite(stage: Stage, facts: dict[str, Any]) -> None:
    document, following = stage.get(f"DOC {facts['key']}"), facts["next"]
    draft_version(
        document=document,
        draft=Draft(following["summary"], following["text"]),
        by=stage.person("Ilves"),
        reason="Review",
    )
    _carry(stage, document, "published")


def _read(stage: Stage, key: str, reader: str) -> None:
    version = stage.get(f"DOC {key}").versions.get(state="published")
    acknowledge(version=version, by=stage.person(reader))


def _enter(stage: Stage, register: RegisterType, facts: dict[str, Any]) -> None:
    by = stage.person("Ilves")
    said = Said(facts["main"], read_values(stage, register, facts["values"]), stage.person(facts["owner"]))
    row = add_row(register=register, scope=stage.organisation, said=said, by=by, reason="Register begun")
    for key in facts.get("links", ()):
        control = stage.get(f"CI {key}").control
        kind, target = found_target(register, stage.organisation, control.reference)
        link_record(row=row, kind=kind, target=target, by=by, reason="Met by it")


def _aim(stage: Stage, facts: dict[str, Any]) -> None:
    register = register_types["objectives"]
    said = Said(facts["main"], read_values(stage, register, facts["values"]), stage.person(facts["owner"]))
    row = add_row(register=register, scope=stage.organisation, said=said, by=stage.person("Ilves"), reason="Set")
    stage.keep(f"OBJ {facts['main']}", row)


def _measure(stage: Stage, facts: dict[str, Any], day: int, value: float, basis: str) -> None:
    values = {"measured": stage.date(day), "value": Decimal(str(value)), "basis": basis}
    above, analyst = stage.get(f"OBJ {facts['main']}"), stage.person(facts["owner"])
    said = Said(f"{value} of {facts['values']['target']} {facts['values']['unit']}", values, analyst, parent=above)
    register = register_types["measurements"]
    add_row(register=register, scope=stage.organisation, said=said, by=analyst, reason="Measured")


def read_values(stage: Stage, register: RegisterType, given: dict[str, Any]) -> dict[str, Any]:
    """Days count from day 0, people go by their family names."""
    read: dict[str, Callable[[Any], Any]] = {
        "day": stage.date,
        "person": stage.person,
        "number": lambda number: Decimal(str(number)),
    }
    return {key: read.get(register.by_key[key].kind, str)(value) for key, value in given.items()}
