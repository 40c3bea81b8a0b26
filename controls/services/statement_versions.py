"""Two versions of a statement of applicability side by side, row by row and field by field."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controls.models import Statement, StatementVersion
from controls.services.statement import facts_now

FIELDS = {
    "included": "Applies",
    "codes": "Why it applies",
    "justification": "Justification",
    "exclusion_reason": "Reason for exclusion",
    "deviation_reason": "Reason for the deviation",
    "implementation": "Implementation",
}


@dataclass(frozen=True)
class RowChange:
    """A requirement whose row differs: `kind` is added, removed or changed; changes are (label, before, after)."""

    requirement: str
    kind: str
    changes: list[tuple[str, str, str]]


def compare_versions(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[RowChange]:
    """The rows that differ between two versions' facts, in the order of the newer, dropped ones last."""
    before = {row["requirement"]: row for row in older["rows"]}
    after = {row["requirement"]: row for row in newer["rows"]}
    found = []
    for requirement in [*after, *(one for one in before if one not in after)]:
        old, new = before.get(requirement), after.get(requirement)
        changes = [
            (label, was, becomes)
            for field, label in FIELDS.items()
            if (was := _shown(old, field)) != (becomes := _shown(new, field))
        ]
        if changes:
            kind = "changed" if old and new else "added" if new else "removed"
            found.append(RowChange(requirement, kind, changes))
    return found


def facts_of_version(version: StatementVersion) -> dict[str, Any]:
    """What was put forward as this version, from its sealed snapshot."""
    facts: dict[str, Any] = json.loads(version.approval.snapshot)
    return facts


def facts_at(statement: Statement, versions: Mapping[int, StatementVersion], number: int | None) -> dict[str, Any]:
    """The facts of a version, or without a number the statement as it stands."""
    return facts_now(statement) if number is None else facts_of_version(versions[number])


def _shown(row: Mapping[str, Any] | None, field: str) -> str:
    if row is None:
        return ""
    value = row[field]
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
