"""Cells that hold several lines: purposes with what they rest on, data with its time limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dataflows import vocabulary
from dataflows.models import ActivityPurpose, DataItem, InterestAssessment, ProcessingActivity, RetentionRule
from dataflows.services.purposes import Purpose

BAR = "|"
PARTS = 7
LONGEST = {"text": 250, "law": 160, "limit": 160}


class BadLine(ValueError):
    """A line that cannot be read; the message says which and how to mend it."""


@dataclass(frozen=True)
class Known:
    """What lines may name, by lower-case name or reference."""

    items: dict[str, DataItem]
    rules: dict[str, RetentionRule]
    assessments: dict[str, InterestAssessment]


def purposes_out(record: ProcessingActivity) -> str:
    """A line each: purpose | people | basis | condition | law | device | assessment; empty ends are left out."""
    return "\n".join(_line(_parts(row)) for row in record.purpose_rows)


def _parts(row: ActivityPurpose) -> list[str]:
    law = row.law or (f"Art. 10: {row.article10_law}" if row.article10_law else "")
    balancing = row.balancing.reference if row.balancing else ""
    return [row.text, row.subject, row.legal_basis, row.article9_condition, law, row.eprivacy, balancing]


def _line(parts: list[str]) -> str:
    said = [" ".join(part.replace(BAR, "/").split()) for part in parts]
    while len(said) > 1 and not said[-1]:
        said.pop()
    return f" {BAR} ".join(said)


def purposes_in(text: str, known: Known) -> list[Purpose]:
    """The purposes a cell names. Raises BadLine."""
    return [_purpose(number, parts, known) for number, parts in _split(text, PARTS)]


def _purpose(number: int, parts: list[str], known: Known) -> Purpose:
    text, subject, basis, condition, law, device, balancing = parts
    _within(number, text, "text")
    _within(number, law, "law")
    codes = {row.code for row in vocabulary.bases().values() if not row.special}
    conditions = {row.code for row in vocabulary.bases().values() if row.special}
    offences = law.startswith("Art. 10: ")
    found = _named(number, balancing, known.assessments, "assessment")
    if found and basis != "legitimate_interests":
        raise BadLine(f"Line {number}: an assessment belongs to the basis legitimate_interests.")
    return Purpose(
        text,
        _one_of(number, subject, set(vocabulary.subjects()), "people"),
        _one_of(number, basis, codes, "legal basis"),
        "" if offences else law,
        _one_of(number, condition, conditions, "condition"),
        law.removeprefix("Art. 10: ") if offences else "",
        _one_of(number, device, set(ActivityPurpose.Device.values), "device"),
        found,
    )


def limits_out(record: ProcessingActivity) -> str:
    """A line each: data | rule or limit in words."""
    return "\n".join(
        _line([link.item.name, link.rule.reference if link.rule else link.retention]) for link in record.data_rows
    )


def limits_in(text: str, known: Known) -> dict[DataItem, str | RetentionRule]:
    """The data a cell names, each with its time limit. Raises BadLine."""
    found: dict[DataItem, str | RetentionRule] = {}
    for number, (name, limit) in _split(text, 2):
        item = _named(number, name, known.items, "data")
        if item is None or item in found:
            raise BadLine(f"Line {number}: name one kind of data, each once.")
        _within(number, limit, "limit")
        found[item] = known.rules.get(limit.casefold()) or limit
    return found


def _split(text: str, most: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(BAR)]
        if len(parts) > most:
            raise BadLine(f"Line {number}: {len(parts)} parts between bars, at most {most} are known.")
        yield number, parts + [""] * (most - len(parts))


def _within(number: int, text: str, what: str) -> None:
    if len(text) > LONGEST[what]:
        raise BadLine(f"Line {number}: the {what} is longer than {LONGEST[what]} characters.")


def _one_of(number: int, code: str, known: set[str], what: str) -> str:
    if code and code not in known:
        raise BadLine(f"Line {number}: {what} “{code[:40]}” is not known: use {', '.join(sorted(known))}.")
    return code


def _named(number: int, name: str, known: dict[str, Any], what: str) -> Any:
    if name and name.casefold() not in known:
        raise BadLine(f"Line {number}: there is no {what} “{name[:40]}”.")
    return known.get(name.casefold()) if name else None
