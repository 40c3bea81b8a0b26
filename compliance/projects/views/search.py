"""Search: by reference or name, within what the person may view."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from compliance.projects.access import Can, Request, organisation_view, project_view, roles_in
from compliance.projects.models import Organisation, Project
from compliance.projects.search import LONGEST, search


@organisation_view("view", kind="project")
@require_safe
def organisation_search(request: Request, organisation: Organisation) -> HttpResponse:
    return _answer(request, organisation)


@project_view("view", kind="project")
@require_safe
def project_search(request: Request, project: Project) -> HttpResponse:
    return _answer(request, project)


def _answer(request: Request, scope: Organisation | Project) -> HttpResponse:
    """Straight to the record when its reference was typed in full, else what was found by kind."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    organisation = scope.organisation if isinstance(scope, Project) else scope
    there = Can(roles_in(request.user, organisation), "project")
    groups = search(scope, text, user=request.user, can=request.can, organisation_can=there)
    exact = [row for group in groups for row in group["rows"] if row.reference.lower() == text.lower()]
    if len(exact) == 1:
        return redirect(exact[0])
    return render(request, "projects/search.html", {"search_query": text, "groups": groups})
