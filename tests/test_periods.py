"""Legal periods against dates that hurt; nothing here needs a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.periods import Left, Length, Unit, end_of, holidays_of, in_words, zone_of

pytestmark = pytest.mark.once

HOURS, DAYS, WEEKS, MONTHS = Unit.HOURS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "length", "country", "ends"),
    [
        # 72 hours run through a weekend, and end on a Sunday
        ("2026-11-20 16:30", Length(72, HOURS, rolls=True), "DE", "2026-11-23 16:30:00"),
        ("2026-12-24 09:00", Length(72, HOURS), "DE", "2026-12-27 09:00:00"),
        # the clock goes forward, back, and was put forward elsewhere: 72 hours stay 72 hours
        ("2026-03-28 12:00", Length(72, HOURS), "DE", "2026-03-31 12:00:00"),
        ("2026-10-24 12:00", Length(72, HOURS), "US", "2026-10-27 12:00:00"),
        # a day ends at midnight where the seat is: Berlin in summer and winter, New York, Helsinki
        ("2026-07-01 08:00", Length(14, DAYS), "DE", "2026-07-15 21:59:59"),
        ("2026-10-20 08:00", Length(10, DAYS), "DE", "2026-10-30 22:59:59"),
        ("2026-03-01 08:00", Length(60, DAYS), "US", "2026-05-01 03:59:59"),
        ("2026-11-02 08:00", Length(3, DAYS), "FI", "2026-11-05 21:59:59"),
        # the event's own day is that of the seat: 23:30 UTC is the next day in Berlin, the same in London
        ("2026-11-30 23:30", Length(1, MONTHS), "DE", "2027-01-01 22:59:59"),
        ("2026-11-30 23:30", Length(1, MONTHS), "GB", "2026-12-30 23:59:59"),
        # months that are too short, a leap day, the end of a year
        ("2027-01-31 10:00", Length(1, MONTHS), "DE", "2027-02-28 22:59:59"),
        ("2028-01-30 10:00", Length(1, MONTHS), "DE", "2028-02-29 22:59:59"),
        ("2028-02-29 10:00", Length(12, MONTHS), "DE", "2029-02-28 22:59:59"),
        ("2026-12-31 10:00", Length(2, MONTHS), "DE", "2027-02-28 22:59:59"),
        # a Sunday becomes Monday, but only where the law says so; Good Friday leads over Easter to Tuesday
        ("2027-01-31 10:00", Length(1, MONTHS, rolls=True), "DE", "2027-03-01 22:59:59"),
        ("2026-02-03 10:00", Length(2, MONTHS, rolls=True), "DE", "2026-04-07 21:59:59"),
        ("2026-11-25 10:00", Length(1, MONTHS, rolls=True), "DE", "2026-12-28 22:59:59"),
        ("2026-11-25 10:00", Length(1, MONTHS, rolls=True), "", "2026-12-25 23:59:59"),
        ("2026-09-01 10:00", Length(8, WEEKS, rolls=True), "DE", "2026-10-27 22:59:59"),
        # working days leave weekends and Christmas out
        ("2026-12-23 10:00", Length(3, Unit.WORKING_DAYS), "DE", "2026-12-29 22:59:59"),
    ],
)
def test_a_period_ends_as_the_law_counts_it(began: str, length: Length, country: str, ends: str) -> None:
    assert end_of(utc(began), length, zone_of(country), holidays_of(country)) == utc(ends)


def test_a_period_that_stood_still_ends_later_by_whole_days() -> None:
    berlin, began = ZoneInfo("Europe/Berlin"), utc("2026-09-01 10:00")

    assert end_of(began, Length(8, WEEKS), berlin, held=timedelta(days=10, hours=7)) == utc("2026-11-06 22:59:59")
    assert end_of(began, Length(4, HOURS), berlin, held=timedelta(hours=1)) == utc("2026-09-01 15:00:00")
    assert end_of(began, Length(0, Unit.NONE), berlin) is None


def test_what_is_left_is_said_in_hours_and_by_thirds_of_a_traffic_light() -> None:
    began, due = utc("2026-11-20 16:30"), utc("2026-11-23 16:30")
    at = [began + timedelta(hours=hours) for hours in (0.5, 37, 65, 73.25)]
    left = [Left(began, due, moment) for moment in at]

    assert [str(one) for one in left] == ["71 h 30 min left", "35 h 00 min left", "7 h 00 min left", "1 h 15 min late"]
    assert [(one.tone, one.share) for one in left] == [("ok", 99), ("warn", 48), ("bad", 9), ("bad", 0)]
    assert in_words(timedelta(days=12, hours=3, minutes=4)) == "12 d 3 h"
    assert [str(Length(1, MONTHS)), str(Length(60, DAYS)), str(Length(0, Unit.NONE))] == [
        "1 month",
        "60 days",
        "without undue delay",
    ]
