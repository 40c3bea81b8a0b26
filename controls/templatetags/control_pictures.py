"""Drawing from plain data in pack sections."""

from collections.abc import Sequence
from datetime import date

from django import template

from compliance.ui.pictures import Months, months

register = template.Library()
MARKS = {"ok": "●", "warn": "◐", "bad": "✕", "": "–"}
WORDS = {"ok": "covered", "warn": "in part", "bad": "gap", "": "not due"}


@register.simple_tag
def draw_months(reference: str, states: Sequence[str], first: date) -> Months:
    """The strip of one control, a square for each month from `first` on."""
    return months({reference: states}, first, id=f"months-{reference}", title=f"Evidence of {reference} by month")


@register.filter
def month_mark(state: str) -> str:
    """A month's state as a sign that reads without colour."""
    return MARKS[state]


@register.filter
def month_word(state: str) -> str:
    """A month's state as a word."""
    return WORDS[state]
