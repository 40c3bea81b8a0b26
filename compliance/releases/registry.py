"""What rooms ask at a gate: `gate_checks.py` in an app.

@gate_check("G2", "threat_model", "The threat model is current", kind="risk")
def threat_model(release, at) -> Iterator[Blocker]: ...

and what class of change they propose for it (gate G0): `class_proposals.py`.

@class_proposal("artefacts", kind="release")
def by_artefacts(release, at) -> Iterator[Proposal]: ...

A check makes a fixed number of queries, reads only, and names at most a handful of records.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from compliance.projects.models import Release
from compliance.registry import Registry
from compliance.releases.gates import rules

FEW = 5


@dataclass(frozen=True)
class Blocker:
    """Why a gate does not open, where that is mended, and who can (a role in words)."""

    text: str
    url: str = ""
    who: str = ""


Source = Callable[[Release, datetime], Iterable[Blocker]]


@dataclass(frozen=True)
class GateCheck:
    """A question of a gate. `kind` is the kind of record its findings are about, for who may read them."""

    gate: str
    key: str
    title: str
    kind: str
    source: Source


gate_checks: Registry[GateCheck] = Registry("gate check")


def gate_check(gate: str, key: str, title: str, *, kind: str, order: int = 50) -> Callable[[Source], Source]:
    """Register a check under its gate; an unknown gate is a KeyError at start."""
    if gate not in {one.key for one in rules().gates}:
        raise KeyError(f"There is no gate {gate}")

    def register(source: Source) -> Source:
        gate_checks.add(f"{gate}/{key}", GateCheck(gate, key, title, kind, source), order=order)
        return source

    return register


@dataclass(frozen=True)
class Proposal:
    """The least class of change a room sees in a release, and the facts that make it so."""

    change_class: str
    because: str
    url: str = ""


Proposing = Callable[[Release, datetime], Iterable[Proposal]]


@dataclass(frozen=True)
class ClassProposal:
    """Who proposes a class; `kind` as with checks."""

    kind: str
    source: Proposing


class_proposals: Registry[ClassProposal] = Registry("class proposal")


def class_proposal(key: str, *, kind: str, order: int = 50) -> Callable[[Proposing], Proposing]:
    """Register who proposes the class of a release; a person confirms it, and gives a reason for a lower one."""

    def register(source: Proposing) -> Proposing:
        class_proposals.add(key, ClassProposal(kind, source), order=order)
        return source

    return register


def few(found: list[Blocker], more: str, url: str = "", who: str = "") -> list[Blocker]:
    """The first handful, and how many more there are."""
    if len(found) <= FEW:
        return found
    return [*found[:FEW], Blocker(f"{len(found) - FEW} more: {more}", url, who)]
