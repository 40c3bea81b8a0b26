"""What every page's frame needs to know."""

from contextlib import suppress
from datetime import time
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils import timezone

from compliance.projects.models import Project
from compliance.projects.navigation import rail
from compliance.projects.past import ASKED, today_url, written
from compliance.ui.addresses import filled

TODAYS = frozenset({"task"})  # kinds whose pages are for work to be done, not for looking back


class Picker(NamedTuple):
    """What the picker of a moment shows: the moment read, the latest to ask for, and the rest of the address."""

    day: str
    time: str
    latest: str
    kept: tuple[tuple[str, str], ...]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Scope, what the person may do there, and the rail; empty outside an organisation."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return {"scope": None, "rail": (), **_own_pages()}
    project = scope if isinstance(scope, Project) else None
    organisation = project.organisation if project else scope
    return {
        **_own_pages(),
        **_moment(request, "project" if project else "organisation"),
        "scope": scope,
        "home_url": scope.get_absolute_url(),
        "project": project,
        "organisation": organisation,
        "can": request.can,  # type: ignore[attr-defined]
        "search_url": filled(f"projects:{'project' if project else 'organisation'}_search", scope.slug),
        "rail": rail(scope, request.can.roles, request.path),  # type: ignore[attr-defined]
        "rail_name": organisation.name,
        "rail_note": project.name if project else "",
    }


def _moment(request: HttpRequest, scope: str) -> dict[str, Any]:
    """The picker on pages that show something, and the banner on pages of the past."""
    match, at = request.resolver_match, getattr(request, "at", None)
    access = getattr(match.func, "access", None) if match else None
    name = (match.url_name or "") if match else ""
    if access is None or access.verb != "view" or access.kind in TODAYS or "compare" in name:
        return {}
    found: dict[str, Any] = {
        "as_at": at,
        "now_url": today_url(request),
        "picker": Picker(
            day=at.date().isoformat() if at else "",
            time=f"{at:%H:%M}" if at and at.time() != time.max else "",
            latest=timezone.now().date().isoformat(),
            kept=tuple((name, value) for name, value in request.GET.items() if name not in ASKED and value),
        ),
    }
    if request.can.ledger.view:  # type: ignore[attr-defined]
        with suppress(NoReverseMatch):
            compare = filled(f"timeline:{scope}_compare", request.scope.slug)  # type: ignore[attr-defined]
            found["compare_url"] = compare + (f"?since={written(at)}" if at else "")
    return found


def _own_pages() -> dict[str, str]:
    """The person's own pages, by name: the frame imports no room."""
    found = {}
    for key, name in (("account_url", "accounts:profile"), ("tasks_url", "tasks:mine")):
        with suppress(NoReverseMatch):
            found[key] = filled(name)
    return found
