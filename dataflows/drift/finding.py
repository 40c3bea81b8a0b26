"""What a rule found: what the app does, what the papers say, who cares, and what would mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compliance.artefacts.formats.observation import Observation

MOST = 50


@dataclass(frozen=True)
class Mend:
    """A way out: `kind` tells the room what to open, `label` the person what it means."""

    kind: str
    label: str


@dataclass(frozen=True)
class Rule:
    """A rule as data: a finding of it blocks the gate named in `blocks`, if any."""

    id: str
    title: str
    severity: str
    blocks: str
    asks: str
    cares: tuple[str, ...]
    mends: tuple[Mend, ...]
    note: str = ""


@dataclass(frozen=True)
class Hit:
    """What a rule function gives: `key` tells this finding from others of the rule, in every release the same.

    `about` holds what a mend is filled in with: categories, permissions, sdk, host, party, flow, type; and `told`, what
    gave it away.
    """

    key: str
    app_does: str
    papers_say: str
    where: tuple[str, ...] = ()
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: str = ""


@dataclass(frozen=True)
class Finding:
    """A hit with what its rule says of all of them."""

    rule: str
    key: str
    title: str
    severity: str
    blocks: str
    app_does: str
    papers_say: str
    cares: tuple[str, ...]
    mends: tuple[Mend, ...]
    where: tuple[str, ...] = ()
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What makes it the same finding in two releases."""
        return f"{self.rule}:{self.key}"


def found(rule: Rule, hit: Hit) -> Finding:
    return Finding(
        rule=rule.id,
        key=hit.key,
        title=rule.title,
        severity=hit.severity or rule.severity,
        blocks=rule.blocks,
        app_does=hit.app_does,
        papers_say=hit.papers_say,
        cares=rule.cares,
        mends=rule.mends,
        where=hit.where[:MOST],
        about={name: words[:MOST] for name, words in hit.about.items()},
    )


def places(observations: Iterable[Observation]) -> tuple[str, ...]:
    """Where observations stand, each place once."""
    return tuple(dict.fromkeys(one.where for one in observations))


def listed(words: Iterable[str], most: int = 6) -> str:
    """Words in a sentence: a, b and c; of many, how many more."""
    shown = list(dict.fromkeys(words))
    if len(shown) > most:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
