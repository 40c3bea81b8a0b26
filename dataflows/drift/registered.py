"""The functions behind the rules, by the names of the rules."""

from collections.abc import Callable, Iterator

from dataflows.drift.build import Build
from dataflows.drift.finding import Hit
from dataflows.drift.papers import Papers

Judge = Callable[[Build, Papers], Iterator[Hit]]
JUDGES: dict[str, Judge] = {}


def rule(name: str) -> Callable[[Judge], Judge]:
    """Make a function the one behind a rule."""

    def register(judge: Judge) -> Judge:
        JUDGES[name] = judge
        return judge

    return register
