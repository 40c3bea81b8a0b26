"""What waits for a person or in a scope: tasks people gave each other, and what falls due by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.roles import allowed
from compliance.tasks.models import Task
from compliance.tasks.registry import Due, Dues, Listed, personal_reminders, reminders

ORGANISATIONS = 20


@dataclass(frozen=True)
class Waiting:
    """One line of an inbox."""

    title: str
    url: str
    date: date
    owner: Any
    reference: str
    kind: str
    state: str

    @property
    def pk(self) -> str:
        return self.url

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Nearest:
    """What an overview shows of an inbox: the first lines, and how many there are."""

    lines: list[Waiting]
    total: int
    overdue: int


def waiting_in(scope: Organisation | Project, can: Any, at: datetime) -> list[Waiting]:
    """Everything open in a scope that the person may see, the nearest day first; an organisation has its projects'."""
    return _sorted(_waiting(due, kind, at) for kind, dues in _sources(scope, can, at) for due in dues)


def nearest_in(scope: Organisation | Project, can: Any, at: datetime, count: int) -> Nearest:
    """The first of the same lines, and their numbers; one query where a reminder leaves its rows in the database."""
    lines, total, late = [], 0, 0
    for kind, dues in _sources(scope, can, at):
        first, more, over = (dues if isinstance(dues, Dues) else Listed(dues)).nearest(count, at.date())
        lines += [_waiting(due, kind, at) for due in first]
        total, late = total + more, late + over
    return Nearest(_sorted(lines)[:count], total, late)


def _sources(scope: Organisation | Project, can: Any, at: datetime) -> Iterator[tuple[str, Iterable[Due]]]:
    """What people gave each other, and each reminder."""
    if can.task.view:
        tasks = Task.objects.in_project(scope) if isinstance(scope, Project) else Task.objects.in_organisation(scope)
        yield "Task", _of_tasks(tasks)
    for reminder in reminders:
        if getattr(can, reminder.kind).view:
            yield "Falls due", reminder.find(scope, at)


def waiting_for(user: User, at: datetime) -> list[Waiting]:
    """Everything open that waits for one person, wherever they still have a role."""
    tasks = _of_tasks(Task.objects.filter(assignee=user).reachable_by(user, at))
    lines = [_waiting(due, "Task", at) for due in tasks]
    for organisation, roles in _roles_by_organisation(user, at).items():
        for reminder in reminders:
            if allowed(roles, reminder.kind, "view"):
                mine = (due for due in reminder.find(organisation, at) if due.owner == user)
                lines += [_waiting(due, "Falls due", at) for due in mine]
        for personal in personal_reminders:
            if allowed(roles, personal.kind, "view"):
                lines += [_waiting(due, "Falls due", at) for due in personal.find(user, organisation, at)]
    return _sorted(lines)


def _roles_by_organisation(user: User, at: datetime) -> dict[Organisation, set[str]]:
    held: dict[Organisation, set[str]] = {}
    for membership in Membership.objects.of(user).valid(at).select_related("organisation"):
        held.setdefault(membership.organisation, set()).add(membership.role)
    return dict(list(held.items())[:ORGANISATIONS])


def _of_tasks(tasks: Any) -> Dues:
    rows = tasks.open().select_related("assignee", "project", "organisation")
    return Dues(rows, "due_date", _of_task, then=("title", "reference"))


def _of_task(task: Task) -> Due:
    return Due(task.title, task.get_absolute_url(), task.due_date, task.assignee, task.reference)


def _waiting(due: Due, kind: str, at: datetime) -> Waiting:
    return Waiting(due.title, due.url, due.date, due.owner, due.reference, kind, _state(due.date, at))


def _sorted(lines: Iterable[Waiting]) -> list[Waiting]:
    return sorted(lines, key=lambda line: (line.date, line.title))


def _state(day: date, at: datetime) -> str:
    if day < at.date():
        return "overdue"
    return "due" if (day - at.date()).days <= 14 else "planned"
