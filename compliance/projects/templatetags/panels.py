"""Draws the boxes other rooms leave on a page."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import mark_safe

from compliance.projects.panels import drawn

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, box: dict[str, Any]) -> str:
    """The body of a box from `panels_at`."""
    if "text" in box:
        return mark_safe(box["text"])  # noqa: S308  a template drew it
    page = {key: context.get(key) for key in ("scope", "project", "organisation", "can")}
    return drawn(box["template"], box["context"], page, context.get("request"))
