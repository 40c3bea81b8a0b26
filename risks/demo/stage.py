"""The stage: what happens on which day before or after the day the demonstration is loaded (day 0)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from compliance.accounts.models import User
from compliance.ledger import origin, simulate
from compliance.projects.models import Organisation, Project

Act = Callable[[], Any]


def script(name: str) -> Any:
    """The facts of one part of the demonstration."""
    return yaml.safe_load((Path(__file__).parent / "script" / f"{name}.yaml").read_text(encoding="utf-8"))


@dataclass
class Stage:
    """Scenes are set with `on` in any order and played in the order of their moments."""

    opened_at: datetime
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    scenes: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def moment(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of a day counted from day 0; nothing happens after the stage was opened."""
        at = datetime.combine(self.date(day), time(hour, minute), UTC)
        return min(at, self.opened_at) if day <= 0 else at

    def date(self, day: int) -> date:
        return self.opened_at.date() + timedelta(days=day)

    def on(self, day: int, act: Act, hour: int = 9, minute: int = 0) -> None:
        """Set a scene on a day up to day 0."""
        self.scenes.append((self.moment(min(day, 0), hour, minute), len(self.scenes), act))

    def play(self) -> int:
        """Play every scene at its moment; return how many."""
        for at, _, act in sorted(self.scenes, key=lambda scene: scene[:2]):
            with origin("command"), simulate(at):
                act()
        return len(self.scenes)

    def person(self, name: str) -> User:
        """Somebody by the family name."""
        return self.people[name]

    def keep(self, name: str, thing: Any) -> Any:
        """Remember something under its name in the script."""
        self.things[name] = thing
        return thing

    def get(self, name: str) -> Any:
        """Something made earlier, as it is now."""
        return type(self.things[name]).objects.get(pk=self.things[name].pk)

    @property
    def organisation(self) -> Organisation:
        return self.things["Lumaro"]

    def project(self, letter: str) -> Project:
        """S is Stridewell, K is Korvo Wallet."""
        return self.things[letter]
