"""Parts of pages drawn once: a template that sees nothing but the values it is given is remembered by them.

The frame of a page, its rail and its menus are the same for everybody who may do the same: drawing them anew for each
request took longer than the page in them.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString


def part(template_name: str, **values: Any) -> SafeString:
    """The template drawn from these values alone; remembered when all of them can be told apart (texts, numbers, days,
    tuples and frozen records of such). A value that changes with every request (a token) does not belong here.
    """
    if settings.DEBUG:
        return _drawn(template_name, values)
    try:
        return _remembered(template_name, get_urlconf(), get_script_prefix(), **values)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
        return _drawn(template_name, values)


@lru_cache(maxsize=500, typed=True)
def _remembered(template_name: str, urlconf: Any, prefix: str, /, **values: Any) -> SafeString:
    return _drawn(template_name, values)


def _drawn(template_name: str, values: dict[str, Any]) -> SafeString:
    drawn: SafeString = get_template(template_name).template.render(Context(values))  # type: ignore[attr-defined]
    return drawn
