"""What an imported artefact means to a room: rooms register observers, the import tells them its observations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compliance.registry import Registry


@dataclass(frozen=True)
class Observer:
    """`observe(release, observations)` returns findings; it changes nothing."""

    kind: str
    observe: Callable[[Any, list[Any]], Any]


observers: Registry[Observer] = Registry("observer")


def observer(name: str, *, kind: str) -> Callable[..., Any]:
    """Register an observer of artefacts of one kind (`android_manifest`, `privacy_manifest`, …)."""

    def register(observe: Callable[[Any, list[Any]], Any]) -> Callable[[Any, list[Any]], Any]:
        observers.add(name, Observer(kind, observe))
        return observe

    return register
