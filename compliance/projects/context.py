"""What every page's frame needs to know."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from compliance.projects.models import Project
from compliance.projects.navigation import rail


def shell(request: HttpRequest) -> dict[str, Any]:
    """Scope, what the person may do there, and the rail; empty outside an organisation."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return {"scope": None, "rail": [], **_own_pages()}
    is_project = isinstance(scope, Project)
    return {
        **_own_pages(),
        "scope": scope,
        "home_url": scope.get_absolute_url(),
        "project": scope if is_project else None,
        "organisation": scope.organisation if is_project else scope,
        "can": request.can,  # type: ignore[attr-defined]
        "search_url": reverse(f"projects:{'project' if is_project else 'organisation'}_search", args=[scope.slug]),
        "rail": rail(scope, request.can, request.path),  # type: ignore[attr-defined]
    }


def _own_pages() -> dict[str, str]:
    """The person's own pages, by name: the frame imports no room."""
    found = {}
    for key, name in (("account_url", "accounts:profile"), ("tasks_url", "tasks:mine")):
        try:
            found[key] = reverse(name)
        except NoReverseMatch:
            continue
    return found
