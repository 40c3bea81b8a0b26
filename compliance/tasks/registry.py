"""What falls due: rooms register reminders, the inbox and the digests read them.

@reminder("acceptance-expiry", kind="risk")
def acceptances(scope, at) -> Iterable[Due]: ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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
