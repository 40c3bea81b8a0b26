"""What contracts and suppliers are held against: dated lists under data/, read once (GDPR Art. 28; EDPB 01/2020)."""

import calendar
import json
from dataclasses import dataclass
from datetime import date
from functools import cache

from dataflows.vocabulary import DATA, Choices


@dataclass(frozen=True)
class Clause:
    """One row of the checklist: what is asked, and what makes an answer concrete.

    `must` when GDPR Art. 28(3) lets no contract do without it.
    """

    number: int
    code: str
    title: str
    article: str
    question: str
    concrete: str
    must: bool


@dataclass(frozen=True)
class Interval:
    """How often parties of a tier are reviewed, in months, and what is looked at."""

    tier: int
    months: int
    asks: str


def _file(name: str) -> dict[str, object]:
    return dict(json.loads((DATA / name).read_text(encoding="utf-8")))


@cache
def _read(name: str) -> tuple[dict[str, str], list[dict[str, object]]]:
    found = _file(name)
    rows = found.pop("rows")
    return {key: str(value) for key, value in found.items()}, list(rows)  # type: ignore[call-overload]


@cache
def checklist() -> dict[str, Clause]:
    _, rows = _read("contract_checklist.json")
    return {str(row["code"]): Clause(number, **row) for number, row in enumerate(rows, 1)}  # type: ignore[arg-type]


def checklist_edition() -> str:
    return _read("contract_checklist.json")[0]["edition"]


def checklist_source() -> str:
    return _read("contract_checklist.json")[0]["source"]


@cache
def intervals() -> dict[int, Interval]:
    _, rows = _read("review_intervals.json")
    return {row["tier"]: Interval(**row) for row in rows}  # type: ignore[arg-type]


@cache
def supplementary_measures() -> dict[str, str]:
    _, rows = _read("supplementary_measures.json")
    return {str(row["code"]): str(row["label"]) for row in rows}


def row_choices() -> Choices:
    return [(row.code, f"{row.number} {row.title}") for row in checklist().values()]


def measure_choices() -> Choices:
    return list(supplementary_measures().items())


def measure_labels(codes: list[str]) -> list[str]:
    """Supplementary measures in words, in the order of the list."""
    return [label for code, label in supplementary_measures().items() if code in codes]


def next_review(held: date, tier: int | None) -> date:
    """When a party of a tier is to be reviewed again; one without a tier as often as the strictest."""
    months = held.month - 1 + (intervals().get(tier or 1) or intervals()[1]).months
    year, month = held.year + months // 12, months % 12 + 1
    return date(year, month, min(held.day, calendar.monthrange(year, month)[1]))
