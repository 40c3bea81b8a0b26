"""What waits for a person or in a scope: tasks people gave each other, and what falls due by itself."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.prepared import Prepared
from compliance.projects.drawn import Keep
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.roles import allowed
from compliance.tasks.models import Task
from compliance.tasks.registry import Dues, personal_reminders, reminders
from compliance.tasks.services.lines import Inbox, Waiting, as_waiting
from compliance.ui.addresses import filled

ORGANISATIONS = 20


@dataclass(frozen=True)
class Nearest:
    """What an overview shows of an inbox: the first lines, and how many there are."""

    lines: list[Waiting]
    total: int
    overdue: int


def inbox_of(scope: Organisation | Project, can: Any, at: datetime) -> Inbox:
    """Everything open in a scope that the person may see; an organisation has its projects'."""
    finders = [item.find for item in reminders if getattr(can, item.kind).view]
    return Inbox(scope, at, (*([tasks_open] if can.task.view else []), *finders))


def waiting_in(scope: Organisation | Project, can: Any, at: datetime) -> list[Waiting]:
    """The same as a list, the nearest day first."""
    return inbox_of(scope, can, at).order_by()


def nearest_in(scope: Organisation | Project, can: Any, at: datetime, count: int) -> Nearest:
    """The first of the same lines, and their numbers."""
    found = inbox_of(scope, can, at)
    first = found.lines(0, count)
    return Nearest(first, *found.numbers)


def tasks_open(scope: Organisation | Project, at: datetime) -> Dues:
    """What people gave each other."""
    tasks = Task.objects.in_project(scope) if isinstance(scope, Project) else Task.objects.in_organisation(scope)
    return Dues(tasks.open(), "due_date", "title", _task, "assignee", where="project__slug")


def _task(scope: Organisation | Project, where: str, key: str) -> str:
    return _address(where, scope.slug, key)


def _address(project: str | None, organisation: str, reference: str) -> str:
    if project:
        return filled("tasks:project_task", project, reference)
    return filled("tasks:task", organisation, reference)


def _given(person: UUID, at: datetime) -> QuerySet[Any, Any]:
    """Tasks of a person, where they can still open them."""
    user = User(pk=person)
    tasks = Task.objects.filter(assignee=user).reachable_by(user, at).open().order_by("reference")
    return tasks.values_list("title", "due_date", "reference", "project__slug", "organisation__slug")


def _held(person: UUID, at: datetime) -> QuerySet[Membership]:
    return Membership.objects.of(User(pk=person)).valid(at).select_related("organisation")


GIVEN, HELD = Prepared(_given, person=UUID, at=datetime), Prepared(_held, person=UUID, at=datetime)


def waiting_for(user: User, at: datetime, *, kept: bool = False) -> list[Waiting]:
    """Everything open that waits for one person, wherever they still have a role.

    `kept` takes what falls due in an organisation as it was read last, while nothing there has changed.
    """
    found = [
        Waiting(title, _address(project, organisation, reference), day, user, reference, at)
        for title, day, reference, project, organisation in GIVEN(person=user.pk, at=at)
    ]
    for organisation, roles in _roles_by_organisation(user, at).items():
        read = partial(_falling_due, user, organisation, roles, at)
        keep = Keep(organisation, (user.pk, frozenset(roles))) if kept else None
        found += keep(("falling due", at.date()), read) if keep else read()
    return sorted(found, key=lambda line: (line.date, line.title))


def _falling_due(user: User, organisation: Organisation, roles: set[str], at: datetime) -> list[Waiting]:
    finders = tuple(item.find for item in reminders if allowed(roles, item.kind, "view"))
    found = Inbox(organisation, at, finders, user).order_by()
    for personal in personal_reminders:
        if allowed(roles, personal.kind, "view"):
            found += [as_waiting(due, at) for due in personal.find(user, organisation, at)]
    return found


def _roles_by_organisation(user: User, at: datetime) -> dict[Organisation, set[str]]:
    held: dict[Organisation, set[str]] = {}
    for membership in HELD(person=user.pk, at=at):
        held.setdefault(membership.organisation, set()).add(membership.role)
    return dict(list(held.items())[:ORGANISATIONS])
