"""What every page's frame needs to know."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The rail and breadcrumb of the scope the view received, if it received one."""
    return {"scope": getattr(request, "scope", None)}
