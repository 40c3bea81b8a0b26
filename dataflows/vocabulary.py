"""The words a record of processing is written in: dated lists under data/, read once.

Each list says its edition, source and confidence. Codes are stored, labels are shown; a code that is stored is never
taken out of a list.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166 code; `eea` when it belongs to the European Economic Area."""

    code: str
    name: str
    eea: bool


@dataclass(frozen=True)
class Category:
    """A kind of personal data, as store labels and the GDPR know it; `special` is GDPR Art. 9."""

    code: str
    label: str
    group: str
    special: bool
    note: str


@dataclass(frozen=True)
class Subjects:
    """A category of data subjects (GDPR Art. 30(1)(c))."""

    code: str
    label: str
    children: bool


@dataclass(frozen=True)
class Basis:
    """A legal basis of GDPR Art. 6(1), or with `special` a condition of Art. 9(2)."""

    code: str
    article: str
    label: str
    special: bool

    def __str__(self) -> str:
        return f"{self.label}, Art.\N{NO-BREAK SPACE}{self.article}"


@dataclass(frozen=True)
class Mechanism:
    """What a transfer rests on; `assessment` when the law of the destination has to be assessed, `certified` when it
    holds for certified importers only.
    """

    code: str
    article: str
    label: str
    kind: str
    assessment: bool
    certified: bool = False

    def __str__(self) -> str:
        return f"{self.label}, Art.\N{NO-BREAK SPACE}{self.article}"


@dataclass(frozen=True)
class Adequacy:
    """An adequacy decision (GDPR Art. 45) and its days; `certified` when it covers certified importers only."""

    country: str
    territory: str
    scope: str
    certified: bool
    decision: str
    decision_date: date
    expires_date: date | None
    confidence: str
    note: str

    def holds(self, on: date) -> bool:
        return self.decision_date <= on and (self.expires_date is None or on <= self.expires_date)


def _rows(name: str) -> list[dict[str, Any]]:
    return list(json.loads((DATA / name).read_text(encoding="utf-8"))["rows"])


@cache
def countries() -> dict[str, Country]:
    return {row["code"]: Country(**row) for row in _rows("countries.json")}


@cache
def categories() -> dict[str, Category]:
    return {row["code"]: Category(**row) for row in _rows("data_categories.json")}


@cache
def subjects() -> dict[str, Subjects]:
    return {row["code"]: Subjects(**row) for row in _rows("data_subjects.json")}


@cache
def bases() -> dict[str, Basis]:
    return {row["code"]: Basis(**row) for row in _rows("legal_bases.json")}


@cache
def mechanisms() -> dict[str, Mechanism]:
    return {row["code"]: Mechanism(**row) for row in _rows("transfer_mechanisms.json")}


@cache
def adequacy() -> list[Adequacy]:
    return [
        Adequacy(
            **{
                **row,
                "decision_date": date.fromisoformat(row["decision_date"]),
                "expires_date": date.fromisoformat(row["expires_date"]) if row["expires_date"] else None,
            }
        )
        for row in _rows("adequacy.json")
    ]


def adequacy_source() -> dict[str, str]:
    """Edition, source and confidence of the list of adequacy decisions."""
    told = json.loads((DATA / "adequacy.json").read_text(encoding="utf-8"))
    return {name: str(told[name]) for name in ("edition", "source", "confidence")}


def adequate(country: str, on: date) -> Adequacy | None:
    """The adequacy decision that holds for a country on a day, if there is one."""
    return next((row for row in adequacy() if row.country == country and row.holds(on)), None)


def is_certified_only(country: str) -> bool:
    """Whether the adequacy decisions for a country cover certified importers only."""
    found = [row.certified for row in adequacy() if row.country == country]
    return bool(found) and all(found)


def in_eea(country: str) -> bool:
    """Whether the country belongs to the European Economic Area; an unknown one does not."""
    known = countries().get(country)
    return known is not None and known.eea


def country_name(code: str) -> str:
    known = countries().get(code)
    return known.name if known else code


def country_choices() -> Choices:
    return sorted(((row.code, row.name) for row in countries().values()), key=lambda choice: choice[1])


def category_choices() -> list[tuple[str, Choices]]:
    """Categories under their groups."""
    groups: dict[str, Choices] = {}
    for row in categories().values():
        groups.setdefault(row.group, []).append((row.code, row.label))
    return list(groups.items())


def subject_choices() -> Choices:
    return [(row.code, row.label) for row in subjects().values()]


def basis_choices() -> Choices:
    return [(row.code, str(row)) for row in bases().values() if not row.special]


def condition_choices() -> Choices:
    return [(row.code, str(row)) for row in bases().values() if row.special]


def mechanism_choices() -> Choices:
    return [(row.code, str(row)) for row in mechanisms().values()]


def subject_labels(codes: Iterable[str]) -> list[str]:
    """Categories of data subjects in words, in the order of the list."""
    asked = set(codes)
    return [row.label for row in subjects().values() if row.code in asked]


def is_minor(codes: Iterable[str]) -> bool:
    """Whether children are among the data subjects."""
    return any(subjects()[code].children for code in codes if code in subjects())
