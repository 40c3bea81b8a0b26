"""Boxes an app leaves on another app's page: "risks this control treats" on the control's page.

@panel("control", title="Risks this control treats", template="risks/panels/of_control.html", kind="risk")
def risks_of_control(control, *, at=None) -> dict | None: ...

A builder that takes `can` or `user` gets what the person may do here, or the person. A box makes a fixed number of
queries and lists a handful of rows with a link to the rest: overviews stay as fast as on the first day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import signature
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
    asks: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "asks", frozenset(signature(self.build).parameters) & {"can", "user"})


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


def panels_at(place: str, subject: Any, can: Any, user: Any = None) -> list[dict[str, Any]]:
    """The boxes for one page: title, template, context and width of each."""
    shown, given = [], {"can": can, "user": user}
    for box in panels:
        if box.place != place or not getattr(can, box.kind).view:
            continue
        context = box.build(subject, **{name: given[name] for name in box.asks})
        if context is not None:
            shown.append({"title": box.title, "template": box.template, "context": context, "wide": box.wide})
    return shown
