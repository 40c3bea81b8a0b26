"""Boxes an app leaves on another app's page: "risks this control treats" on the control's page.

@panel("control", title="Risks this control treats", template="risks/panels/of_control.html", kind="risk")
def risks_of_control(control, *, at=None) -> dict | None: ...

A builder that takes `can` or `user` gets what the person may do here, or the person. A box makes a fixed number of
queries and lists a handful of rows with a link to the rest: overviews stay as fast as on the first day.

What an overview shows is kept (see kept.py) until anything is recorded in its scope, so a box of theirs shows tracked
rows of the scope, its organisation, its projects or the installation, says nothing finer than the day about time, and
its template knows `scope`, `organisation`, `project` and `can`, but no request.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

from django.template.loader import get_template

from compliance.ledger.moment import moment_read
from compliance.projects.kept import kept
from compliance.registry import Registry

OVERVIEWS = ("organisation", "project")


@dataclass(frozen=True)
class Panel:
    """A box: `build(subject, at=None)` returns its context, or None to stay away."""

    key: str
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
        panels.add(key, Panel(key, place, title, template, kind, wide, build), order=order)
        return build

    return register


def panels_at(place: str, subject: Any, can: Any, user: Any = None, keep: Any = None) -> list[dict[str, Any]]:
    """The boxes for one page: title and width of each, and its text or template and context.

    An overview is kept by `keep` (`request.keep`), that of today also for the other processes.
    """
    shown = [box for box in panels if box.place == place and getattr(can, box.kind).view]
    if place in OVERVIEWS and user is not None and (moment_read() is None or keep is not None):
        return _kept(shown, subject, can, user, keep)
    given = {"can": can, "user": user}
    built = [(box, box.build(subject, **{name: given[name] for name in box.asks})) for box in shown]
    return [
        {"title": box.title, "wide": box.wide, "template": box.template, "context": context}
        for box, context in built
        if context is not None
    ]


def _kept(boxes: list[Panel], scope: Any, can: Any, user: Any, keep: Any) -> list[dict[str, Any]]:
    """The same, drawn already: overviews are looked at far more often than anything in them changes."""
    roles = ",".join(sorted(can.roles))

    def draw(box: Panel) -> Callable[[], str]:
        return lambda: _text(box, _alone(scope), can, copy(user))

    names = {box: f"{box.key} {scope.pk} {roles} {user.pk if 'user' in box.asks else ''}" for box in boxes}
    draws = {name: draw(box) for box, name in names.items()}

    def draw_all() -> dict[str, str]:
        return kept(draws, scope) if moment_read() is None else {name: one() for name, one in draws.items()}

    texts = draw_all() if keep is None else keep("overview", draw_all)
    return [{"title": box.title, "wide": box.wide, "text": texts[names[box]]} for box in boxes if texts[names[box]]]


def _alone(scope: Any) -> Any:
    """The scope for one box: what another box has read through it is read again, and seen to be read."""
    one = copy(scope)
    if hasattr(scope, "organisation"):
        one.organisation = copy(scope.organisation)
    return one


def _text(box: Panel, scope: Any, can: Any, user: Any) -> str:
    given, organisation = {"can": can, "user": user}, getattr(scope, "organisation", scope)
    context = box.build(scope, **{name: given[name] for name in box.asks})
    project = None if organisation is scope else scope
    seen = {"scope": scope, "organisation": organisation, "can": can, "project": project}
    return "" if context is None else drawn(box.template, context, seen)


def drawn(template: str, context: dict[str, Any], page: dict[str, Any], request: Any = None) -> str:
    """A box's template with its own context, also as `panel`, over the page's."""
    return get_template(template).render({**page, **context, "panel": context}, request)
