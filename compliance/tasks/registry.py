"""What falls due: rooms register reminders, the inbox and the digests read them.

@reminder("acceptance-expiry", kind="risk")
def acceptances(scope, at) -> Iterable[Due]: ...      # or Dues(rows, on, due), which an overview need not read
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, Window

from compliance.registry import Registry


@dataclass(frozen=True)
class Due:
    """Something that falls due on `date`; `owner` is the person it waits for, or None for whoever runs the ISMS."""

    title: str
    url: str
    date: date
    owner: Any = None
    reference: str = ""

    def overdue(self, at: datetime) -> bool:
        return self.date < at.date()


@dataclass(frozen=True)
class Dues:
    """Rows that fall due on the day in their field `on`, still in the database; iterated they are `Due`s, by day.

    An overview counts them there and reads a few: give these back wherever there may be many. `then` are the fields
    by which those of one day follow each other: what the title begins with. The rows must not be `distinct()`.
    """

    rows: Any
    on: str
    due: Callable[[Any], Due]
    then: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Due]:
        return map(self.due, self._ordered())

    def nearest(self, count: int, day: date) -> tuple[list[Due], int, int]:
        """The first few, how many there are, and how many are overdue on a day. One query."""
        late = Window(Count("pk", filter=Q(**{f"{self.on}__lt": day})))
        rows = list(self._ordered().annotate(in_all=Window(Count("pk")), late=late)[:count])
        return [self.due(row) for row in rows], *((rows[0].in_all, rows[0].late) if rows else (0, 0))

    def _ordered(self) -> Any:
        return self.rows.order_by(self.on, *self.then)


@dataclass(frozen=True)
class Listed:
    """What a reminder yielded, asked the same."""

    dues: Iterable[Due]

    def nearest(self, count: int, day: date) -> tuple[list[Due], int, int]:
        """As `Dues.nearest`."""
        found = sorted(self.dues, key=lambda due: (due.date, due.title))
        return found[:count], len(found), sum(due.date < day for due in found)


@dataclass(frozen=True)
class Reminder:
    """`find(scope, at)` yields what falls due in a scope within the next 60 days or is overdue.

    For an organisation that includes what belongs to its projects, in the same number of queries.
    """

    id: str
    kind: str
    find: Callable[[Any, datetime], Iterable[Due]]


reminders: Registry[Reminder] = Registry("reminder")


def reminder(id: str, *, kind: str) -> Callable[..., Any]:
    """Register a finder of what falls due; people whose roles do not view `kind` are not shown it."""

    def register(find: Callable[[Any, datetime], Iterable[Due]]) -> Callable[[Any, datetime], Iterable[Due]]:
        reminders.add(id, Reminder(id, kind, find))
        return find

    return register


@dataclass(frozen=True)
class Personal:
    """`find(user, organisation, at)` yields what waits for one person there, and for nobody else to see."""

    id: str
    kind: str
    find: Callable[[Any, Any, datetime], Iterable[Due]]


personal_reminders: Registry[Personal] = Registry("personal reminder")


def personal_reminder(id: str, *, kind: str) -> Callable[..., Any]:
    """Register what waits for each of many people apart: it stands in their own list only, not in the scope's."""

    def register(find: Callable[[Any, Any, datetime], Iterable[Due]]) -> Callable[[Any, Any, datetime], Iterable[Due]]:
        personal_reminders.add(id, Personal(id, kind, find))
        return find

    return register
