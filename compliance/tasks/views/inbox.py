"""What waits: for me, in an organisation, in a project."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.accounts.access import PersonRequest
from compliance.approvals.models import Approval
from compliance.approvals.registry import approvables
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view, project_view, signed_in_view
from compliance.projects.models import Organisation, Project
from compliance.tasks.models import Task, stale_since
from compliance.tasks.services import inbox_of, waiting_for
from compliance.ui.register import Column, Register

LINE = (
    Column("reference", "Reference", kind="reference", sort="reference"),
    Column("title", "What", kind="main", sort="title"),
    Column("date", "Due", kind="day", sort="date"),
    Column("state", "State", kind="state", sort="state"),
)
OWNER = Column("owner", "Whose", value=lambda row: str(row.owner) if row.owner else "", sort="owner")
MINE = Register(
    kept=False,
    key="my-tasks",
    noun="task",
    title="My tasks",
    order="date",
    columns=LINE,
    empty_title="Nothing waits for you",
    empty_text="Tasks given to you, and what falls due of what you own, in every organisation you work in.",
)
OPEN = Register(
    key="tasks",
    noun="open task",
    title="Tasks",
    order="date",
    columns=(*LINE, OWNER),
    empty_title="Nothing is open",
    empty_text="Tasks people gave each other, and reviews, expiries and clocks of the next 60 days.",
)
CLOSED = Register(
    key="closed-tasks",
    noun="closed task",
    title="Tasks",
    order="-closed",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "What", kind="main", sort="title"),
        Column("state", "State", kind="state", sort="state"),
        Column("outcome", "What came of it"),
        Column("owner", "Whose", value="assignee.name", sort="assignee__name"),
        Column("closed", "Closed", value="closed_at", kind="day", sort="closed_at"),
    ),
    empty_title="Nothing was closed yet",
    empty_text="Tasks that are done or cancelled are kept here.",
)


@signed_in_view
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    return MINE.respond(request, waiting_for(request.user, now_read(), kept=True), url=_url, template="tasks/mine.html")


@organisation_view("view", kind="organisation")
@require_safe
def approval(request: Request, organisation: Organisation, key: str) -> HttpResponse:
    """To the page of what waits for a decision; who may open it is for that page to say."""
    try:
        asked = UUID(key)
    except ValueError:
        raise Http404 from None
    row = get_object_or_404(Approval.objects.in_organisation(organisation), pk=asked)
    known = approvables.get(row.subject_model)
    subject = apps.get_model(row.subject_model)._default_manager.filter(pk=row.subject_id).first()
    if known is None or subject is None:
        raise Http404
    return redirect(known.page(subject))


@organisation_view("view", kind="task")
@require_safe
def organisation(request: Request, organisation: Organisation) -> HttpResponse:
    return _list(request, organisation, reverse("tasks:add", args=[organisation.slug]))


@project_view("view", kind="task")
@require_safe
def project(request: Request, project: Project) -> HttpResponse:
    return _list(request, project, reverse("tasks:project_add", args=[project.slug]))


def _list(request: Request, scope: Organisation | Project, add: str) -> HttpResponse:
    can = request.can
    context: dict[str, Any] = {"add_url": add if can.edit else "", "add_label": "Give a task"}
    if isinstance(scope, Organisation) and can.organisation.edit:
        stale = request.keep(("reminders ran",), lambda: stale_since(scope))
        context |= {"runs_url": reverse("tasks:runs", args=[scope.slug]), "stale": stale}
    if request.GET.get("closed"):
        tasks = Task.objects.in_project(scope) if isinstance(scope, Project) else Task.objects.in_organisation(scope)
        rows = tasks.closed().select_related("assignee", "project", "organisation")
        return CLOSED.respond(request, rows, template="tasks/list.html", closed=True, **context)
    return OPEN.respond(
        request, lambda: inbox_of(scope, can, now_read()), url=_url, template="tasks/list.html", **context
    )


def _url(line: Any) -> str:
    return line.url
