"""Reading a folder of catalogue files: everything is checked before anything is handed on."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance.ledger import Refused
from controls.services import catalogue_schema as schema
from controls.services.catalogue_schema import Problems, read_row
from controls.services.catalogue_yaml import MAX_BYTES, Row, YamlRefused, read_yaml

SHIPPED = Path(__file__).resolve().parent.parent / "catalogues"
MAX_FILES = 200
SHOWN = 20
RESERVED_KEYS = {"search", "crosswalk"}


class CatalogueRefused(Refused):
    """A catalogue folder with something wrong in it; `problems` names each file, line and row."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        more = len(problems) - SHOWN
        lines = [*problems[:SHOWN], *([f"… and {more} more"] if more > 0 else [])]
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__("\n".join([f"Nothing was loaded: {count} to correct.", *lines]))


@dataclass(frozen=True)
class EditionFile:
    """One edition as its file tells it; every requirement carries source, provenance, confidence and wording."""

    file: str
    framework: Row
    edition: Row
    groups: list[Row]
    requirements: list[Row]

    @property
    def refs(self) -> set[str]:
        return {row["ref"] for row in self.requirements}


@dataclass(frozen=True)
class CrosswalkFile:
    """One set of pairs as its file tells it; every pair carries source, provenance and confidence."""

    file: str
    crosswalk: Row
    mappings: list[Row]


@dataclass
class Catalogue:
    """What a folder holds."""

    editions: dict[str, EditionFile] = field(default_factory=dict)
    crosswalks: dict[str, CrosswalkFile] = field(default_factory=dict)


def read_folder(folder: Path, *, known: Mapping[str, Container[str]] | None = None) -> Catalogue:
    """The checked content of a folder and its `mappings`; raise CatalogueRefused naming all that is wrong.

    `known` are the references of editions already loaded, by edition key: pairs may point to those too.
    """
    problems, catalogue = Problems(), Catalogue()
    for path in _files(folder, problems):
        file = path.relative_to(folder).as_posix()
        content = _read(path, file, problems)
        if content is None:
            continue
        if "crosswalk" in content:
            _take_crosswalk(file, content, catalogue, problems)
        else:
            _take_edition(file, content, catalogue, problems)
    refs: dict[str, Container[str]] = {**(known or {}), **{key: one.refs for key, one in catalogue.editions.items()}}
    for crosswalk in catalogue.crosswalks.values():
        _check_pairs(crosswalk, refs, problems)
    if problems.found:
        raise CatalogueRefused(problems.found)
    return catalogue


def _files(folder: Path, problems: Problems) -> list[Path]:
    files = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("mappings/*.yaml"))] if folder.is_dir() else []
    if not files:
        problems.found.append(f"{folder} holds no catalogue file (*.yaml, mappings/*.yaml)")
    if len(files) > MAX_FILES:
        problems.found.append(f"{folder} holds {len(files)} files; {MAX_FILES} are allowed")
        return []
    return files


def _read(path: Path, file: str, problems: Problems) -> Row | None:
    try:
        with path.open("rb") as stream:
            return read_yaml(stream.read(MAX_BYTES + 1))
    except YamlRefused as error:
        problems.found.append(f"{file}, {error}")
    except OSError as error:
        problems.found.append(f"{file}: cannot be read ({error.strerror})")
    return None


def _take_edition(file: str, content: Row, catalogue: Catalogue, problems: Problems) -> None:
    top = read_row(content, schema.EDITION_FILE, file, problems, what="catalogue file")
    if top is None:
        return
    framework = read_row(top["framework"], schema.FRAMEWORK, file, problems, what="framework")
    edition = read_row(top["edition"], schema.EDITION, file, problems, what="edition")
    defaults = read_row(top["defaults"], schema.EDITION_DEFAULTS, file, problems, what="defaults")
    groups = _rows(top["groups"], schema.GROUP, file, problems, "group")
    requirements = _rows(top["requirements"], schema.REQUIREMENT, file, problems, "requirement")
    if framework is None or edition is None or defaults is None or groups is None or requirements is None:
        return
    _check_key(edition, catalogue.editions, file, problems)
    _check_framework(framework, catalogue, file, problems)
    _inherit(requirements, defaults)
    _check_tree(groups, requirements, file, problems)
    _check_counts(top["counts"], groups, requirements, file, problems)
    about = {name: top[name] for name in ("licence", "rule", "notes") if name in top}
    edition.update({**about, **{name: defaults[name] for name in ("source", "provenance", "confidence")}})
    catalogue.editions[edition["key"]] = EditionFile(file, framework, edition, groups, requirements)


def _take_crosswalk(file: str, content: Row, catalogue: Catalogue, problems: Problems) -> None:
    top = read_row(content, schema.CROSSWALK_FILE, file, problems, what="crosswalk file")
    if top is None:
        return
    crosswalk = read_row(top["crosswalk"], schema.CROSSWALK, file, problems, what="crosswalk")
    defaults = read_row(top["defaults"], schema.CROSSWALK_DEFAULTS, file, problems, what="defaults")
    mappings = _rows(top["mappings"], schema.MAPPING, file, problems, "mapping")
    if crosswalk is None or defaults is None or mappings is None:
        return
    _check_key(crosswalk, catalogue.crosswalks, file, problems)
    _inherit(mappings, defaults)
    if len(mappings) != top["pairs"]:
        problems.add(file, top, f"pairs says {top['pairs']}, the file has {len(mappings)}", crosswalk["key"])
    crosswalk.update({**defaults, "licence": top["licence"]})
    catalogue.crosswalks[crosswalk["key"]] = CrosswalkFile(file, crosswalk, mappings)


def _rows(values: Any, fields: Mapping[str, Any], file: str, problems: Problems, what: str) -> list[Row] | None:
    """The rows of a list, or None when one of them has a problem."""
    if not isinstance(values, list) or not values:
        problems.found.append(f"{file}: {what}s must be a list with at least one row")
        return None
    rows = [read_row(value, fields, file, problems, what=what) for value in values]
    good = [row for row in rows if row is not None]
    return good if len(good) == len(rows) else None


def _inherit(rows: list[Row], defaults: Row) -> None:
    for row in rows:
        for name, value in defaults.items():
            row.setdefault(name, value)


def _check_key(row: Row, taken: Mapping[str, EditionFile | CrosswalkFile], file: str, problems: Problems) -> None:
    key = row["key"]
    if key in taken:
        problems.add(file, row, f"the key {key!r} is also in {taken[key].file}")
    if key in RESERVED_KEYS:
        problems.add(file, row, f"the key {key!r} is reserved for a page")


def _check_framework(framework: Row, catalogue: Catalogue, file: str, problems: Problems) -> None:
    for other in catalogue.editions.values():
        if other.framework["key"] == framework["key"] and other.framework != framework:
            problems.add(file, framework, f"differs from the same framework in {other.file}", framework["key"])


def _check_tree(groups: list[Row], requirements: list[Row], file: str, problems: Problems) -> None:
    group_refs = _once(groups, file, problems, "group")
    refs = _once(requirements, file, problems, "requirement")
    order = {ref: place for place, ref in enumerate(refs)}
    for row in requirements:
        if row["group"] not in group_refs:
            problems.add(file, row, f"group {row['group']!r} is not among the groups of this file", row["ref"])
        parent = row.get("parent")
        if parent is not None and parent not in refs:
            problems.add(file, row, f"parent {parent!r} is not a requirement of this file", row["ref"])
        elif parent is not None and order[parent] >= order[row["ref"]]:
            problems.add(file, row, f"parent {parent!r} must stand above its item", row["ref"])


def _once(rows: list[Row], file: str, problems: Problems, what: str) -> dict[str, int]:
    """Where each reference stands; a second one is a problem."""
    seen: dict[str, int] = {}
    for row in rows:
        if row["ref"] in seen:
            problems.add(file, row, f"this {what} stands twice, first on line {seen[row['ref']]}", row["ref"])
        else:
            seen[row["ref"]] = row.line
    return seen


def _check_counts(counts: Any, groups: list[Row], requirements: list[Row], file: str, problems: Problems) -> None:
    parts = {row["ref"]: row.get("part", "") for row in groups}
    for wanted in _rows(counts, schema.COUNT, file, problems, "count") or []:
        where = {name: value for name, value in wanted.items() if name != "rows"}
        found = sum(
            all(
                (parts.get(row["group"]) if name == "part" else row.get(name)) == value for name, value in where.items()
            )
            for row in requirements
        )
        if found != wanted["rows"]:
            words = ", ".join(f"{name} is {value}" for name, value in where.items()) or "all"
            problems.add(file, wanted, f"counts says {wanted['rows']} requirements ({words}), the file has {found}")


def _check_pairs(crosswalk: CrosswalkFile, refs: Mapping[str, Container[str]], problems: Problems) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in crosswalk.mappings:
        pair, name = (row["from"], row["to"]), f"{row['from']} to {row['to']}"
        for end in pair:
            edition, ref = end.split(":", 1)
            if edition not in refs:
                problems.add(crosswalk.file, row, f"unknown edition {edition!r}", name)
            elif ref not in refs[edition]:
                problems.add(crosswalk.file, row, f"unknown reference {ref!r} in {edition}", name)
        if pair in seen:
            problems.add(crosswalk.file, row, f"this pair stands twice, first on line {seen[pair]}", name)
        seen.setdefault(pair, row.line)
        if row["from"] == row["to"]:
            problems.add(crosswalk.file, row, "a requirement is paired with itself", name)
