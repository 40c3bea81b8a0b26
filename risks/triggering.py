"""What makes us look at a record again: rules as data, and finders that ask the records. No number changes.

In a module of `risks/triggers/`:

    @trigger("control_ineffective", of="risk")             # an event of data/triggers.yaml, and what it affects
    def relying(organisation, at) -> Iterator[Hit]:
        for test in ...:
            yield Hit(risk, cause=f"test:{test.pk}", reason="IM-012 failed.", at=test.concluded_at)

A finder gives what holds now, every time it is asked; `services.trigger.evaluate` leaves one `Reassessment` for each
target, event and cause, once. How a kind of record becomes due for review, and when it was looked at last, is said by
`reviewed("risks.risk", mark=…, looked_at=…)`; a record without that is only asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from compliance.projects.models import Organisation
from compliance.registry import Registry
from risks.scales import data_file


@dataclass(frozen=True)
class Rule:
    """One trigger of the file: what the event asks for, and within how many days of its cause."""

    event: str
    title: str
    affects: str
    action: str
    days: int
    severity: str
    notice: bool = False


@dataclass(frozen=True)
class Hit:
    """A record to be looked at again. `cause` names what happened and never changes; `due` replaces the rule's day.

    `owner` is who is asked; without one, the target's owner. `url` is the page to open; without one, the target's own.
    """

    target: Any
    cause: str
    reason: str
    at: datetime
    due: date | None = None
    owner: Any = None
    url: str = ""
    action: str = ""


Find = Callable[[Organisation, datetime], Iterable[Hit]]


@dataclass(frozen=True)
class Trigger:
    """A finder of one event; `kind` is the kind of record (compliance/projects/roles.py) whose readers are told."""

    event: str
    kind: str
    find: Find


@dataclass(frozen=True)
class Reviewed:
    """How a kind of record becomes due for review, and until when somebody has looked at it already."""

    mark: Callable[..., object]
    looked_at: Callable[[Any], datetime | None]


triggers: Registry[Trigger] = Registry("trigger")
reviewables: Registry[Reviewed] = Registry("reviewed record")


def trigger(event: str, *, of: str, kind: str = "risk") -> Callable[[Find], Find]:
    """Register a finder: what an event affects of one kind of record."""
    if event not in rules():
        raise KeyError(f"{event} is no event of triggers.yaml: {', '.join(rules())}")

    def register(find: Find) -> Find:
        triggers.add(f"{event}:{of}", Trigger(event, kind, find))
        return find

    return register


def reviewed(
    model: str, *, mark: Callable[..., object], looked_at: Callable[[Any], datetime | None] = lambda row: None
) -> None:
    """Say of a model ("risks.risk") how `mark(row, by=…, reason=…)` makes it due, and when it was looked at last.

    A cause older than the last look asks for nothing.
    """
    reviewables.add(model, Reviewed(mark, looked_at))


@cache
def rules() -> dict[str, Rule]:
    """The triggers by their event."""
    return {one["event"]: Rule(**one) for one in data_file("triggers.yaml")["triggers"]}


def edition() -> int:
    """The version of the triggers' file."""
    return int(data_file("triggers.yaml")["version"])


def found() -> list[Trigger]:
    """Every finder; the modules of risks/triggers are read the first time."""
    _read()
    return list(triggers)


@cache
def _read() -> None:
    package = import_module("risks.triggers")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
