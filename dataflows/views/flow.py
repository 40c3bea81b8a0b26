"""Flows of a project."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from compliance.ledger import change
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import CountedRows
from compliance.ui.register import Column, Register
from dataflows import services, vocabulary
from dataflows.chart import chart
from dataflows.forms import FlowFilter, FlowForm
from dataflows.mends import flow_filled
from dataflows.models import DataFlow, DataItem, Drift
from dataflows.problems import problems
from dataflows.standing import is_outdated, latest_approvals
from dataflows.views.answer import save_form, take_step

STEPS = {"submit": services.submit_for_review, "retire": services.retire_record}
DECISIONS = {"approve": services.approve_record, "send_back": services.send_back}
SAID = {
    "submit": "It is with the data protection officer now.",
    "retire": "It has ended; it stays readable.",
    "approve": "It is approved as it stands.",
    "send_back": "It went back to those who wrote it.",
}


def draw_data(flow: DataFlow, items: list[DataItem]) -> str:
    """The data a flow carries, special categories marked."""
    special = '<span class="special" title="Special category, GDPR Art. 9">{}</span>'
    return format_html_join(", ", "{}", ((format_html(special, i.name) if i.is_special else i.name,) for i in items))


def draw_problems(flow: DataFlow, marks: str) -> str:
    """What is to be mended, in red."""
    return format_html('<span class="overdue">{}</span>', marks) if marks else ""


FLOWS = Register(
    key="flows",
    noun="flow",
    title="Data flows",
    order="reference",
    filterset=FlowFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Flow", kind="main", sort="title"),
        Column("path", "Way", value="path"),
        Column("data", "Data", value=lambda flow: flow.data, draw=draw_data),
        Column("legal_basis", "Legal basis", sort="legal_basis"),
        Column(
            "outside",
            "Outside the EEA",
            value=lambda flow: ", ".join(map(vocabulary.country_name, flow.countries_outside_eea())),
        ),
        Column("state", "State", kind="state", sort="state"),
        Column(
            "problems",
            "To mend",
            value=lambda flow: ", ".join(p.mark for p in problems(flow, now_read().date())),
            draw=draw_problems,
        ),
        Column("project", "Project", value="project.name", sort="project__name", shown=False),
        Column("purpose", "Purpose", shown=False),
        Column("subjects", "Data subjects", value="subjects", shown=False),
        Column("protection", "Protection", sort="protection", shown=False),
        Column("retention", "Kept for", shown=False),
        Column("activity", "Record of processing", value="activity.reference", shown=False),
    ),
    empty_title="No flows yet",
    empty_text="A flow says which personal data goes where, why, and how it is protected. "
    "Begin with what happens when somebody opens an account.",
)


EVERYWHERE = replace(
    FLOWS,
    key="all-flows",
    columns=tuple(replace(c, shown=True) if c.key == "project" else c for c in FLOWS.columns),
)


VISIBLE = CountedRows(
    lambda scope, user, now: DataFlow.objects.filter(
        project__in=Project.objects.filter(organisation=scope).visible_to(user, now)
    ).listed(),
    scope=UUID,
    user=UUID,
    now=datetime,
)
OF_PROJECT = CountedRows(lambda scope: DataFlow.objects.filter(project=scope).listed(), scope=UUID)


@organisation_view("view", kind="flow")
@require_safe
def flows(request: Request, organisation: Organisation) -> HttpResponse:
    """The flows of every project the person may open."""
    rows = VISIBLE(scope=organisation.pk, user=request.user.pk, now=timezone.now())
    return EVERYWHERE.respond(request, rows, template="dataflows/flow_list.html")


@project_view("view", kind="flow")
@require_safe
def project_flows(request: Request, project: Project) -> HttpResponse:
    add: dict[str, Any] = {"add_url": reverse("dataflows:flow_add", args=[project.slug]), "add_label": "Add a flow"}
    return FLOWS.respond(
        request,
        OF_PROJECT(scope=project.pk),
        template="dataflows/flow_list.html",
        **(add if request.can.edit else {}),
    )


@project_view("view", kind="flow")
@require_safe
def flow(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _complete(project, reference)
    today = now_read().date()
    approval = latest_approvals([found]).get(found.pk)
    context = {
        "flow": found,
        "problems": problems(found, today),
        "approval": approval,
        "outdated": is_outdated(found, approval),
        "map": chart([found], today, title=f"The way of {found.reference}", node_url=_focus(project)),
    }
    return render(request, "dataflows/flow.html", context)


@project_view("edit", kind="flow")
def flow_add(request: Request, project: Project) -> HttpResponse:
    form = FlowForm(request.POST or None, project=project, initial=_from_drift(request, project))

    def save() -> DataFlow:
        with change(by=request.user):
            return services.propose_flow(project=project, by=request.user, **form.resolve(request.user))

    return save_form(request, form, "dataflows/flow_form.html", save, "is proposed.", back=_list(project))


@project_view("edit", kind="flow")
def flow_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _complete(project, reference)
    form = FlowForm(request.POST or None, instance=found, project=project)

    def save() -> DataFlow:
        with change(by=request.user):
            return services.change_flow(flow=found, by=request.user, **form.resolve(request.user))

    back = found.get_absolute_url()
    return save_form(request, form, "dataflows/flow_form.html", save, "is saved.", flow=found, back=back)


@project_view("edit", kind="flow")
def flow_step(request: Request, project: Project, reference: str) -> HttpResponse:
    found = get_object_or_404(DataFlow.objects.in_project(project), reference=reference)
    return take_step(request, STEPS, found.get_absolute_url(), SAID, record=found, by=request.user)


@project_view("approve", kind="flow")
def flow_decide(request: Request, project: Project, reference: str) -> HttpResponse:
    found = get_object_or_404(DataFlow.objects.in_project(project), reference=reference)
    return take_step(request, DECISIONS, found.get_absolute_url(), SAID, record=found, by=request.user)


def _from_drift(request: Request, project: Project) -> dict[str, Any]:
    """What a finding of drift fills in (`?drift=DRF-0001`); nothing of one that is not there."""
    reference = request.GET.get("drift", "")[:20]
    rows = Drift.objects.in_project(project).select_related("project__organisation", "release")
    found = rows.filter(reference=reference).first() if reference else None
    return flow_filled(project, found) if found else {}


def _complete(project: Project, reference: str) -> DataFlow:
    return get_object_or_404(DataFlow.objects.in_project(project).complete(), reference=reference)


def _list(project: Project) -> str:
    return reverse("dataflows:project_flows", args=[project.slug])


def _focus(project: Project) -> Callable[[str], str]:
    address = reverse("dataflows:map", args=[project.slug])
    return lambda reference: f"{address}?node={reference}"
