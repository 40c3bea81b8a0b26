"""One task: given, read, changed, closed and reopened, in an organisation or in a project."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.tasks import services
from compliance.tasks.forms import OutcomeForm, TaskForm
from compliance.tasks.models import Task

Scope = Organisation | Project


def _find(scope: Scope, reference: str) -> Task:
    """The task where it belongs: a project's on the project, the organisation's own on the organisation."""
    rows = (
        Task.objects.in_project(scope) if isinstance(scope, Project) else Task.objects.in_organisation(scope).shared()
    )
    return get_object_or_404(rows.select_related("assignee", "project", "organisation"), reference=reference)


def _crumbs(scope: Scope, task: Task | None = None) -> list[tuple[str, str]]:
    name = "tasks:project" if isinstance(scope, Project) else "tasks:organisation"
    steps = [("Tasks", reverse(name, args=[scope.slug]))]
    return [*steps, (task.reference, task.get_absolute_url())] if task else steps


def _add(request: Request, scope: Scope) -> HttpResponse:
    wanted = {"source_url": request.GET.get("source_url", ""), "title": request.GET.get("title", "")}
    form = TaskForm(posted(request), scope=scope, initial=wanted)
    made = attempt(form, lambda: services.add_task(scope=scope, by=request.user, **form.values))
    crumbs = _crumbs(scope)
    if made is not None:
        messages.success(request, f"{made.reference} is {made.assignee}'s.")
        return redirect(crumbs[0][1])
    return form_page(request, form, heading="Give a task", cancel=crumbs[0][1], submit="Give it", crumbs=crumbs)


def _show(request: Request, scope: Scope, reference: str) -> HttpResponse:
    task = _find(scope, reference)
    base = task.get_absolute_url()
    context = {"task": task, "base": base, "crumbs": _crumbs(scope), "heading": task.reference}
    return render(request, "tasks/task.html", context)


def _edit(request: Request, scope: Scope, reference: str) -> HttpResponse:
    task = _find(scope, reference)
    form = TaskForm(posted(request), scope=scope, instance=task)
    saved = attempt(form, lambda: services.update_task(task=task, by=request.user, **form.values))
    crumbs = _crumbs(scope, task)
    if saved is not None:
        messages.success(request, f"{task.reference} is saved.")
        return redirect(task)
    return form_page(request, form, heading="Edit the task", cancel=crumbs[-1][1], crumbs=crumbs)


def _finish(request: Request, scope: Scope, reference: str) -> HttpResponse:
    task = _find(scope, reference)
    form = OutcomeForm(posted(request))
    done = attempt(form, lambda: services.finish_task(task=task, by=request.user, **form.cleaned_data))
    return _decided(request, scope, task, form, done, heading="It is done", submit="It is done")


def _cancel(request: Request, scope: Scope, reference: str) -> HttpResponse:
    task = _find(scope, reference)
    form = ReasonForm(posted(request))
    done = attempt(form, lambda: services.cancel_task(task=task, by=request.user, **form.cleaned_data))
    return _decided(request, scope, task, form, done, heading="Cancel the task", submit="Cancel it", danger=True)


def _reopen(request: Request, scope: Scope, reference: str) -> HttpResponse:
    task = _find(scope, reference)
    form = ReasonForm(posted(request))
    done = attempt(form, lambda: services.reopen_task(task=task, by=request.user, **form.cleaned_data))
    return _decided(request, scope, task, form, done, heading="Reopen the task", submit="Reopen it")


def _decided(request: Request, scope: Scope, task: Task, form: Any, done: Any, **words: Any) -> HttpResponse:
    if done is not None:
        messages.success(request, f"{task.reference} is {task.get_state_display().lower()}.")
        return redirect(task)
    return form_page(request, form, cancel=task.get_absolute_url(), crumbs=_crumbs(scope, task), **words)


def _in_organisation(verb: str, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page as an organisation's."""
    return organisation_view(verb, kind="task")(page)


def _in_project(verb: str, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same page as a project's."""
    return project_view(verb, kind="task")(page)


_read = require_safe(_show)
task, project_task = _in_organisation("view", _read), _in_project("view", _read)
add, project_add = _in_organisation("edit", _add), _in_project("edit", _add)
edit, project_edit = _in_organisation("edit", _edit), _in_project("edit", _edit)
finish, project_finish = _in_organisation("edit", _finish), _in_project("edit", _finish)
cancel, project_cancel = _in_organisation("edit", _cancel), _in_project("edit", _cancel)
reopen, project_reopen = _in_organisation("edit", _reopen), _in_project("edit", _reopen)
