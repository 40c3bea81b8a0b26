"""A project: its overview, its particulars, its store listings."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.projects import services
from compliance.projects.access import Request, project_view
from compliance.projects.forms import AppTargetForm, ProjectForm
from compliance.projects.models import AppTarget, Project, Release
from compliance.projects.panels import panels_at
from compliance.projects.views.forms import attempt, form_page, posted


@project_view("view", kind="project")
@require_safe
def project(request: Request, project: Project) -> HttpResponse:
    """The dashboard: what the rooms leave here, the listings and the releases next and last."""
    panels = panels_at("project", project, request.can, request.user, request.keep)
    context = {"panels": panels, **request.keep("own boxes", lambda: _own(project))}
    return render(request, "projects/project.html", context)


def _own(project: Project) -> dict[str, Any]:
    releases = Release.objects.in_project(project)
    return {
        "targets": list(AppTarget.objects.in_project(project)[:12]),
        "releases": [
            *releases.filter(state=Release.State.PLANNED).order_by("planned_date", "name")[:3],
            *releases.filter(state=Release.State.RELEASED).order_by("-released_at")[:3],
        ],
    }


@project_view("edit", kind="project")
def project_edit(request: Request, project: Project) -> HttpResponse:
    form = ProjectForm(posted(request), instance=copy(project))
    saved = attempt(form, lambda: services.update_project(project=form.instance, by=request.user, **form.values))
    if saved is not None:
        messages.success(request, f"{saved} is saved.")
        return redirect(saved)
    return form_page(request, form, heading="Edit the project", cancel=project.get_absolute_url())


@project_view("edit", kind="project")
def target_add(request: Request, project: Project) -> HttpResponse:
    form = AppTargetForm(posted(request))
    made = attempt(form, lambda: services.add_app_target(project=project, by=request.user, **form.values))
    if made is not None:
        messages.success(request, f"{made} is listed.")
        return redirect(project)
    return form_page(request, form, heading="Add a store listing", cancel=project.get_absolute_url(), submit="Add it")


@project_view("edit", kind="project")
def target_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    target = get_object_or_404(AppTarget.objects.in_project(project).select_related("project"), reference=reference)
    form = AppTargetForm(posted(request), instance=target)
    saved = attempt(form, lambda: services.update_app_target(target=target, by=request.user, **form.values))
    if saved is not None:
        messages.success(request, f"{saved} is saved.")
        return redirect(project)
    return form_page(request, form, heading=f"Edit {target.reference}", cancel=project.get_absolute_url())
