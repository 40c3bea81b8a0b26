"""What may stand in a catalogue file: the fields of each kind of row, and messages that name file, line and row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices

from controls.models import (
    Confidence,
    EditionStatus,
    Level,
    Obligation,
    PiiRole,
    Platform,
    Provenance,
    Relation,
    Relevance,
    Wording,
)
from controls.models.catalogue import FACT_LABELS
from controls.services.catalogue_yaml import Row

Check = Callable[[Any], Any]
KEY = re.compile(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*")
REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:()/ _-]*")
PUBLISHED = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass
class Problems:
    """What is wrong, collected, so that one run of the validator shows all of it."""

    found: list[str] = field(default_factory=list)

    def add(self, file: str, row: Row | int, what: str, name: str = "") -> None:
        line = row.line if isinstance(row, Row) else row
        self.found.append(f"{file}, line {line}{f', {name}' if name else ''}: {what}")


def text(limit: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be text")
        if len(value) > limit:
            raise ValueError(f"has {len(value)} characters; {limit} are allowed")
        return value

    return check


def shaped(pattern: re.Pattern[str], limit: int, words: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit or not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {words} of at most {limit} characters")
        return value

    return check


def choice(choices: type[TextChoices]) -> Check:
    def check(value: Any) -> str:
        if value not in choices.values:
            raise ValueError(f"{value!r} is not one of {', '.join(choices.values)}")
        return str(value)

    return check


def flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"{value!r} is neither true nor false")
    return bool(value == "true")


def number(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,6}", value):
        raise ValueError(f"{value!r} is not a number")
    return int(value)


def texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    return [text(500)(item) for item in value]


def named_texts(names: Mapping[str, str] | None = None) -> Check:
    """A mapping of short texts; with `names`, of those names only."""

    def check(value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValueError("must be a mapping")
        for name in value:
            if names is not None and name not in names:
                raise ValueError(f"{name!r} is not one of {', '.join(names)}")
        return {text(60)(name): text(300)(item) for name, item in value.items()}

    return check


def link(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("https://") or len(value) > 200:
        raise ValueError(f"{value!r} is not an https address")
    return value


def published(value: Any) -> str:
    refusal = ValueError(f"{value!r} is not a year, month or day (2022, 2022-10, 2022-10-25)")
    found = PUBLISHED.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise refusal
    try:
        date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        raise refusal from None
    return found[0]


def one(value: Any) -> int:
    if value != "1":
        raise ValueError(f"{value!r} is a format this version does not read; it reads 1")
    return 1


def anything(value: Any) -> Any:
    return value


_KEY = shaped(KEY, 60, "a key (lower-case letters, digits, dashes)")
_REF = shaped(REF, 60, "a reference (letters, digits, . : ( ) / _ - and spaces)")
_PAIR_END = shaped(re.compile(rf"{KEY.pattern}:{REF.pattern}"), 121, "edition:reference")
_SOURCED = {"source": text(200), "provenance": choice(Provenance), "confidence": choice(Confidence)}

EDITION_FILE: dict[str, Check] = {
    "format": one,
    "framework": anything,
    "edition": anything,
    "licence": text(1000),
    "rule": text(500),
    "notes?": texts,
    "defaults": anything,
    "counts": anything,
    "groups": anything,
    "requirements": anything,
}
FRAMEWORK: dict[str, Check] = {"key": _KEY, "name": text(100), "publisher": text(100), "subject": text(200)}
EDITION: dict[str, Check] = {
    "key": _KEY,
    "label": text(60),
    "title": text(255),
    "published": published,
    "status": choice(EditionStatus),
    "position?": number,
}
EDITION_DEFAULTS: dict[str, Check] = {**_SOURCED, "wording": choice(Wording)}
GROUP: dict[str, Check] = {"ref": _REF, "title": text(170), "part?": text(60)}
REQUIREMENT: dict[str, Check] = {
    "ref": _REF,
    "title": text(170),
    "group": text(60),
    "level": choice(Level),
    "assessable": flag,
    "parent?": text(60),
    "pii_role?": choice(PiiRole),
    "platform?": choice(Platform),
    "relevance?": choice(Relevance),
    "obligation?": choice(Obligation),
    "documented?": flag,
    "summary?": text(300),
    "url?": link,
    "corresponds?": named_texts(),
    "facts?": named_texts(FACT_LABELS),
    **{f"{name}?": check for name, check in EDITION_DEFAULTS.items()},
}
COUNT: dict[str, Check] = {
    "rows": number,
    "group?": text(60),
    "part?": text(60),
    "level?": choice(Level),
    "assessable?": flag,
    "pii_role?": choice(PiiRole),
    "platform?": choice(Platform),
    "obligation?": choice(Obligation),
}
CROSSWALK_FILE: dict[str, Check] = {
    "format": one,
    "crosswalk": anything,
    "licence": text(1000),
    "defaults": anything,
    "pairs": number,
    "mappings": anything,
}
CROSSWALK: dict[str, Check] = {
    "key": shaped(KEY, 80, "a key (lower-case letters, digits, dashes)"),
    "title": text(170),
    "note?": text(1000),
}
CROSSWALK_DEFAULTS: dict[str, Check] = _SOURCED
MAPPING: dict[str, Check] = {
    "from": _PAIR_END,
    "to": _PAIR_END,
    "relation": choice(Relation),
    "disputed?": flag,
    "note?": text(200),
    **{f"{name}?": check for name, check in _SOURCED.items()},
}


def read_row(value: Any, fields: Mapping[str, Check], file: str, problems: Problems, *, what: str) -> Row | None:
    """`value` with every field checked and converted; None (and a message) when it cannot be used.

    A field whose name ends in ? may be absent.
    """
    if not isinstance(value, Row):
        problems.add(file, 1, f"{what} must be a mapping of fields")
        return None
    name = str(value.get("ref") or value.get("key") or value.get("from") or "")
    known = {field.rstrip("?"): check for field, check in fields.items()}
    before = len(problems.found)
    for field_name in fields:
        if not field_name.endswith("?") and value.get(field_name, "") == "":
            problems.add(file, value, f"the field {field_name!r} is missing from this {what}", name)
    result = Row(value.line)
    for field_name, item in value.items():
        if field_name not in known:
            problems.add(file, value, f"{what} has no field {field_name!r}", name)
        elif item != "":
            _convert(result, field_name, item, known[field_name], file, problems, name)
    return result if len(problems.found) == before else None


def _convert(result: Row, field_name: str, item: Any, check: Check, file: str, problems: Problems, name: str) -> None:
    try:
        result[field_name] = check(item)
    except ValueError as error:
        problems.add(file, result, f"{field_name}: {error}", name)
