"""What every page's frame needs to know."""

from contextlib import suppress
from datetime import time
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from compliance.projects.models import Project
from compliance.projects.navigation import rail
from compliance.projects.past import ASKED, today_url, written

TODAYS = frozenset({"task"})  # kinds whose pages are for work to be done, not for looking back


def shell(request: HttpRequest) -> dict[str, Any]:
    """Scope, what the person may do there, and the rail; empty outside an organisation."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return {"scope": None, "rail": [], **_own_pages()}
    is_project = isinstance(scope, Project)
    return {
        **_own_pages(),
        **_moment(request, "project" if is_project else "organisation"),
        "scope": scope,
        "home_url": scope.get_absolute_url(),
        "project": scope if is_project else None,
        "organisation": scope.organisation if is_project else scope,
        "can": request.can,  # type: ignore[attr-defined]
        "search_url": reverse(f"projects:{'project' if is_project else 'organisation'}_search", args=[scope.slug]),
        "rail": rail(scope, request.can, request.path),  # type: ignore[attr-defined]
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
        "picker": {
            "day": at.date().isoformat() if at else "",
            "time": f"{at:%H:%M}" if at and at.time() != time.max else "",
            "latest": timezone.now().date().isoformat(),
            "kept": [(name, value) for name, value in request.GET.items() if name not in ASKED and value],
        },
    }
    if request.can.ledger.view:  # type: ignore[attr-defined]
        with suppress(NoReverseMatch):
            slug = request.scope.slug  # type: ignore[attr-defined]
            found["compare_url"] = reverse(f"timeline:{scope}_compare", args=[slug]) + (
                f"?since={written(at)}" if at else ""
            )
    return found


def _own_pages() -> dict[str, str]:
    """The person's own pages, by name: the frame imports no room."""
    found = {}
    for key, name in (("account_url", "accounts:profile"), ("tasks_url", "tasks:mine")):
        try:
            found[key] = reverse(name)
        except NoReverseMatch:
            continue
    return found
