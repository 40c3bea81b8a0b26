"""Legal periods: when they end, and how much of one is left. Pure arithmetic; time is always an argument.

Counted as Regulation (EEC, Euratom) 1182/71 says, Art. 3, and to the minute where it would give an hour more:

- hours run on through nights, weekends, holidays and changes of the clock;
- days, weeks and months leave out the day of the event and end with the last hour of their last day, where the law
  of the period counts;
- a month ends on the day of the same number, or on the last of a month that has no such day;
- a period not in hours that would end on a Saturday, Sunday or holiday ends with the next working day, where the law
  of the period says so.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib import import_module
from zoneinfo import ZoneInfo

LAST = time(23, 59, 59)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Holiday = Callable[[date], bool]


class Unit(StrEnum):
    """What a period is counted in; `NONE` is a duty without a number: without undue delay, at once."""

    NONE = "none"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True)
class Length:
    """A length of time as a law writes it; `rolls` when it ends with the next working day."""

    number: int
    unit: Unit
    rolls: bool = False

    def __str__(self) -> str:
        if self.unit is Unit.NONE:
            return "without undue delay"
        word = self.unit.replace("_", " ")
        return f"{self.number} {word[:-1] if self.number == 1 else word}"


def never(day: date) -> bool:
    """No holidays at all."""
    return False


def end_of(
    began: datetime, length: Length, zone: ZoneInfo, holiday: Holiday = never, held: timedelta = timedelta()
) -> datetime | None:
    """The last moment (UTC) of a period that an event at `began` starts; None where the law names no number.

    `held` is how long the period stood still meanwhile; of a period in days only whole days count.
    """
    if length.unit is Unit.NONE:
        return None
    if length.unit is Unit.HOURS:
        return began.astimezone(UTC) + length.number * HOUR + held
    last = _last_day(began.astimezone(zone).date(), length, holiday) + timedelta(days=held.days)
    if length.rolls:
        last = working_day(last, holiday)
    return datetime.combine(last, LAST, zone).astimezone(UTC)


def _last_day(first: date, length: Length, holiday: Holiday) -> date:
    if length.unit is Unit.MONTHS:
        return months_later(first, length.number)
    if length.unit is Unit.WORKING_DAYS:
        for _ in range(length.number):
            first = working_day(first + DAY, holiday)
        return first
    return first + timedelta(days=length.number * (7 if length.unit is Unit.WEEKS else 1))


def months_later(first: date, months: int) -> date:
    """The day of the same number, or the last day of a month that has none."""
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def working_day(day: date, holiday: Holiday = never) -> date:
    """The day itself, or the next that is no Saturday, Sunday or holiday."""
    while day.weekday() >= 5 or holiday(day):
        day += DAY
    return day


@dataclass(frozen=True)
class Left:
    """How much of a period is left at a moment; after its end how much it is exceeded by."""

    began: datetime
    due: datetime
    at: datetime

    @property
    def time(self) -> timedelta:
        return self.due - self.at

    @property
    def is_over(self) -> bool:
        return self.at > self.due

    @property
    def share(self) -> int:
        """What is left of the period in percent, 0 to 100."""
        whole = self.due - self.began
        return 0 if whole <= timedelta() else max(0, min(100, int(100 * (self.time / whole))))

    @property
    def tone(self) -> str:
        """The tone of a state: bad when 10 % are left or less, warn up to 50 %, else ok."""
        return "bad" if self.is_over or self.share <= 10 else "warn" if self.share <= 50 else "ok"

    def __str__(self) -> str:
        return f"{in_words(-self.time)} late" if self.is_over else f"{in_words(self.time)} left"


def in_words(span: timedelta) -> str:
    """71 h 50 min; from four days on 12 d 3 h."""
    minutes = int(span // MINUTE)
    if minutes < 4 * 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


# The time zone of the capital: where an organisation has its seat decides when a day of its periods ends.
CAPITALS = """
AT Vienna, BE Brussels, BG Sofia, CH Zurich, CZ Prague, DE Berlin, DK Copenhagen, EE Tallinn, ES Madrid, FI Helsinki,
FR Paris, GB London, GR Athens, HR Zagreb, HU Budapest, IE Dublin, IT Rome, LI Vaduz, LT Vilnius, LU Luxembourg,
LV Riga, MT Malta, NL Amsterdam, NO Oslo, PL Warsaw, PT Lisbon, RO Bucharest, SE Stockholm, SI Ljubljana, SK Bratislava
"""
ZONES = {code: f"Europe/{city}" for code, city in (one.split() for one in CAPITALS.split(","))}
FAR = {"CY": "Asia/Nicosia", "IS": "Atlantic/Reykjavik", "US": "America/New_York", "CA": "America/Toronto"}


def zone_of(country: str) -> ZoneInfo:
    """The time zone of a country's capital by its ISO code; UTC for one not listed."""
    return ZoneInfo(ZONES.get(country) or FAR.get(country, "UTC"))


def holidays_of(country: str) -> Holiday:
    """Whether a day is a public holiday of the whole country; without a known country none is."""
    return lambda day: day in _holidays(country, day.year)


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    library = import_module("holidays")  # half a second, and only where a period in days ends
    if country not in library.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(library.country_holidays(country, years=year))
