"""Operational registers of the demonstration: access, data, devices, network, monitoring, development, payments."""

from functools import partial
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.registers.services.row import Said, add_row, found_target, link_record
from risks.demo.governance import read_values
from risks.demo.stage import Stage, script

SCRIPT = script("registers")


def set_scenes(stage: Stage) -> None:
    """Begin the registers: those with measurements early, each measurement on its own day."""
    for number, (key, lines) in enumerate(SCRIPT.items()):
        for facts in lines:
            begun = facts.get("day", (-250 if "below" in facts else -70) + 2 * number)
            stage.on(begun, partial(_begin, stage, key, facts), 18)
            for below, told in ((below, told) for below, lines in facts.get("below", {}).items() for told in lines):
                stage.on(told["day"], partial(_measure, stage, below, told, facts["main"]), 19)


def _begin(stage: Stage, key: str, facts: dict[str, Any]) -> None:
    place = facts["in"]
    scope = stage.project(place) if place else stage.organisation
    row = _enter(stage, key, facts, scope)
    stage.keep(f"ROW {facts['main']}", row)
    for control in facts.get("links", ()):
        kind, target = found_target(register_types[key], scope, stage.get(f"CI {control}").control.reference)
        link_record(row=row, kind=kind, target=target, by=stage.person("Ilves"), reason="Serves it")


def _measure(stage: Stage, key: str, facts: dict[str, Any], above: str) -> None:
    row = stage.get(f"ROW {above}")
    _enter(stage, key, facts, row.project or row.organisation, row)


def _enter(
    stage: Stage, key: str, facts: dict[str, Any], scope: Organisation | Project, above: RegisterRow | None = None
) -> RegisterRow:
    register, by = register_types[key], stage.person("Ilves")
    said = Said(
        facts["main"], read_values(stage, register, facts["values"]), stage.person(facts["owner"]), parent=above
    )
    return add_row(register=register, scope=scope, said=said, by=by, reason="Recorded")
