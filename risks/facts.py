"""The material facts of a risk: what an acceptance is bound to, and what makes it outdated when it changes.

Pure functions over rows in memory, so that today's page and a pack of last year judge alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LABELS = {
    "statement": "statement",
    "owner": "owner",
    "method": "method",
    "inherent": "inherent score",
    "current": "current score",
    "residual": "residual score",
    "people": "risk to people",
    "controls": "controls",
    "treatments": "treatment",
}


def material_facts(
    risk: Any, positions: Iterable[Any], treatments: Iterable[Any], controls: Iterable[str]
) -> dict[str, Any]:
    """Statement, scores, method, owner, controls and treatment options as plain values (ISO/IEC 27001 6.1.3 f).

    `controls` are references of implementations. Positions carry `kind`, `likelihood`, `consequence`, `level` and
    `method`.
    """
    facts: dict[str, Any] = {
        "statement": risk.statement,
        "owner": str(risk.owner_id or ""),
        "people": [risk.privacy_severity, risk.privacy_likelihood],
        "controls": sorted(controls),
        "treatments": sorted(treatment.option for treatment in treatments),
        "method": "",
    }
    for position in positions:
        facts[position.kind] = [position.likelihood, position.consequence, position.level]
        if position.kind == "current":
            facts["method"] = position.method.label
    return facts


@dataclass(frozen=True)
class Difference:
    """One fact that is not what was accepted; `key` names it, `label` says it in words."""

    key: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return LABELS[self.key]


def differences(accepted: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """What changed materially since; empty while the acceptance still fits."""
    return [
        Difference(key, in_words(accepted.get(key)), in_words(now.get(key)))
        for key in LABELS
        if accepted.get(key) != now.get(key)
    ]


def in_words(value: Any) -> str:
    """A fact as a person reads it."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], int):
        return f"{value[0]} × {value[1]}, {value[2]}"
    if isinstance(value, list) and len(value) == 2 and all(one is None or isinstance(one, int) for one in value):
        return " × ".join(str(one) for one in value) if all(value) else "not assessed"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value or "none")
