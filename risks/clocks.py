"""Regulatory periods as data: which stages a law has, when each ends, and why then, in words.

`data/clocks.yaml` holds them with an edition; a clock that runs keeps the edition it was started by. Pure functions of
what they are given: the moments of events, a zone and the holidays of the seat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from compliance.periods import Holiday, Length, Unit, end_of, months_later, never
from compliance.ui.templatetags.ui import day, moment

EVENTS = {
    "aware": "we were aware of it",
    "suspected": "it was suspected",
    "discovered": "it was discovered",
    "classified": "it was classified as major",
    "fixed": "a corrective measure was available",
    "received": "the authority received the request",
    "year_end": "the calendar year ended",
}


@dataclass(frozen=True)
class Stage:
    """One duty with its period. It runs from the event `starts`, or from the submission of the stage `after`."""

    key: str
    law: str
    regime: str
    article: str
    on: str
    must: str
    to: str
    length: Length
    starts: str = ""
    after: str = ""
    limit: tuple[str, Length] | None = None
    adjustable: bool = False
    confidence: str = ""

    @property
    def title(self) -> str:
        return f"{self.law} {self.article}"


@dataclass(frozen=True)
class Regime:
    """The stages of one law in one situation; `when` says which."""

    key: str
    law: str
    when: str
    stages: tuple[Stage, ...]


@cache
def _read() -> Any:
    return yaml.safe_load((Path(__file__).parent / "data" / "clocks.yaml").read_text(encoding="utf-8"))


def edition() -> str:
    """Of the list in force, as clocks keep it."""
    return str(_read()["edition"])


@cache
def regimes() -> dict[str, Regime]:
    """All situations by key."""
    found = {}
    for row in _read()["regimes"]:
        stages = tuple(_stage(row, stage) for stage in row["stages"])
        found[row["key"]] = Regime(row["key"], row["law"], row["when"], stages)
    return found


@cache
def stages() -> dict[str, Stage]:
    """All stages by key."""
    return {stage.key: stage for regime in regimes().values() for stage in regime.stages}


def _stage(regime: Mapping[str, Any], row: Mapping[str, Any]) -> Stage:
    limit = row.get("limit")
    return Stage(
        key=row["key"],
        law=regime["law"],
        regime=regime["key"],
        article=row["article"],
        on=row["for"],
        must=row["must"],
        to=row["to"],
        length=_length(row),
        starts=row.get("starts", ""),
        after=row.get("after", ""),
        limit=(limit["starts"], _length(limit)) if limit else None,
        adjustable=row.get("adjustable", False),
        confidence=row["confidence"],
    )


def _length(row: Mapping[str, Any]) -> Length:
    return Length(row.get("number", 0), Unit(row["unit"]), row.get("rolls", False))


@dataclass(frozen=True)
class Seat:
    """Where the days of a period end: time zone and holidays of the organisation's seat."""

    zone: ZoneInfo
    holiday: Holiday = never


@dataclass(frozen=True)
class Deadline:
    """When a stage ends (None: without undue delay), what it runs from, and how it was counted."""

    began: datetime
    due: datetime | None
    why: str


def deadline(
    stage: Stage,
    moments: Mapping[str, datetime],
    seat: Seat,
    *,
    length: Length | None = None,
    held: timedelta = timedelta(),
) -> Deadline | None:
    """The end of a stage from the moments of events and submissions by their key; None until its event happened.

    `length` is what a contract says instead; `held` how long the period stood still.
    """
    began = moments.get(stage.after or stage.starts)
    if began is None:
        return None
    counted = length or stage.length
    due = end_of(began, counted, seat.zone, seat.holiday, held)
    why = explain(counted, began, due, seat, held)
    if stage.limit and due and (first := moments.get(stage.limit[0])):
        latest = end_of(first, stage.limit[1], seat.zone, seat.holiday)
        if latest and latest < due:
            due, why = latest, f"{why} But {stage.limit[1]} after {EVENTS[stage.limit[0]]} end earlier."
    return Deadline(began, due, why)


def explain(length: Length, began: datetime, due: datetime | None, seat: Seat, held: timedelta = timedelta()) -> str:
    """How the end was found, in a sentence or two."""
    if due is None:
        return f"From {moment(began)}: no number of hours, but without undue delay; every hour needs its reason."
    stood = f" It stood still for {held.days} days." if held else ""
    if length.unit is Unit.HOURS:
        return f"{length} from {moment(began)}, through nights, weekends and holidays.{stood}"
    first, last = began.astimezone(seat.zone).date(), due.astimezone(seat.zone).date()
    said = f"{length} after {day(first)}, a day not counted itself, to the end of {day(last)} ({seat.zone.key}).{stood}"
    if length.unit is Unit.MONTHS and months_later(first, length.number).day != first.day:
        said += f" That month has no day {first.day}: its last day counts."
    plain = end_of(began, Length(length.number, length.unit), seat.zone, seat.holiday, held)
    if plain and plain != due:
        skipped = plain.astimezone(seat.zone).date()
        free = ", a holiday" if seat.holiday(skipped) else ""
        said += f" {day(skipped)} is a {skipped:%A}{free}: the next working day ends it."
    return said
