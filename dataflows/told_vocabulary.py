"""The lists notices, consents and store labels are written in: dated data, each row with its note.

`store_categories.json` joins five vocabularies: ours, Apple's privacy manifest and label, Google's form and the GDPR.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from dataflows.vocabulary import DATA, Choices, country_name


@dataclass(frozen=True)
class StoreCategory:
    """What the stores call one of our categories; `…_or` are types that may stand in its place, a judgement."""

    code: str
    apple_manifest: tuple[str, ...]
    app_store: tuple[str, ...]
    app_store_or: tuple[str, ...]
    play: tuple[str, ...]
    play_or: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class StorePurpose:
    """Why data is collected, in our words and as the stores call it."""

    code: str
    label: str
    play: str
    app_store: str
    note: str


@dataclass(frozen=True)
class ChecklistRow:
    """What a notice has to say (GDPR Art. 12 to 14); `when` is 13, 14, both, or app for what apps need beside it."""

    code: str
    article: str
    when: str
    label: str
    proposal: str
    may_not_apply: bool
    note: str

    @property
    def clause(self) -> str:
        return f"GDPR Art.\N{NO-BREAK SPACE}{self.article}"


@dataclass(frozen=True)
class ConsentAge:
    """From which age a child consents by itself in a country (GDPR Art. 8(1)), and the days that holds."""

    country: str
    age: int
    since: date
    until: date | None
    source: str
    confidence: str
    note: str

    @property
    def name(self) -> str:
        return country_name(self.country)

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


def _file(name: str) -> dict[str, Any]:
    return dict(json.loads((DATA / name).read_text(encoding="utf-8")))


@cache
def edition(name: str) -> tuple[str, str, str]:
    """Edition, source and confidence of a list."""
    read = _file(name)
    return read["edition"], read["source"], read["confidence"]


@cache
def store_categories() -> dict[str, StoreCategory]:
    rows = _file("store_categories.json")["rows"]
    found = {}
    for row in rows:
        types = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
        found[row["code"]] = StoreCategory(**{**row, **types})
    return found


@cache
def store_purposes() -> dict[str, StorePurpose]:
    return {row["code"]: StorePurpose(**row) for row in _file("store_purposes.json")["rows"]}


def store_purpose_choices() -> Choices:
    return [(row.code, row.label) for row in store_purposes().values()]


@cache
def checklist() -> tuple[ChecklistRow, ...]:
    return tuple(ChecklistRow(**row) for row in _file("notice_checklist.json")["rows"])


def checklist_for(article: str) -> list[ChecklistRow]:
    """The rows a notice has to answer: `article` is 13, 14 or both."""
    wanted = {"13": {"13", "both", "app"}, "14": {"14", "both", "app"}, "both": {"13", "14", "both", "app"}}[article]
    return [row for row in checklist() if row.when in wanted]


@cache
def consent_ages() -> tuple[ConsentAge, ...]:
    return tuple(
        ConsentAge(
            **{
                **row,
                "since": date.fromisoformat(row["since"]),
                "until": date.fromisoformat(row["until"]) if row["until"] else None,
            }
        )
        for row in _file("consent_ages.json")["rows"]
    )


def ages_in(countries: list[str], on: date) -> list[ConsentAge]:
    """The ages that hold in these countries on a day, in the order of their names; in all when none is named."""
    rows = [row for row in consent_ages() if row.holds(on) and (not countries or row.country in countries)]
    return sorted(rows, key=lambda row: row.name)
