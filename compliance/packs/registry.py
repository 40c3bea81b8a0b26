"""What a pack can hold and what is checked before it is issued; other apps add to both.

An app puts its sections into `pack_sections.py` and its checks into `preflight.py`; both are found by these names.
The README of this app shows how.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from inspect import signature
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
SectionSource = Callable[..., Context | None]


@dataclass(frozen=True)
class Exhibit:
    """A piece of evidence a section cites; its file goes into the ZIP under exhibits/.

    `sha256` names the stored blob; an exhibit without a file (a link, an observation) leaves it empty. A file that is
    `withheld` from the reader is named and hashed, and stays at home.
    """

    reference: str
    title: str
    sha256: str = ""
    size: int = 0
    content_type: str = ""
    file_name: str = ""
    collected: str = ""
    verdict: str = ""
    withheld: bool = False


@dataclass(frozen=True)
class Citation:
    """One line of the cross-reference matrix: this requirement is met by, or spoken of in, this record."""

    requirement: str
    record: str
    title: str = ""


@dataclass(frozen=True)
class Document:
    """A document or record a clause asks for, as it stood; the mandatory documents register collects them."""

    clause: str
    title: str
    reference: str
    version: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    next_review: date | None = None
    status: str = "present"


@dataclass(frozen=True)
class Subject:
    """A release or a control a pack can be about.

    `since` and `until` bound the days whose changes belong to it: only these a pack about it prints.
    """

    reference: str
    title: str
    since: datetime | None = None
    until: datetime | None = None

    def within(self, period: Period) -> Period:
        """The days of a period that belong to it; all of them when none does."""
        start = max(period.start, self.since.date()) if self.since else period.start
        end = min(period.end, self.until.date()) if self.until else period.end
        return Period(start, end) if start <= end else period


@dataclass(frozen=True)
class Section:
    """A part of a pack: a pure function from (scope, at, period) to the data its template prints.

    A source that has an argument `subject` is told the reference of what the pack is about (empty: everything). One
    that answers None has nothing to print and nobody misses it: the section is left out.
    """

    key: str
    title: str
    order: int
    template: str
    source: SectionSource
    types: frozenset[str] = frozenset()
    wide: bool = False
    chunk: str = ""
    private: Mapping[str, str] = field(default_factory=dict, hash=False)

    def ask(self, scope: Any, at: datetime, period: Period, subject: str = "") -> Context | None:
        """Ask the source, with the subject when it wants to know it."""
        if "subject" in signature(self.source).parameters:
            return self.source(scope, at, period, subject=subject)
        return self.source(scope, at, period)

    def serves(self, pack_type: str) -> bool:
        """Tell whether packs of this type have the section; one that names no types stands in all."""
        return not self.types or pack_type in self.types


class Level(StrEnum):
    """What a finding does to a pack: hold it back, or be printed in it."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True)
class Finding:
    """Something a preflight check found; `url` leads to where it is mended, `mend` says what to change there."""

    check: str
    level: str
    text: str
    url: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Check:
    """A question asked of the records before a pack is issued.

    A `live` check looks at the bytes and rows of today: it is printed and holds back, but is no part of the content.
    """

    id: str
    level: Level
    source: Callable[[Any, datetime, Period], list[Finding]]
    live: bool = False


SubjectSource = Callable[[Any, datetime], list[Subject]]
sections: Registry[Section] = Registry("pack section")
checks: Registry[Check] = Registry("preflight check")
subjects: Registry[SubjectSource] = Registry("pack subject")


def section(
    key: str,
    title: str,
    order: int,
    template: str,
    types: Iterable[str] = (),
    wide: bool = False,
    chunk: str = "",
    private: Mapping[str, str] | None = None,
) -> Callable[[SectionSource], SectionSource]:
    """Register a section; its place in the outline is `order` divided by ten.

    The function's context holds plain data only (text, whole numbers, Decimals, days, moments, lists, mappings and the
    dataclasses above): it is hashed, so a model instance or a float is refused. Three keys mean something to the pack:
    `registers` {"risks.csv": rows as mappings} become machine-readable attachments, `exhibits` [Exhibit] come along in
    the ZIP, `citations` [Citation] fill the cross-reference matrix, `documents` [Document] the mandatory documents
    register. `wide` sets the section in landscape; `chunk` names a list of the context that may grow long: it is
    rendered 500 items at a time, `first` telling the first time. `private` names keys of the context that readers
    outside do not see, each with the reason ("internal notes").
    """

    def register(source: SectionSource) -> SectionSource:
        made = Section(key, title, order, template, source, frozenset(types), wide, chunk, private or {})
        sections.add(key, made, order=order)
        return source

    return register


def check(
    id: str, level: str = Level.WARN, *, part: str = "", live: bool = False
) -> Callable[[Callable[..., list[Finding]]], Callable[..., list[Finding]]]:
    """Register a preflight check, called with (scope, at, period); `part` tells apart rooms that ask the same."""

    def register(source: Callable[..., list[Finding]]) -> Callable[..., list[Finding]]:
        checks.add(f"{id}/{part}" if part else id, Check(id, Level(level), source, live))
        return source

    return register


def subject(kind: str) -> Callable[[SubjectSource], SubjectSource]:
    """Register who can name the records of a kind that a pack may be about: a function of (scope, at)."""
    return lambda source: subjects.add(kind, source)


def subjects_of(kind: str, scope: Any, at: datetime) -> list[Subject]:
    """The records of a kind that a pack of the scope may be about."""
    return subjects[kind](scope, at) if kind in subjects else []


def sections_of(pack_type: str) -> list[Section]:
    """The sections that serve a pack type, in print order."""
    return [item for item in sections if item.serves(pack_type)]


def preflight(scope: Any, at: datetime, period: Period) -> list[Finding]:
    """Ask every check; findings that hold a pack back come first."""
    found = [finding for item in checks for finding in item.source(scope, at, period)]
    return sorted(found, key=lambda finding: (finding.level != Level.BLOCK, finding.check))
