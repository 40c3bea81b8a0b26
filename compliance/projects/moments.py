"""Moments people compare with: a room names its own in `moments.py`.

@moments("projects.releases", order=30)
def releases(scope) -> list[tuple[str, datetime]]: ...     # newest first, at most a few
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from compliance.projects.models import Organisation, Project, Release
from compliance.registry import Registry

Scope: TypeAlias = Organisation | Project
Source: TypeAlias = Callable[[Scope], list[tuple[str, datetime]]]
FEW = 3

sources: Registry[Source] = Registry("source of moments")


def moments(key: str, *, order: int = 50) -> Callable[[Source], Source]:
    """Name a source of moments."""
    return lambda source: sources.add(key, source, order=order)


def moments_of(scope: Scope) -> list[tuple[str, datetime]]:
    """Every named moment of a scope; a fixed number of queries."""
    return [one for source in sources for one in source(scope)]


@moments("projects.releases", order=30)
def releases(scope: Scope) -> list[tuple[str, datetime]]:
    if not isinstance(scope, Project):
        return []
    found = Release.objects.in_project(scope).filter(released_at__isnull=False).order_by("-released_at")[:FEW]
    return [(f"Release {release}", release.released_at) for release in found if release.released_at]
