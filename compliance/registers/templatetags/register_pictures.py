"""Pictures of registers, for packs: from plain data to the drawing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from compliance.ui.pictures import Trend, trend

register = template.Library()


@register.simple_tag
def draw_trend(points: Sequence[Mapping[str, Any]], target: Any = None, title: str = "", id: str = "trend") -> Trend:
    """The trend of points of `day` and `value`, beside a target."""
    series = {"Measured": [(point["day"], float(point["value"])) for point in points]}
    if target is not None and points:
        days = [point["day"] for point in points]
        series["Target"] = [(min(days), float(target)), (max(days), float(target))]
    return trend(series, id=f"trend-{id.lower()}", title=title)
