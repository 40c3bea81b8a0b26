"""Addresses of pages that stand under a project and under an organisation."""

from typing import Any

from django.urls import reverse

from compliance.projects.access import Scope
from compliance.projects.models import Project


def place(scope: Scope, name: str, *args: Any) -> str:
    """The address of a page of this room under a scope."""
    prefix = "project_" if isinstance(scope, Project) else ""
    return reverse(f"risks:{prefix}{name}", args=[scope.slug, *args])
