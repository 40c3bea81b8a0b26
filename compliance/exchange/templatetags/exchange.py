"""The way from a list to its file and back."""

from typing import Any

from django import template

from compliance.exchange.registry import sheets
from compliance.projects.models import Project
from compliance.ui.addresses import filled

register = template.Library()


@register.inclusion_tag("exchange/_menu.html", takes_context=True)
def exchange_menu(context: dict[str, Any], sheet: str, only: str = "") -> dict[str, Any]:
    """`{% exchange_menu "controls" %}`: Import and Export of a list, as far as the person may.

    What else leaves from there is the sheet's `documents`.
    """
    request = context["request"]
    scope, prefix = request.scope, "project_" if isinstance(request.scope, Project) else ""
    can = getattr(request.can, sheets[sheet].kind)
    out = filled(f"exchange:{prefix}export", scope.slug, sheet)
    narrowed = f"&only={only}" if only else ""
    return {
        "xlsx": f"{out}?format=xlsx{narrowed}",
        "csv": f"{out}?format=csv{narrowed}",
        "more": sheets[sheet].documents(scope, only),
        "into": filled(f"exchange:{prefix}import", scope.slug, sheet) if can.edit else "",
    }
