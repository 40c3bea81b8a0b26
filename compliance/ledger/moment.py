"""The moment being read: today, or the one of `past()`. It imports next to nothing, so that everybody may ask."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

from compliance.ledger.errors import Refused


class PastIsFixed(Refused):
    """Something tried to write while the past was being read."""


class NotInstalled(RuntimeError):
    """The database lacks the views the past is read through, or has those of another version."""


reading: ContextVar[datetime | None] = ContextVar("ledger_reading", default=None)
afterwards: ContextVar[list[Callable[[], object]] | None] = ContextVar("ledger_afterwards", default=None)


def moment_read() -> datetime | None:
    """The past moment queries read; None in the present."""
    return reading.get()


def now_read() -> datetime:
    """What counts as now for whoever reads: the past moment, or now. What is overdue, expiring or valid asks this;
    what writes, and what decides who may look, asks the clock.
    """
    return reading.get() or timezone.now()


def refuse_in_past() -> None:
    """Raise PastIsFixed inside `past()`."""
    if (at := reading.get()) is not None:
        raise fixed(at)


def fixed(at: datetime) -> PastIsFixed:
    """The refusal, in words."""
    return PastIsFixed(f"This is {at:%-d %b %Y, %H:%M} UTC, and the past cannot be changed. Go back to today first.")


def when_today(act: Callable[[], object]) -> None:
    """Act now, or as soon as the past has been read without an error: a page of the past may leave a trace of its
    reading in the present.
    """
    waiting = afterwards.get()
    if waiting is None:
        act()
    else:
        waiting.append(act)
