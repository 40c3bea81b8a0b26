"""Draws the boxes other rooms leave on a page."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, box: dict[str, Any]) -> str:
    """The body of a box from `panels_at`: its template with its own context, also as `panel`, over the page's."""
    page = {key: context.get(key) for key in ("scope", "project", "organisation", "can")}
    values = {**page, **box["context"], "panel": box["context"]}
    return get_template(box["template"]).render(values, context.get("request"))
