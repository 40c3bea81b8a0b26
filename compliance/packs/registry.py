"""What a pack can hold and what is checked before it is issued; other apps add to both.

An app puts its sections into `pack_sections.py` and its checks into `preflight.py`; both are found by these names.
The README of this app shows how.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from compliance.registry import Registry


class BadPeriod(ValueError):
    """A period that is none; the message is shown to the person."""


@dataclass(frozen=True)
class Period:
    """The days a pack reports on, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadPeriod(
                f"The period ends on {day(self.end)}, before it starts on {day(self.start)}: swap the two days."
            )

    @property
    def since(self) -> datetime:
        """The first moment of the period."""
        return datetime.combine(self.start, time.min, UTC)

    @property
    def until(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.end + timedelta(days=1), time.min, UTC)

    def __str__(self) -> str:
        return f"{day(self.start)} – {day(self.end)}"


def day(value: date) -> str:
    """Write a day as packs do: 22 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


Context = Mapping[str, Any]
SectionSource = Callable[[Any, datetime, Period], Context]


@dataclass(frozen=True)
class Exhibit:
    """A piece of evidence a section cites; its file goes into the ZIP under exhibits/.

    `sha256` names the stored blob; an exhibit without a file (a link, an observation) leaves it empty.
    """

    reference: str
    title: str
    sha256: str = ""
    size: int = 0
    content_type: str = ""
    file_name: str = ""
    collected: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Citation:
    """One line of the cross-reference matrix: this requirement is met by, or spoken of in, this record."""

    requirement: str
    record: str
    title: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a pack: a pure function from (scope, at, period) to the data its template prints."""

    key: str
    title: str
    order: int
    template: str
    source: SectionSource
    types: frozenset[str] = frozenset()
    wide: bool = False
    chunk: str = ""

    def serves(self, pack_type: str) -> bool:
        """Tell whether packs of this type have the section; one that names no types stands in all."""
        return not self.types or pack_type in self.types


class Level(StrEnum):
    """What a finding does to a pack: hold it back, or be printed in it."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True)
class Finding:
    """Something a preflight check found; `url` leads to where it is mended."""

    check: str
    level: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Check:
    """A question asked of the records before a pack is issued."""

    id: str
    level: Level
    source: Callable[[Any, datetime, Period], list[Finding]]


sections: Registry[Section] = Registry("pack section")
checks: Registry[Check] = Registry("preflight check")


def section(
    key: str,
    title: str,
    order: int,
    template: str,
    types: Iterable[str] = (),
    wide: bool = False,
    chunk: str = "",
) -> Callable[[SectionSource], SectionSource]:
    """Register a section.

    The function's context holds plain data only (text, whole numbers, Decimals, days, moments, lists, mappings and the
    dataclasses above): it is hashed, so a model instance or a float is refused. Three keys mean something to the pack:
    `registers` {"risks.csv": rows as mappings} become machine-readable attachments, `exhibits` [Exhibit] come along in
    the ZIP, `citations` [Citation] fill the cross-reference matrix. `wide` sets the section in landscape; `chunk` names
    a list of the context that may grow long: it is rendered 500 items at a time, `first` telling the first time.
    """

    def register(source: SectionSource) -> SectionSource:
        made = Section(key, title, order, template, source, frozenset(types), wide, chunk)
        sections.add(key, made, order=order)
        return source

    return register


def check(id: str, level: str = Level.WARN) -> Callable[[Callable[..., list[Finding]]], Callable[..., list[Finding]]]:
    """Register a preflight check, called with (scope, at, period)."""

    def register(source: Callable[..., list[Finding]]) -> Callable[..., list[Finding]]:
        checks.add(id, Check(id, Level(level), source))
        return source

    return register


def sections_of(pack_type: str) -> list[Section]:
    """The sections of a pack type, in print order."""
    return [item for item in sections if item.serves(pack_type)]


def preflight(scope: Any, at: datetime, period: Period) -> list[Finding]:
    """Ask every check; findings that hold a pack back come first."""
    found = [finding for item in checks for finding in item.source(scope, at, period)]
    return sorted(found, key=lambda finding: (finding.level != Level.BLOCK, finding.check))
