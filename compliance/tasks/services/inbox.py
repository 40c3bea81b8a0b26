"""What waits for a person or in a scope: tasks people gave each other, and what falls due by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.roles import allowed
from compliance.tasks.models import Task
from compliance.tasks.registry import Due, personal_reminders, reminders

ORGANISATIONS = 20
TASKS = 500


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


def waiting_in(scope: Organisation | Project, can: Any, at: datetime) -> list[Waiting]:
    """Everything open in a scope that the person may see, the nearest day first; an organisation has its projects'."""
    tasks = Task.objects.in_project(scope) if isinstance(scope, Project) else Task.objects.in_organisation(scope)
    lines = _of_tasks(tasks.open(), at) if can.task.view else []
    for reminder in reminders:
        if getattr(can, reminder.kind).view:
            lines += [_of_due(due, at) for due in reminder.find(scope, at)]
    return sorted(lines, key=lambda line: (line.date, line.title))


def waiting_for(user: User, at: datetime) -> list[Waiting]:
    """Everything open that waits for one person, wherever they still have a role."""
    lines = _of_tasks(Task.objects.filter(assignee=user).open().reachable_by(user, at), at)
    for organisation, roles in _roles_by_organisation(user, at).items():
        for reminder in reminders:
            if allowed(roles, reminder.kind, "view"):
                lines += [_of_due(due, at) for due in reminder.find(organisation, at) if due.owner == user]
        for personal in personal_reminders:
            if allowed(roles, personal.kind, "view"):
                lines += [_of_due(due, at) for due in personal.find(user, organisation, at)]
    return sorted(lines, key=lambda line: (line.date, line.title))


def _roles_by_organisation(user: User, at: datetime) -> dict[Organisation, set[str]]:
    held: dict[Organisation, set[str]] = {}
    for membership in Membership.objects.of(user).valid(at).select_related("organisation"):
        held.setdefault(membership.organisation, set()).add(membership.role)
    return dict(list(held.items())[:ORGANISATIONS])


def _of_tasks(tasks: Any, at: datetime) -> list[Waiting]:
    found = tasks.select_related("assignee", "project", "organisation").order_by("due_date", "reference")[:TASKS]
    return [
        Waiting(
            title=task.title,
            url=task.get_absolute_url(),
            date=task.due_date,
            owner=task.assignee,
            reference=task.reference,
            kind="Task",
            state=_state(task.due_date, at),
        )
        for task in found
    ]


def _of_due(due: Due, at: datetime) -> Waiting:
    return Waiting(due.title, due.url, due.date, due.owner, due.reference, "Falls due", _state(due.date, at))


def _state(day: date, at: datetime) -> str:
    if day < at.date():
        return "overdue"
    return "due" if (day - at.date()).days <= 14 else "planned"


def overdue(lines: Iterable[Waiting]) -> int:
    """How many lines are overdue."""
    return sum(line.state == "overdue" for line in lines)
