"""Desks: a place at one thing (an audit) for a person and a window of time, outside every role.

A room registers who sits where in its `desks.py`:

    desk("audit", find=seat_of, held=seats_of)

`find(pk=…, user=…, at=…)` gives the person's open place or None, `held(user=…, at=…)` all of them. Both look at the
time themselves, so that a place ends at its moment, in sessions already open too, and nothing has to run for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone

from compliance.registry import Registry


class Desk(Protocol):
    """An open place: what it is called, where its pages begin, and in whose history what is seen there is told."""

    until: datetime

    @property
    def scope(self) -> Any: ...

    @property
    def label(self) -> str: ...

    def get_absolute_url(self) -> str: ...


@dataclass(frozen=True)
class DeskKind:
    """One kind of desk."""

    key: str
    find: Callable[..., Any]
    held: Callable[..., Sequence[Any]]


desks: Registry[DeskKind] = Registry("desk")


def desk(key: str, *, find: Callable[..., Any], held: Callable[..., Sequence[Any]]) -> None:
    """Register a kind of desk; `@desk_view(key)` opens its pages."""
    desks.add(key, DeskKind(key, find, held))


def desks_of(user: Any, at: datetime | None = None) -> list[Any]:
    """Every place the person may take now, the one that ends first on top."""
    moment = at or timezone.now()
    return sorted((one for kind in desks for one in kind.held(user=user, at=moment)), key=lambda one: one.until)
