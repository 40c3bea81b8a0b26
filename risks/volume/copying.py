"""Copies of the pattern for a project: new keys, references and names, written in bulk with their history."""

from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import CharField, TextField

from compliance.approvals.models import Approval
from compliance.projects.models import Project
from risks.volume.pattern import LEADING, Pattern

# How many of each leading record a small project has, at least and at most; the first project fills every page.
SMALL = {
    "projects.AppTarget": (1, 2),
    "projects.Release": (1, 3),
    "risks.Risk": (1, 2),
    "dataflows.DataFlow": (0, 1),
    "dataflows.ProcessingActivity": (0, 1),
    "controls.Evidence": (1, 2),
}
FULL_PAGES = 60
# What stands once in a project.
NAMED = {"projects.AppTarget": "app_id", "projects.Release": "name", "dataflows.Node": "name"}
ONCE = {
    "assessments.Assessment",
    "assessments.Answer",
    "assessments.Proposal",
    "assessments.Remark",
    "risks.Vulnerability",
}
OF_ALL = {"risks.Asset": "name"}  # what stands once in an organisation
Rows = dict[type[Any], list[Any]]


def copies(pattern: Pattern, project: Project, rng: Random, *, full: bool) -> Rows:
    """The rows of one project, by model; a `full` one fills a page of every register."""
    rows: Rows = {}
    taken: set[str] = set()
    once: dict[UUID, UUID] = {}
    for wanted in _rounds(pattern, rng, full):
        fresh = {key: UUID(int=rng.getrandbits(128), version=4) for key in sorted(wanted - once.keys(), key=str)} | once
        for model in pattern.models:
            for record in sorted(pattern.of_model(model, wanted - once.keys()), key=lambda record: str(record.row.pk)):
                rows.setdefault(model, []).append(_copy(record.row, project, fresh, record.names, taken))
        once |= {key: fresh[key] for key in wanted if pattern.records[key].row._meta.label in ONCE}
    return rows


def _rounds(pattern: Pattern, rng: Random, full: bool) -> list[set[UUID]]:
    """Which rows are copied, round by round: a row stands once in each."""
    if full:
        least = min(len(units) for units in pattern.units.values() if units)
        everything = set().union(*(unit for units in pattern.units.values() for unit in units))
        return [everything] * -(-FULL_PAGES // least)
    chosen: set[UUID] = set()
    for label in LEADING:
        units, (low, high) = pattern.units[label], SMALL[label]
        for unit in rng.sample(units, min(len(units), rng.randint(low, high))):
            chosen |= unit
    return [chosen]


def _copy(row: Any, project: Project, fresh: dict[UUID, UUID], names: dict[str, UUID], taken: set[str]) -> Any:
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    values |= {name: fresh[key] for name, key in names.items() if key in fresh}
    values |= {"id": fresh[row.pk], "reference": "", "version": 0}
    values.pop("project_id")
    old = row.project.name
    for one in row._meta.concrete_fields:
        if isinstance(one, CharField | TextField) and not one.choices and old in (values[one.attname] or ""):
            values[one.attname] = values[one.attname].replace(old, project.name)
    if name := NAMED.get(row._meta.label):
        values[name] = _free(values[name], taken)
    if name := OF_ALL.get(row._meta.label):
        values[name] = _free(f"{project.name}: {values[name]}", taken)
    copy = type(row)(project=project, **values)
    return _bind(copy, fresh) if isinstance(copy, Approval) else copy


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number when the project has it already."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name[:34]}-{number}"
    taken.add(found)
    return found


def _bind(approval: Approval, fresh: dict[UUID, UUID]) -> Approval:
    """The copy of a decision is about the copy of the record."""
    for old, new in fresh.items():
        approval.snapshot = approval.snapshot.replace(str(old), str(new))
    approval.snapshot_sha256 = sha256(approval.snapshot.encode()).hexdigest()
    return approval
