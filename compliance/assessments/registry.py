"""What an answer may propose: rooms register consequences in `consequences.py`; no rule applies one by itself.

    @consequence("control", title="Controls", needs=("edit", "applicability"), look=how_they_stand)
    def include(*, project, parameters, by, reason) -> Made:
        ...through the room's own services, which refuse in words what cannot be...

Records differ by what they are: `@consequence("record", of="retention", …)`. What nobody registered is shown all the
same: it can be declined, or accepted as done by hand. `parameters` holds `title`, `named` (what the rule names), what
else the rule says, and `rows`: the lines of the answers it comes from, as they were said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.registry import Registry


@dataclass(frozen=True)
class Made:
    """What came of an accepted proposal, where it stands, and the record it became or was already."""

    told: str
    url: str = ""
    row: Any = None


@dataclass(frozen=True)
class Stand:
    """How what is proposed stands today, in a few words; with `made` it is there already, and nobody is asked."""

    told: str = ""
    made: Made | None = None


Look = Callable[[Any, list[dict[str, Any]]], list[Stand]]
Options = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Consequence:
    """`accept(project=…, parameters=…, by=…, reason=…)` carries it out; `look(project, several parameters)` says how
    each stands today, in a fixed number of queries; `options()` is what a rule may name, where that is a list.
    """

    kind: str
    title: str
    needs: tuple[str, str]
    accept: Callable[..., Made]
    look: Look | None = None
    options: Options | None = None


consequences: Registry[Consequence] = Registry("consequence")


def consequence(
    kind: str,
    *,
    title: str,
    needs: tuple[str, str],
    of: str = "",
    look: Look | None = None,
    options: Options | None = None,
) -> Callable[[Callable[..., Made]], Callable[..., Made]]:
    """Register who carries out a kind of consequence; `needs` is the verb and kind of record the person needs there."""

    def register(accept: Callable[..., Made]) -> Callable[..., Made]:
        key = f"{kind}:{of}" if of else kind
        consequences.add(key, Consequence(key, title, needs, accept, look, options))
        return accept

    return register


def consequence_of(kind: str, named: str = "") -> Consequence | None:
    """Who carries out a consequence of a kind; `named` is what the rule names, which tells records apart."""
    return consequences.get(f"{kind}:{named}") or consequences.get(kind)


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
