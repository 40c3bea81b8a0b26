"""Bringing checked catalogue files into the database: added, changed or retired, never deleted."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone

from compliance.ledger import change
from controls.models import Crosswalk, Edition, Framework, Requirement, RequirementGroup
from controls.models import Mapping as Pair
from controls.models.catalogue import CatalogueRow
from controls.services.catalogue_files import SHIPPED, CrosswalkFile, EditionFile, read_folder
from controls.services.catalogue_yaml import Row

T = TypeVar("T", bound=CatalogueRow)
K = TypeVar("K", Framework, Edition, Crosswalk)
R = TypeVar("R", Requirement, Pair)
LOADER = "load_catalogues"
EDITION_BLANKS: Mapping[str, Any] = {"notes": [], "position": 0}
GROUP_BLANKS: Mapping[str, Any] = {"part": ""}
REQUIREMENT_BLANKS: Mapping[str, Any] = {
    "summary": "",
    "pii_role": "",
    "platform": "",
    "relevance": "",
    "obligation": "",
    "documented": False,
    "url": "",
    "corresponds": {},
    "facts": {},
    "retired_at": None,
}
PAIR_BLANKS: Mapping[str, Any] = {"disputed": False, "note": "", "retired_at": None}


@dataclass
class Loaded:
    """What a load did to one edition or crosswalk.

    `rows` are the requirements or pairs its file holds, `added` and `retired` count those; `changed` also counts the
    edition, its groups or the crosswalk itself.
    """

    label: str
    kind: str
    rows: int
    added: int = 0
    changed: int = 0
    retired: int = 0

    @property
    def did_something(self) -> bool:
        return bool(self.added or self.changed or self.retired)


def load_catalogues(*, folder: Path = SHIPPED, by: Any = LOADER, reason: str = "") -> list[Loaded]:
    """Make the database carry what `folder` holds; a second run changes nothing.

    Requirements and pairs a file no longer names are retired, so that what hangs on them keeps working. Editions
    and crosswalks without a file stay as they are. Raises CatalogueRefused before anything is stored.
    """
    catalogue = read_folder(folder, known=_known_refs())
    with change(by=by, reason=reason or "Catalogue files loaded"):
        editions = [load_edition(file) for file in catalogue.editions.values()]
        ends = _ends(catalogue.crosswalks.values())
        return [*editions, *(_load_crosswalk(file, ends) for file in catalogue.crosswalks.values())]


def _known_refs() -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for edition, ref in Requirement.objects.live().values_list("edition__key", "ref"):
        known.setdefault(edition, set()).add(ref)
    return known


def load_edition(file: EditionFile) -> Loaded:
    """Make one edition what `file` holds, inside a change: the same reference stays the same row."""
    report = Loaded(file.edition["label"], "edition", len(file.requirements))
    framework = _sync_one(Framework, file.framework, report)
    edition = _sync_one(Edition, {**EDITION_BLANKS, **file.edition, "framework_id": framework.pk}, report)
    groups = {group.ref: group for group in edition.groups.all()}
    _sync(RequirementGroup, groups, _group_values(file, edition, groups), report, counted=False)
    rows = {row.ref: row for row in edition.requirements.all()}
    wanted = _requirement_values(file, edition, groups, rows)
    _sync(Requirement, rows, wanted, report)
    _retire(Requirement, [row for ref, row in rows.items() if ref not in wanted], report)
    return report


def _group_values(
    file: EditionFile, edition: Edition, groups: Mapping[str, RequirementGroup]
) -> dict[str, dict[str, Any]]:
    places = _places(file.groups, groups)
    return {
        row["ref"]: {**GROUP_BLANKS, **row, "edition_id": edition.pk, "position": places[row["ref"]]}
        for row in file.groups
    }


def _requirement_values(
    file: EditionFile, edition: Edition, groups: Mapping[str, RequirementGroup], rows: Mapping[str, Requirement]
) -> dict[str, dict[str, Any]]:
    """Field values by reference; new rows get their key here, so that children can name a parent not stored yet."""
    ids = {row["ref"]: rows[row["ref"]].pk if row["ref"] in rows else uuid.uuid4() for row in file.requirements}
    places = _places(file.requirements, rows)
    wanted = {}
    for row in file.requirements:
        ref = row["ref"]
        values = {**REQUIREMENT_BLANKS, **row, "id": ids[ref], "edition_id": edition.pk, "position": places[ref]}
        values["group_id"] = groups[values.pop("group")].pk
        values["parent_id"] = ids.get(values.pop("parent", None))
        wanted[ref] = values
    return wanted


def _places(wanted: Iterable[Row], rows: Mapping[str, Requirement] | Mapping[str, RequirementGroup]) -> dict[str, int]:
    """Where each row stands: as before where the order allows it, so that one new row does not change all others."""
    places: dict[str, int] = {}
    last, step = 0, 1 if rows else 10
    for row in wanted:
        known = rows.get(row["ref"])
        last = max(known.position, last + 1) if known else last + step
        places[row["ref"]] = last
    return places


def _ends(files: Iterable[CrosswalkFile]) -> dict[str, uuid.UUID]:
    """The key of every requirement of the editions the files name, by `edition:reference`."""
    named = {end.split(":", 1)[0] for file in files for row in file.mappings for end in (row["from"], row["to"])}
    found = Requirement.objects.filter(edition__key__in=named).values_list("edition__key", "ref", "pk")
    return {f"{edition}:{ref}": pk for edition, ref, pk in found}


def _load_crosswalk(file: CrosswalkFile, ends: Mapping[str, uuid.UUID]) -> Loaded:
    report = Loaded(file.crosswalk["title"], "crosswalk", len(file.mappings))
    crosswalk = _sync_one(Crosswalk, {"note": "", **file.crosswalk}, report)
    pairs = {(pair.from_requirement_id, pair.to_requirement_id): pair for pair in crosswalk.mappings.all()}
    wanted = {}
    for row in file.mappings:
        values = {**PAIR_BLANKS, **row, "crosswalk_id": crosswalk.pk}
        values["from_requirement_id"], values["to_requirement_id"] = ends[values.pop("from")], ends[values.pop("to")]
        wanted[(values["from_requirement_id"], values["to_requirement_id"])] = values
    _sync(Pair, pairs, wanted, report)
    _retire(Pair, [pair for ends_, pair in pairs.items() if ends_ not in wanted], report)
    return report


def _sync_one(model: type[K], values: Mapping[str, Any], report: Loaded) -> K:
    rows = {row.key: row for row in model.objects.filter(key=values["key"])}
    _sync(model, rows, {values["key"]: dict(values)}, report, counted=False)
    return rows[values["key"]]


def _sync(
    model: type[T],
    rows: dict[Any, T],
    wanted: Mapping[Any, dict[str, Any]],
    report: Loaded,
    *,
    counted: bool = True,
) -> None:
    """Create what is missing, write what differs; `rows` holds all of them afterwards."""
    new = {key: model(**values) for key, values in wanted.items() if key not in rows}
    changed, fields = [], set()
    for key, values in wanted.items():
        differing = {name for name, value in values.items() if key in rows and getattr(rows[key], name) != value}
        for name in differing:
            setattr(rows[key], name, values[name])
        if differing:
            changed.append(rows[key])
            fields |= differing
    if new:
        model.objects.bulk_create(new.values())
    if changed:
        model.objects.bulk_update(changed, sorted(fields))
    rows.update(new)
    report.added += len(new) if counted else 0
    report.changed += len(changed)


def _retire(model: type[R], rows: list[R], report: Loaded) -> None:
    leaving = [row for row in rows if row.retired_at is None]
    for row in leaving:
        row.retired_at = timezone.now()
    if leaving:
        model.objects.bulk_update(leaving, ["retired_at"])
    report.retired += len(leaving)
