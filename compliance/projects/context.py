"""What every page's frame needs to know."""

from typing import Any

from django.http import HttpRequest

from compliance.projects.models import Project
from compliance.projects.navigation import rail


def shell(request: HttpRequest) -> dict[str, Any]:
    """Scope, what the person may do there, and the rail; empty outside an organisation."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return {"scope": None, "rail": []}
    is_project = isinstance(scope, Project)
    return {
        "scope": scope,
        "project": scope if is_project else None,
        "organisation": scope.organisation if is_project else scope,
        "can": request.can,  # type: ignore[attr-defined]
        "rail": rail(scope, request.can, request.path),  # type: ignore[attr-defined]
    }
