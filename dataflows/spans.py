"""Spans of time as people agree on them: 24 months after a day."""

from calendar import monthrange
from datetime import date, timedelta

LAST_YEAR = 9999


def later(day: date, number: int, unit: str) -> date:
    """A day so many days, months or years on: the same day of the month, or its last; never past the calendar."""
    if unit == "days":
        return date.max if number > (date.max - day).days else day + timedelta(days=number)
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    if year > LAST_YEAR:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
