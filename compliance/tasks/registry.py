"""What falls due: rooms register reminders, the inbox and the digests read them.

@reminder("evidence-requested", kind="evidence")
def requested(scope, at) -> Dues:
    rows = EvidenceRequest.objects.in_organisation(scope).filter(due_date__lte=ahead(at))
    return Dues(rows, "due_date", said(F("title"), ": hand in"), lambda scope, where, key: …, owner="assignee")
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf

from compliance.registry import Registry

AHEAD = timedelta(days=60)
Page = Callable[[Any, str, str], str]


def ahead(at: datetime) -> date:
    """Up to which day things fall due soon."""
    return at.date() + AHEAD


def said(*parts: Any) -> Concat:
    """Words and fields, one after the other."""
    return Concat(*(Value(one) if isinstance(one, str) else one for one in parts), output_field=TextField())


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
    """Rows that fall due on the day in their field `on`, left in the database, where they are counted, put in order
    with all others and read by the page.

    `title`, `reference` and `key` are expressions over a row or names of its fields, `owner` leads to a person. The
    address is `page(scope, where, key)`; `where` leads to the slug of a row's project where the scope does not say
    it all. `told` finishes a title where the database lacks the words. A finder asks nothing of its scope but which
    rows are in it: it may be called with one that only has keys, and its query is written once.
    """

    rows: Any
    on: str
    title: Any
    page: Page
    owner: str = ""
    reference: Any = "reference"
    key: Any = "reference"
    where: str = ""
    told: Callable[[str], str] = str

    def lines(self, number: int, person: UUID | None = None) -> QuerySet[Any, Any]:
        """The rows as tuples of FIELDS, marked with a number; only those that wait for a person."""
        rows = self.rows.filter(**{self.owner: person}) if person else self.rows
        return rows.order_by().annotate(**dict(zip(FIELDS, self._values(number), strict=True))).values_list(*FIELDS)

    def _values(self, number: int) -> Iterator[Any]:
        yield Value(number, IntegerField())
        yield F(self.on)
        yield from (F(one) if isinstance(one, str) else one for one in (self.title, self.reference, self.key))
        nothing = Value("", CharField())
        yield Coalesce(F(self.where), nothing) if self.where else nothing
        if not self.owner:
            yield nothing
            return
        named = NullIf(F(f"{self.owner}__name"), nothing)
        yield Coalesce(named, F(f"{self.owner}__email"), nothing, output_field=TextField())

    def due(self, scope: Any, line: Any) -> Due:
        """A line without its number as what falls due; its owner is a name."""
        title, day, reference, key, where, owner = line
        return Due(self.told(title), self.page(scope, where, key), day, owner or None, reference)


FIELDS = tuple(f"due_{name}" for name in ("from", "on", "title", "reference", "key", "where", "owner"))


class Several(tuple[Dues, ...]):
    """What several kinds of rows a reminder tells of: `Several([Dues(...), Dues(...)])`."""


@dataclass(frozen=True)
class Reminder:
    """`find(scope, at)` gives what falls due in a scope within the next 60 days or is overdue.

    For an organisation that includes what belongs to its projects. `Dues` or `Several` of them; what only Python can
    tell is yielded as `Due`s, in a fixed number of queries, and must be little: it is read for every page.
    """

    id: str
    kind: str
    find: Callable[[Any, datetime], Dues | Several | Iterable[Due]]


reminders: Registry[Reminder] = Registry("reminder")


def reminder(id: str, *, kind: str) -> Callable[..., Any]:
    """Register a finder of what falls due; people whose roles do not view `kind` are not shown it."""

    def register(find: Callable[[Any, datetime], Any]) -> Callable[[Any, datetime], Any]:
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
