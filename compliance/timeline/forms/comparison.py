"""Which two moments are compared, and what of it is shown; read from the URL."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from compliance.ledger.past.comparison import ADDED, CHANGED, PASSED, REMOVED, Touched
from compliance.projects.past import Unreadable, moment_asked

KINDS = (ADDED, CHANGED, REMOVED, PASSED)
BACK = timedelta(days=30)


def _clock(at: datetime) -> str:
    return "" if at.time() == time.max else f"{at:%H:%M}"


@dataclass(frozen=True)
class Comparison:
    """Two moments in their order, and the filters."""

    since: datetime
    until: datetime
    kind: str = ""
    room: str = ""
    text: str = ""
    until_now: bool = True
    problem: str = ""

    @classmethod
    def read(cls, asked: Any) -> "Comparison":
        """What the URL asks; two moments the wrong way round are put in order, and what is none is told."""
        now, problem = timezone.now(), ""
        moments: list[datetime | None] = []
        for name in ("since", "until"):
            try:
                moments.append(moment_asked(asked, name, f"{name}_time"))
            except Unreadable as told:
                moments.append(None)
                problem = problem or str(told)
        until = moments[1] or now
        since = moments[0] or until - BACK
        kind = asked.get("kind", "") if asked.get("kind") in KINDS else ""
        return cls(
            min(since, until), max(since, until), kind, asked.get("room", ""), asked.get("text", "").strip()[:60],
            moments[1] is None, problem,
        )  # fmt: skip

    @property
    def since_time(self) -> str:
        """The time of day as the form shows it: blank for the end of a day."""
        return _clock(self.since)

    @property
    def until_time(self) -> str:
        """The time of day as the form shows it: blank for the end of a day."""
        return _clock(self.until)

    def keeps(self, one: Touched) -> bool:
        """Whether the filters leave a record."""
        return (
            (not self.kind or one.kind == self.kind)
            and (not self.room or one.room == self.room)
            and self.text.lower() in one.reference.lower()
        )
