"""Who is told what besides the person it waits for, and after how long: dated data."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data") / "escalation.json"


@dataclass(frozen=True)
class Step:
    """Everything overdue for so many days is told to a role."""

    step: int
    overdue_days: int
    to: str


@dataclass(frozen=True)
class Terms:
    """What an edition says; `unowned` names the roles told of urgent things nobody owns, by kind of record."""

    edition: str
    digest_days: int
    urgent_days: int
    unowned: dict[str, tuple[str, ...]]
    steps: tuple[Step, ...]

    def step_of(self, overdue_days: int) -> Step | None:
        """The last step reached after so many days."""
        return next((one for one in reversed(self.steps) if overdue_days >= one.overdue_days), None)


@cache
def terms() -> Terms:
    data = json.loads(DATA.read_text())
    steps = tuple(Step(**one) for one in data["steps"])
    unowned = {kind: tuple(roles) for kind, roles in data["urgent"]["unowned"].items()}
    return Terms(data["edition"], data["digest_days"], data["urgent"]["days_before"], unowned, steps)
