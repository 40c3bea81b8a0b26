"""What a management review is told: each room registers what it knows, as of a moment (ISO 27001 9.3.2).

@review_input("risks", "f", "Risks and their treatment", order=60)
def risks(organisation, at) -> Told: ...

Put yours into `review_inputs.py` of your app; it is found by that name. It reads the past only (`as_of`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compliance.projects.models import Organisation
from compliance.registry import Registry


@dataclass(frozen=True)
class Told:
    """What a room says: one sentence of facts (empty: nothing to tell), and up to a few dozen lines behind it."""

    facts: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReviewInput:
    """One input; `clause` is the letter of ISO 27001 9.3.2 (d1 to d4 inside d), or `pims` for ISO 27701."""

    key: str
    clause: str
    title: str
    tell: Callable[[Organisation, datetime], Told]


inputs: Registry[ReviewInput] = Registry("management review input")
CLAUSES = {
    "a": "Actions from earlier reviews",
    "b": "Changes in external and internal issues, climate included",
    "c": "Changes in needs of interested parties",
    "d1": "Nonconformities and corrective actions",
    "d2": "Monitoring and measurement",
    "d3": "Results of audits",
    "d4": "Fulfilment of objectives",
    "e": "Feedback of interested parties",
    "f": "Risks and their treatment",
    "g": "Opportunities for improvement",
    "pims": "Privacy: requests, breaches, processors, transfers",
}


def review_input(key: str, clause: str, title: str = "", *, order: int = 50) -> Callable[..., Any]:
    """Register what a room tells the management review."""
    if clause not in CLAUSES:
        raise ValueError(f"no such input of a management review: {clause}")

    def register(tell: Callable[[Organisation, datetime], Told]) -> Callable[[Organisation, datetime], Told]:
        inputs.add(key, ReviewInput(key, clause, title or CLAUSES[clause], tell), order=order)
        return tell

    return register


def gather(organisation: Organisation, at: datetime) -> list[dict[str, Any]]:
    """Every input of a moment in the order of the clause; one no room answers says so and needs words of its own."""
    by_clause: dict[str, list[dict[str, Any]]] = {clause: [] for clause in CLAUSES}
    for one in inputs:
        told = one.tell(organisation, at)
        by_clause[one.clause].append(_input(one.key, one.clause, one.title, told))
    for clause, found in by_clause.items():
        if not found:
            found.append(_input(f"none-{clause}", clause, CLAUSES[clause], Told("")))
    return [one for found in by_clause.values() for one in found]


def _input(key: str, clause: str, title: str, told: Told) -> dict[str, Any]:
    return {
        "key": key,
        "clause": clause,
        "title": title,
        "facts": told.facts,
        "lines": told.lines[:40],
        "because": "",
        "built": not key.startswith("none-"),
    }
