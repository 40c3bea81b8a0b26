"""Drawing from plain data in pack sections, which hold no floating-point numbers."""

from collections.abc import Mapping
from typing import Any

from django import template

from compliance.ui.pictures import HeatMap, heat_map

register = template.Library()


@register.simple_tag
def draw_heat_map(data: Mapping[str, Any]) -> HeatMap:
    """The heat map of a section's `map`: kind, likelihoods, consequences, levels and counts by row from 1."""
    levels = {(y, x): level for y, row in enumerate(data["levels"], 1) for x, level in enumerate(row, 1)}
    counts = {(y, x): count for y, row in enumerate(data["counts"], 1) for x, count in enumerate(row, 1)}
    title = f"{data['kind'].capitalize()} risks by likelihood and consequence"
    return heat_map(counts, levels, data["likelihoods"], data["consequences"], id=f"heat-{data['kind']}", title=title)
