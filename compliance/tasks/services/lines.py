"""The lines of an inbox, put in order, counted and paged by the database: one query over everything that falls due.

Its SQL is written once for each set of finders (compliance.prepared). What only Python can tell comes between its rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.prepared import EXAMPLES, Plan, plans_here
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import AHEAD, Due, Dues, Several, ahead

Scope = Organisation | Project
Finders = tuple[Callable[[Any, datetime], Any], ...]
SOON = timedelta(days=14)
EVERY = 1_000_000  # lines


class Days(tuple[date, ...]):
    """The kind of a slot that takes a day and the last one that counts as near."""


def _days() -> list[date]:
    day = EXAMPLES[date]()
    return [day, day + AHEAD]


EXAMPLES[Days] = _days


@dataclass(frozen=True)
class Waiting:
    """One line of an inbox; the state is that of the moment `at`."""

    title: str
    url: str
    date: date
    owner: Any
    reference: str
    at: datetime = field(repr=False)

    @property
    def state(self) -> str:
        if self.date < self.at.date():
            return "overdue"
        return "due" if self.date - self.at.date() <= SOON else "planned"

    @property
    def pk(self) -> str:
        return self.url

    def __str__(self) -> str:
        return self.title


def as_waiting(due: Due, at: datetime) -> Waiting:
    return Waiting(due.title, due.url, due.date, due.owner, due.reference, at)


@dataclass
class Inbox:
    """What finders find in a scope, or what of it waits for a person: the rows of a list (`compliance.ui.register`)."""

    scope: Scope
    at: datetime
    finders: Finders
    person: User | None = None
    model: Any = Waiting
    ordered: bool = True
    counted: tuple[int, int] | None = None
    first: tuple[Sequence[Any], int, list[Waiting]] | None = None

    @property
    def queryset(self) -> "Inbox":
        """Itself: an export reads every line."""
        return self

    def order_by(self, *order: Any) -> list[Waiting]:
        """Every line in the order of a column."""
        return self.page(order, "", 0, EVERY)

    def count(self) -> int:
        return self.numbers[0]

    def begin(self, order: Sequence[Any], key: str, count: int) -> None:
        """Read the first lines and count all of them with the same query."""
        self.first = (order, count, self.page(order, key, 0, count))

    def page(self, order: Sequence[Any], key: str, start: int, stop: int) -> list[Waiting]:
        """Some lines in the order of a column, then of day and title."""
        if self.first and self.first[0] == order and start == 0 and stop <= self.first[1]:
            return self.first[2][:stop]
        if not order:
            return self.lines(start, stop)
        return self.lines(start, stop, order[0].expression.name, down=order[0].descending)

    @cached_property
    def numbers(self) -> tuple[int, int]:
        """How many lines there are, and how many of them are overdue. One query, none once the first were read."""
        found, over = self.counted if self.counted is not None else self._counted()
        day = self.at.date()
        return found + len(self.told), over + sum(one.date < day for one in self.told)

    def _counted(self) -> tuple[int, int]:
        """How many the database has, and how many of them are overdue."""
        if not self.plan:
            return 0, 0
        ((found, over),) = self._asked(f"SELECT COUNT(*), {self._late} FROM ({self.plan.sql}) lines")  # noqa: S608
        return found, over

    @property
    def _late(self) -> str:
        return f"COUNT(CASE WHEN due_on < '{self.at.date().isoformat()}' THEN 1 END)"

    def lines(self, start: int, stop: int, column: str = "date", *, down: bool = False) -> list[Waiting]:
        """Some lines. One query.

        Any of what Python told may stand before a page: as many rows are read before it.
        """
        told = sorted(((self._place(one, one.title, column), one) for one in self.told), key=lambda pair: pair[0][1:])
        told.sort(key=lambda pair: pair[0][0], reverse=down)
        first = max(0, start - len(told))
        rows = self._rows(column, down, first, stop - first)
        if first and not rows:
            return []
        before = sum(_stands_before(one[0], rows[0][0], down) for one in told) if first else 0
        merged, waiting = [], told[before:]
        for row in rows:
            while waiting and _stands_before(waiting[0][0], row[0], down):
                merged.append(waiting.pop(0)[1])
            merged.append(row[1])
        merged += [one for _, one in waiting]
        return [as_waiting(due, self.at) for due in merged[start - first - before : stop - first - before]]

    def _rows(self, column: str, down: bool, start: int, count: int) -> list[tuple[Any, Due]]:
        """What the database has in an order, each with its place in it."""
        if not self.plan or count <= 0:
            return []
        first = f"{self._ordering(column)}{' DESC' if down else ''}"
        order = f"{first}, due_on, {_by_letters('due_title')}, due_from, due_reference, due_key"
        end = f"ORDER BY {order} LIMIT {int(count)} OFFSET {int(start)}"
        found, counts = [], f"COUNT(*) OVER (), {self._late} OVER ()"
        rows = self._asked(f"SELECT {counts}, lines.* FROM ({self.plan.sql}) lines {end}")  # noqa: S608
        if rows or not start:
            self.counted = rows[0][:2] if rows else (0, 0)
        for _, _, number, day, title, *rest in rows:
            on = day if isinstance(day, date) else date.fromisoformat(day)
            due = self.parts[number].due(self.scope, (title, on, *rest))
            found.append((self._place(due, title, column), due))
        return found

    def _ordering(self, column: str) -> str:
        if column == "state":
            today, soon = self.at.date().isoformat(), (self.at.date() + SOON).isoformat()
            return f"CASE WHEN due_on < '{today}' THEN 'overdue' WHEN due_on <= '{soon}' THEN 'due' ELSE 'planned' END"
        return _by_letters(f"due_{column}") if column in {"title", "reference", "owner"} else "due_on"

    def _place(self, due: Due, title: str, column: str) -> tuple[Any, date, str]:
        """Where a line stands: what the column says, the day, the title as the database has it."""
        if column == "state":
            return as_waiting(due, self.at).state, due.date, title
        said = {"title": title, "reference": due.reference, "owner": str(due.owner or "")}
        return said.get(column, due.date), due.date, title

    @cached_property
    def told(self) -> list[Due]:
        """What finders tell that leave nothing in the database."""
        in_project = isinstance(self.scope, Project)
        told = [due for find in self.finders if not _left(find, in_project) for due in find(self.scope, self.at)]
        return [due for due in told if self.person is None or due.owner == self.person]

    @cached_property
    def parts(self) -> list[Dues]:
        """The kinds of rows in the database, by the number that marks them."""
        return _parts(self.finders, isinstance(self.scope, Project), self.person is not None)

    @cached_property
    def plan(self) -> Plan | None:
        """The query over all of them."""
        if not self.parts:
            return None
        key = (self.finders, isinstance(self.scope, Project), self.person is not None)
        if (plan := plans_here().get(key)) is None:
            kinds: dict[str, type] = {"organisation": UUID, "days": Days}
            kinds |= {"project": UUID} if isinstance(self.scope, Project) else {}
            kinds |= {"person": UUID} if self.person else {}
            plan = plans_here()[key] = Plan.of(lambda **slots: _union(self.finders, **slots), kinds)
        return plan

    def _asked(self, sql: str) -> Any:
        project = self.scope if isinstance(self.scope, Project) else None
        values = {
            "organisation": project.organisation_id if project else self.scope.pk,
            "project": project and project.pk,
            "days": (self.at.date(), ahead(self.at)),
            "person": self.person and self.person.pk,
        }
        return self.plan.raw(sql, values) if self.plan else []


def _stands_before(one: tuple[Any, date, str], row: tuple[Any, date, str], down: bool) -> bool:
    if one[0] != row[0]:
        return bool(one[0] > row[0]) is down
    return one[1:] < row[1:]


def _by_letters(column: str) -> str:
    """A text ordered as Python orders it, whatever language the database speaks."""
    return f'{column} COLLATE "C"' if connection.vendor == "postgresql" else column


def _found(find: Any, organisation: UUID, days: Sequence[date], project: UUID | None = None) -> Any:
    """What a finder gives for keys alone."""
    house = Organisation(pk=organisation)
    scope = Project(pk=project, organisation=house) if project else house
    return find(scope, datetime.combine(days[0], time.min, UTC))


@cache
def _left(find: Any, in_project: bool) -> tuple[Dues, ...] | None:
    """The kinds of rows a finder leaves in the database; None when it tells them one by one."""
    found = _found(find, uuid4(), _days(), uuid4() if in_project else None)
    return (found,) if isinstance(found, Dues) else tuple(found) if isinstance(found, Several) else None


@cache
def _parts(finders: Finders, in_project: bool, personal: bool) -> list[Dues]:
    left = [one for find in finders for one in _left(find, in_project) or ()]
    return [one for one in left if one.personal or not personal]


def _union(
    finders: Finders, organisation: UUID, days: Sequence[date], project: UUID | None = None, person: UUID | None = None
) -> QuerySet[Any, Any]:
    found = [_found(find, organisation, days, project) for find in finders if _left(find, project is not None)]
    parts = [part for one in found for part in ((one,) if isinstance(one, Dues) else one)]
    lines = [
        part.lines(number, person) for number, part in enumerate(part for part in parts if part.personal or not person)
    ]
    return lines[0].union(*lines[1:], all=True) if len(lines) > 1 else lines[0]
