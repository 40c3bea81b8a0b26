"""Where people land, and the overview of an organisation and of a project."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from compliance.ledger import guard
from compliance.projects.access import organisation_view, project_view, public_view, signed_in_view
from compliance.projects.models import Organisation, Project


@public_view
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve: database reachable, history guard complete."""
    gone = guard.missing()
    return JsonResponse({"ok": not gone, "guard_missing": len(gone)}, status=503 if gone else 200)


@signed_in_view
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the only organisation, else a choice."""
    organisations = list(Organisation.objects.visible_to(request.user)[:50])
    if len(organisations) == 1:
        return redirect(organisations[0])
    return render(request, "projects/home.html", {"organisations": organisations})


@organisation_view("view", kind="project")
@require_safe
def organisation(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return render(request, "projects/organisation.html", {"organisation": organisation})


@organisation_view("view", kind="project")
@require_safe
def projects(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    found = Project.objects.in_organisation(organisation).visible_to(request.user)
    return render(request, "projects/projects.html", {"projects": found[:50]})


@project_view("view", kind="project")
@require_safe
def project(request: HttpRequest, project: Project) -> HttpResponse:
    return render(request, "projects/project.html", {"project": project})
