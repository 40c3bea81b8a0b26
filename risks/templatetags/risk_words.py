"""Words of this room that are kept as keys."""

from django import template

from risks.scales import DIMENSIONS

register = template.Library()


@register.filter
def dimension(key: str) -> str:
    """Legal and regulatory."""
    return DIMENSIONS.get(key, key.replace("_", " ").capitalize())
