"""The moment being read. It imports nothing, so that whoever writes can ask whether writing is possible."""

from contextvars import ContextVar
from datetime import datetime

from compliance.ledger.errors import Refused


class PastIsFixed(Refused):
    """Something tried to write while the past was being read."""


class NotInstalled(RuntimeError):
    """The database lacks the views the past is read through, or has those of another version."""


reading: ContextVar[datetime | None] = ContextVar("ledger_reading", default=None)


def moment_read() -> datetime | None:
    """The past moment queries read at the moment; None in the present."""
    return reading.get()


def refuse_in_past() -> None:
    """Raise PastIsFixed inside `past()`."""
    if (at := reading.get()) is not None:
        raise PastIsFixed(f"This is {at:%-d %b %Y, %H:%M} UTC, and the past cannot be changed. Go back to today first.")
