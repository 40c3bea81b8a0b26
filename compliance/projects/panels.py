"""Boxes an app leaves on another app's page: "risks this control treats" on the control's page.

@panel("control", title="Risks this control treats", template="risks/panels/of_control.html", kind="risk")
def risks_of_control(control, *, at=None) -> dict | None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compliance.registry import Registry


@dataclass(frozen=True)
class Panel:
    """A box: `build(subject, at=None)` returns its context, or None to stay away."""

    place: str
    title: str
    template: str
    kind: str
    wide: bool
    build: Callable[..., dict[str, Any] | None]


panels: Registry[Panel] = Registry("panel")


def panel(
    place: str, *, title: str, template: str, kind: str, order: int = 50, wide: bool = False
) -> Callable[..., Any]:
    """Leave a box at `place`; people whose roles do not view `kind` never see it.

    Places: `organisation` and `project` (their overviews), and each record page that calls `panels_at`.
    A `wide` box takes the whole width. `{% load panels %}{% panel box %}` draws one.
    """

    def register(build: Callable[..., dict[str, Any] | None]) -> Callable[..., dict[str, Any] | None]:
        key = f"{place}/{build.__module__}.{build.__name__}"
        panels.add(key, Panel(place, title, template, kind, wide, build), order=order)
        return build

    return register


def panels_at(place: str, subject: Any, can: Any) -> list[dict[str, Any]]:
    """The boxes for one page: title, template, context and width of each."""
    shown = []
    for box in panels:
        if box.place == place and getattr(can, box.kind).view and (context := box.build(subject)) is not None:
            shown.append({"title": box.title, "template": box.template, "context": context, "wide": box.wide})
    return shown
