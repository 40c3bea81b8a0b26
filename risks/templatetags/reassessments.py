"""Saying on a record's page why it is to be looked at again."""

from typing import Any

from django import template

from risks.services.trigger import open_for

register = template.Library()


@register.inclusion_tag("risks/_asked.html")
def asked_of(record: Any) -> dict[str, Any]:
    """`{% load reassessments %}{% asked_of model %}`: a note for each open request, or nothing."""
    return {"asked": list(open_for(record))}
