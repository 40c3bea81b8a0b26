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

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, Concat, NullIf, TruncDate

from compliance.projects.models import Membership
from compliance.projects.roles import ROLES
from compliance.registry import Registry

AHEAD = timedelta(days=60)
Page = Callable[[Any, str, str], str]


def ahead(at: datetime) -> date:
    """Up to which day things fall due soon."""
    return at.date() + AHEAD


def said(*parts: Any) -> Concat:
    """Words and fields, one after the other."""
    return Concat(*(Value(one) if isinstance(one, str) else one for one in parts), output_field=TextField())


def days_after(moment: str, days: int) -> TruncDate:
    """The day so many days after a moment of a row."""
    later: Any = F(moment) + Value(timedelta(days=days))
    return TruncDate(ExpressionWrapper(later, output_field=DateTimeField()))


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
    it all. `approvers` names the kind whose approvers it waits for (with another `verb`, those who hold that one and
    do not approve), all but the person `but` leads to: it stands in the list of each of them. `told` finishes a title
    where the database lacks the words. A finder asks nothing of its scope but which rows are in it: it may be called
    with one that only has keys, and its query is written once.
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
    approvers: str = ""
    but: str = ""
    verb: str = "approve"

    @property
    def personal(self) -> bool:
        """Whether it waits for somebody in particular."""
        return bool(self.owner or self.approvers)

    def lines(self, number: int, person: UUID | None = None) -> QuerySet[Any, Any]:
        """The rows as tuples of FIELDS, marked with a number; only those that wait for a person."""
        rows = self._of(person) if person else self.rows
        return rows.order_by().annotate(**dict(zip(FIELDS, self._values(number), strict=True))).values_list(*FIELDS)

    def _of(self, person: UUID) -> QuerySet[Any, Any]:
        """The rows that wait for a person: their own, or those they may decide where they have the role for it."""
        if not self.approvers:
            return self.rows.filter(**{self.owner: person})
        verbs = {key: role.verbs[self.approvers] for key, role in ROLES.items()}
        deciding = [
            key
            for key, held in verbs.items()
            if self.verb in held and (self.verb == "approve" or "approve" not in held)
        ]
        held = Membership.objects.filter(user=person, role__in=deciding, until=None)
        names = {field.name for field in self.rows.model._meta.get_fields()}
        if "organisation" in names:
            held = held.filter(organisation=OuterRef("organisation"))
        if "project" in names:
            held = held.filter(Q(project=None) | Q(project=OuterRef("project")))
        if "organisation" not in names:
            held = held.filter(organisation=OuterRef("project__organisation"))
        rows = self.rows.filter(Exists(held))
        return rows.exclude(**{self.but: person}) if self.but else rows

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
    tell is yielded as `Due`s, in a fixed number of queries, and must be little: it is read for every page. What is
    `urgent` (clocks of laws) is mailed at once, on the day before it is due and when it is overdue.
    """

    id: str
    kind: str
    find: Callable[[Any, datetime], Dues | Several | Iterable[Due]]
    urgent: bool = False


reminders: Registry[Reminder] = Registry("reminder")


def reminder(id: str, *, kind: str, urgent: bool = False) -> Callable[..., Any]:
    """Register a finder of what falls due; people whose roles do not view `kind` are not shown it."""

    def register(find: Callable[[Any, datetime], Any]) -> Callable[[Any, datetime], Any]:
        reminders.add(id, Reminder(id, kind, find, urgent))
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
