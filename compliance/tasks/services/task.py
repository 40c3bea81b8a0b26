"""Tasks are given, changed, finished, cancelled and reopened here."""

from datetime import date
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Membership, Organisation, Project
from compliance.tasks.models import Task


class NotOpen(Refused):
    """Only an open task is changed or closed; only a closed one reopened."""


def add_task(
    *,
    scope: Organisation | Project,
    title: str,
    assignee: User,
    due_date: date,
    by: User | str,
    reason: str = "",
    detail: str = "",
    source_url: str = "",
) -> Task:
    """Give somebody a task; they need a role where it belongs."""
    project = scope if isinstance(scope, Project) else None
    organisation = project.organisation if project else scope
    _check(scope, assignee, source_url)
    with change(by=by, reason=reason):
        task = Task(
            organisation=organisation,
            project=project,
            title=title,
            assignee=assignee,
            due_date=due_date,
            detail=detail,
            source_url=source_url,
        )
        task.save()
    return task


def _check(scope: Organisation | Project, assignee: User, source_url: str) -> None:
    now = simulated_moment() or timezone.now()
    if not Membership.objects.reaching(scope).of(assignee).valid(now).exists():
        raise Refused(f"{assignee} has no role in {scope}: give them one, or choose somebody else.")
    if source_url and (not source_url.startswith("/") or source_url.startswith(("//", "/\\"))):
        raise Refused("The address of what the task belongs to begins with one slash: it is a page in Assay.")


def update_task(*, task: Task, by: User, reason: str = "", **fields: Any) -> Task:
    """Change what is to be done, by whom or until when."""
    for name in {"state", "outcome", "closed_at", "project", "organisation", "id"} & set(fields):
        raise Refused(f"The {name} of a task does not change this way.")
    _refuse_unless(task, Task.State.OPEN)
    _check(task.project or task.organisation, fields.get("assignee", task.assignee), fields.get("source_url", ""))
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(task, name, value)
        task.save()
    return task


def finish_task(*, task: Task, by: User | str, outcome: str = "") -> Task:
    """Record that it is done, and what came of it."""
    _refuse_unless(task, Task.State.OPEN)
    return _close(task, Task.State.DONE, by, outcome)


@governed("Say why the task is cancelled")
def cancel_task(*, task: Task, by: User | str, reason: str) -> Task:
    """Record that it will not be done, and why."""
    _refuse_unless(task, Task.State.OPEN)
    return _close(task, Task.State.CANCELLED, by, reason)


@governed("Say why the task is reopened")
def reopen_task(*, task: Task, by: User | str, reason: str) -> Task:
    """Take a closed task up again."""
    _refuse_unless(task, Task.State.DONE, Task.State.CANCELLED)
    with change(by=by, reason=reason):
        task.state, task.outcome, task.closed_at = Task.State.OPEN, "", None
        task.save()
    return task


def _close(task: Task, state: "Task.State", by: User | str, outcome: str) -> Task:
    with change(by=by, reason=outcome):
        task.state, task.outcome = state, outcome
        task.closed_at = simulated_moment() or timezone.now()
        task.save()
    return task


def _refuse_unless(task: Task, *states: "Task.State") -> None:
    if task.state not in states:
        raise NotOpen(f"{task.reference} is {task.get_state_display().lower()}: there is nothing to do about it here.")
