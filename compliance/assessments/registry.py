"""What an answer may propose: rooms register consequences in `consequences.py`; no rule applies one by itself.

    @consequence("control", title="Controls", needs=("edit", "applicability"), look=how_it_stands)
    def include(*, project, parameters, by, reason) -> Made:
        ...through the room's own services, which refuse in words what cannot be...

A kind nobody registered is shown all the same: it can be declined, or accepted as done by hand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from compliance.registry import Registry


@dataclass(frozen=True)
class Made:
    """What came of an accepted proposal, and where it stands."""

    told: str
    url: str = ""


@dataclass(frozen=True)
class Consequence:
    """`accept(project=…, parameters=…, by=…, reason=…)` carries it out; `look(project, several parameters)` says in
    a few words how each stands today, in a fixed number of queries.
    """

    kind: str
    title: str
    needs: tuple[str, str]
    accept: Callable[..., Made]
    look: Callable[[Any, list[dict[str, Any]]], list[str]] | None = None


consequences: Registry[Consequence] = Registry("consequence")


def consequence(
    kind: str,
    *,
    title: str,
    needs: tuple[str, str],
    look: Callable[[Any, list[dict[str, Any]]], list[str]] | None = None,
) -> Callable[[Callable[..., Made]], Callable[..., Made]]:
    """Register who carries out a kind of consequence; `needs` is the verb and kind of record the person needs there."""

    def register(accept: Callable[..., Made]) -> Callable[..., Made]:
        consequences.add(kind, Consequence(kind, title, needs, accept, look))
        return accept

    return register


@dataclass(frozen=True)
class Checked:
    """What a room finds that does not fit the answers; `question` is the one to look at."""

    question: str
    say: str


Check = Callable[[Any, dict[str, Any]], Iterable[Checked]]
answer_checks: Registry[Check] = Registry("check of answers")


def answer_check(name: str) -> Callable[[Check], Check]:
    """Register what compares answers (values by question) with a room's records, before an assessment is submitted."""
    return lambda find: answer_checks.add(name, find)
