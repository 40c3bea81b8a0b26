"""Drawing from plain data in pack sections, which hold no floating-point numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

from compliance.ui.pictures import HeatMap, Trend, heat_map
from risks.figures import Month, trends
from risks.pictures import Moves, moves
from risks.rising import Picture, Rise, picture

register = template.Library()


@register.simple_tag
def draw_heat_map(data: Mapping[str, Any]) -> HeatMap:
    """The heat map of a section's `map`: kind, likelihoods, consequences, levels and counts by row from 1."""
    levels = {(y, x): level for y, row in enumerate(data["levels"], 1) for x, level in enumerate(row, 1)}
    counts = {(y, x): count for y, row in enumerate(data["counts"], 1) for x, count in enumerate(row, 1)}
    title = f"{data['kind'].capitalize()} risks by likelihood and consequence"
    return heat_map(counts, levels, data["likelihoods"], data["consequences"], id=f"heat-{data['kind']}", title=title)


class _Matrix:
    """What the pictures ask of a method, from plain data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.likelihoods = [{"name": name} for name in data["likelihoods"]]
        self.consequences = [{"name": name} for name in data["consequences"]]
        self.levels = {(y, x): level for y, row in enumerate(data["levels"], 1) for x, level in enumerate(row, 1)}


@register.simple_tag
def draw_moves(data: Mapping[str, Any]) -> Moves:
    """The ways between two positions: matrix, first, second, and ways as [likelihood, consequence, …, count]."""
    ways = {((a, b), (c, d)): count for a, b, c, d, count in data["ways"]}
    return moves(ways, _Matrix(data), data["first"], data["second"])


@register.simple_tag
def draw_trends(months: list[Mapping[str, Any]]) -> list[Trend]:
    """The trends of key figures, from their rows."""
    return trends([Month(**{**month, "day": date.fromisoformat(str(month["day"]))}) for month in months])


@register.simple_tag
def draw_rising(data: Mapping[str, Any]) -> Picture:
    """What rises if a control fails, from its rows."""
    found = [
        Rise(one["reference"], one["title"], "", one["now"], one["ceiling"], tuple(one["others"]))
        for one in data["risks"]
    ]
    return picture(found, data["reference"])
