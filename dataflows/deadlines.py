"""When a request of a data subject has to be answered, and why then, in words (GDPR Art. 12(3), 12(6)).

`data/request_clocks.json` holds the periods by edition; a request keeps the edition it came under. The arithmetic
is that of `compliance.periods`; time is always an argument.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from compliance.periods import Holiday, Length, Unit, end_of, holidays_of, months_later, zone_of
from compliance.ui.templatetags.ui import day, moment
from dataflows.vocabulary import DATA


@dataclass(frozen=True)
class Rules:
    """The periods of one edition."""

    edition: str
    answer_months: int
    extension_months: int
    prompt_days: int
    confidence: str


@dataclass(frozen=True)
class Deadline:
    """The last moment to answer, and how it was found."""

    due: datetime
    why: str


@cache
def editions() -> dict[str, Rules]:
    """All editions by name, the oldest first."""
    rows = json.loads((DATA / "request_clocks.json").read_text(encoding="utf-8"))["rows"]
    return {row["edition"]: Rules(**row) for row in rows}


def rules(edition: str = "") -> Rules:
    """Those of an edition; without one those in force."""
    known = editions()
    return known.get(edition) or list(known.values())[-1]


def is_prompt(received: datetime, asked: datetime, edition: str = "") -> bool:
    """Whether what confirms an identity was asked for so soon that the period begins with the answer."""
    return asked - received <= timedelta(days=rules(edition).prompt_days)


def deadline(
    *, began: datetime, country: str, edition: str = "", extended: bool = False, restarted: bool = False
) -> Deadline:
    """The end of the month, or of the three an extension makes, at the seat of the organisation."""
    law, zone, holiday = rules(edition), zone_of(country), holidays_of(country)
    months = law.answer_months + (law.extension_months if extended else 0)
    due = end_of(began, Length(months, Unit.MONTHS, rolls=True), zone, holiday)
    if due is None:
        raise ValueError("A period in months has an end.")
    said = [_beginning(began, zone, restarted), _length(law, extended)]
    said += _landing(began.astimezone(zone).date(), months, due.astimezone(zone).date(), holiday)
    said.append(f"Last moment: the end of {day(due.astimezone(zone).date())} in {zone.key}.")
    return Deadline(due, " ".join(said))


def _beginning(began: datetime, zone: ZoneInfo, restarted: bool) -> str:
    first = day(began.astimezone(zone).date())
    if restarted:
        return (
            f"What we promptly asked for to confirm the identity came on {first}: the period runs from then "
            "(Art. 12(6); EDPB 01/2022)."
        )
    at = "" if day(began) == first else f", {first} at the seat"
    return f"Received on {moment(began)}{at}; the day itself is not counted (Regulation 1182/71, Art. 3(1))."


def _length(law: Rules, extended: bool) -> str:
    one = f"{_months(law.answer_months)} to answer"
    if not extended:
        return f"{one} (Art. 12(3))."
    whole = law.answer_months + law.extension_months
    return (
        f"{one}, extended by {law.extension_months} further months: {whole} months from the beginning, "
        "not from the end of the first (Art. 12(3))."
    )


def _months(count: int) -> str:
    return "One month" if count == 1 else f"{count} months"


def _landing(first: date, months: int, due: date, holiday: Holiday) -> list[str]:
    """Where the last day falls: on the same number, on the last of a shorter month, moved past free days."""
    plain = months_later(first, months)
    said = [f"That leads to {day(plain)}."]
    if plain.day != first.day:
        said = [f"{plain:%B %Y} has no day {first.day}: its last day counts, {day(plain)}."]
    free = []
    while plain < due:
        called = f"a {plain:%A}" if plain.weekday() >= 5 else "a holiday"
        free.append(f"{day(plain)} is {called}")
        plain += timedelta(days=1)
    if free:
        said.append(f"{', '.join(free)}: the next working day ends it, {day(due)} (Regulation 1182/71, Art. 3(4)).")
    return said


def unanswered(asked: datetime) -> str:
    """Why there is no end while the requester has not answered a prompt question."""
    return (
        f"On {moment(asked)} we promptly asked for what confirms the identity: the month begins when it arrives "
        "(Art. 12(6); EDPB 01/2022)."
    )


def seat_day(at: datetime, country: str) -> date:
    """The day it is at the seat."""
    return at.astimezone(zone_of(country)).date()


__all__ = ["Deadline", "Holiday", "Rules", "deadline", "editions", "is_prompt", "rules", "seat_day", "unanswered"]
