"""The flow map of a project, and the places on it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from dataflows import services
from dataflows.chart import chart
from dataflows.forms import MapForm, NodeForm
from dataflows.models import DataFlow, Node
from dataflows.problems import problems
from dataflows.releases import flows_in
from dataflows.views.answer import save_form


@project_view("view", kind="flow")
@require_safe
def flow_map(request: Request, project: Project) -> HttpResponse:
    form = MapForm(request.GET or None, project=project)
    asked = form.cleaned_data if form.is_valid() else {}
    flows = _asked(project, asked)
    today = now_read().date()
    node = asked.get("node")
    focus = asked.get("flow") or node
    drawn = chart(
        flows,
        today,
        title=_title(project, asked),
        focus=focus.reference if focus else "",
        flow_url=lambda reference: f"?{_with(request, flow=reference)}",
        node_url=lambda reference: f"?{_with(request, node=reference)}",
    )
    rows = [(flow, problems(flow, today)) for flow in flows]
    narrowed = any(asked.values())
    context = {"form": form, "map": drawn, "rows": rows, "node": node, "focus": focus, "narrowed": narrowed}
    context["unfocused"] = f"?{_with(request)}"
    return render(request, "dataflows/map.html", context)


@project_view("edit", kind="flow")
def node_add(request: Request, project: Project) -> HttpResponse:
    form = NodeForm(request.POST or None, project=project)

    def save() -> str:
        services.add_node(project=project, by=request.user, **form.values())
        return _map(project)

    return save_form(
        request, form, "dataflows/form.html", save, "The place is kept.", heading="Add a place", back=_map(project)
    )


@project_view("edit", kind="flow")
def node(request: Request, project: Project, reference: str) -> HttpResponse:
    found = get_object_or_404(Node.objects.in_project(project), reference=reference)
    form = NodeForm(request.POST or None, instance=found, project=project)

    def save() -> str:
        services.change_node(node=found, by=request.user, **form.values())
        return _map(project)

    heading = f"Change {found.name}"
    return save_form(
        request, form, "dataflows/form.html", save, "The place is kept.", heading=heading, back=_map(project)
    )


def _asked(project: Project, asked: dict[str, Any]) -> list[DataFlow]:
    release = asked.get("release")
    flows = DataFlow.objects.in_project(project)
    flows = flows if release else flows.present()
    if item := asked.get("item"):
        flows = flows.carrying(item)
    if activity := asked.get("activity"):
        flows = flows.filter(activity=activity)
    found = list(flows.complete().order_by("reference"))
    return flows_in(release, found) if release else found


def _title(project: Project, asked: dict[str, Any]) -> str:
    then = f", as of {asked['release']}" if asked.get("release") else ""
    return f"{_named(project, asked)}{then}"


def _named(project: Project, asked: dict[str, Any]) -> str:
    if item := asked.get("item"):
        return f"Where {item.name.lower()} goes in {project}"
    if activity := asked.get("activity"):
        return f"{activity.name} in {project}"
    return f"Flow map of {project}"


def _with(request: Request, **values: str) -> str:
    """The address with one focus in place of the other."""
    query = request.GET.copy()
    for name in ("node", "flow"):
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return query.urlencode()


def _map(project: Project) -> str:
    return reverse("dataflows:map", args=[project.slug])
