"""The six gates of a release, as dated data: which class of change passes which, and the days they allow."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data") / "gates.json"


@dataclass(frozen=True)
class Gate:
    """A question asked of a release on its way, of the classes of change named."""

    key: str
    name: str
    question: str
    classes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key} {self.name}"


@dataclass(frozen=True)
class Rules:
    """What an edition of the gates says; days are calendar days."""

    edition: str
    gates: tuple[Gate, ...]
    review_days: dict[str, int]
    late_class: str
    late_gates: tuple[str, ...]
    late_days: int
    override_days: int

    def __getitem__(self, key: str) -> Gate:
        return next(gate for gate in self.gates if gate.key == key)

    def of_class(self, change_class: str) -> list[Gate]:
        """The gates a release of this class passes, in order."""
        return [gate for gate in self.gates if change_class in gate.classes]

    def may_follow(self, change_class: str, gate: str) -> bool:
        """Whether a gate may be passed after publication: an emergency is mended first."""
        return change_class == self.late_class and gate in self.late_gates


@cache
def rules() -> Rules:
    data = json.loads(DATA.read_text())
    late = data["after_publication"]
    gates = tuple(Gate(one["key"], one["name"], one["question"], tuple(one["classes"])) for one in data["gates"])
    return Rules(
        data["edition"],
        gates,
        data["review_days"],
        late["class"],
        tuple(late["gates"]),
        late["days"],
        data["override_days"],
    )


def gate_choices() -> list[tuple[str, str]]:
    return [(gate.key, str(gate)) for gate in rules().gates]
