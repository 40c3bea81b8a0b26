"""The questionnaire as data: questions, their parts and steps, rules and contradictions, by edition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
EDITIONS = HERE / "editions"
LATEST = "2026-1"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML was built with it


def read(path: Path) -> Any:
    """What stands in a data file of ours."""
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506  both are safe loaders


COUNTRIES: dict[str, str] = read(HERE / "countries.yaml")
KINDS = (
    "flag",
    "framework",
    "control",
    "risk",
    "flow",
    "party",
    "record",
    "task",
    "evidence",
    "permission",
    "sdk",
)


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    key: str
    label: str
    type: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One thing a question asks for; `none` is the label of "there is none" of a table, `alone` the option of `many`
    that stands by itself.
    """

    key: str
    label: str
    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    optional: bool = False
    none: str = ""
    alone: str = ""


@dataclass(frozen=True)
class Question:
    """One question; `show` is the condition under which it is asked, `knows` the role asked when nobody knows."""

    id: str
    step: str
    text: str
    help: str
    example: str
    knows: str
    parts: tuple[Part, ...]
    show: Mapping[str, Any] | None = None

    @property
    def optional(self) -> bool:
        return all(part.optional for part in self.parts)

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True)
class Step:
    """One page of questions."""

    key: str
    title: str
    intro: str
    number: int = 0


@dataclass(frozen=True)
class Change:
    """What a release may change, and the questions it opens again."""

    key: str
    label: str
    opens: tuple[str, ...]


@dataclass(frozen=True)
class Contradiction:
    """Answers that cannot be true together."""

    id: str
    when: Mapping[str, Any]
    questions: tuple[str, ...]
    say: str


@dataclass(frozen=True)
class Rule:
    """What an answer switches on, and why; `where` leaves out the rows of `each` it is not about."""

    id: str
    question: str
    when: Mapping[str, Any]
    explain: str
    then: tuple[Mapping[str, Any], ...]
    each: str = ""
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Questionnaire:
    """An edition, whole."""

    edition: str
    minutes: int
    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    changes: tuple[Change, ...]
    always_opens: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    rules: tuple[Rule, ...]
    groups: Mapping[str, frozenset[str]]
    flags: Mapping[str, str]
    cited: Mapping[str, str]

    def of_step(self, key: str) -> list[Question]:
        return [one for one in self.questions.values() if one.step == key]

    def step(self, key: str) -> Step | None:
        return next((one for one in self.steps if one.key == key), None)

    def rule(self, name: str) -> Rule | None:
        return next((one for one in self.rules if one.id == name), None)

    def after(self, key: str) -> Step | None:
        """The page after a page."""
        number = next(one.number for one in self.steps if one.key == key)
        return next((one for one in self.steps if one.number == number + 1), None)

    def before(self, key: str) -> Step | None:
        number = next(one.number for one in self.steps if one.key == key)
        return next((one for one in self.steps if one.number == number - 1), None)

    def opened_by(self, changes: list[str]) -> set[str]:
        """The questions a release opens again."""
        opened = {question for one in self.changes if one.key in changes for question in one.opens}
        return opened | set(self.always_opens)


def _part(said: Mapping[str, Any]) -> Part:
    columns = tuple(Column(**one) for one in said.get("columns", ()))
    return Part(**{**said, "columns": columns})


def _questions(said: list[dict[str, Any]]) -> Iterator[Question]:
    for one in said:
        yield Question(**{**one, "parts": tuple(_part(part) for part in one["parts"])})


@lru_cache
def questionnaire(edition: str = LATEST) -> Questionnaire:
    """An edition that is shipped. Raises KeyError for one that is not."""
    if edition not in editions():
        raise KeyError(edition)
    asked, ruled = (read(EDITIONS / edition / f"{name}.yaml") for name in ("questions", "rules"))
    return Questionnaire(
        edition=asked["edition"],
        minutes=asked["minutes"],
        steps=tuple(Step(**one, number=number) for number, one in enumerate(asked["steps"], 1)),
        questions={one.id: one for one in _questions(asked["questions"])},
        changes=tuple(Change(**{**one, "opens": tuple(one["opens"])}) for one in asked["changes"]),
        always_opens=tuple(asked["always_opens"]),
        contradictions=tuple(
            Contradiction(**{**one, "questions": tuple(one["questions"])}) for one in asked["contradictions"]
        ),
        rules=tuple(Rule(**{**one, "then": tuple(one["then"])}) for one in ruled["rules"]),
        groups={key: frozenset(codes) for key, codes in ruled["groups"].items()},
        flags=ruled["flags"],
        cited=ruled["cited"],
    )


@lru_cache
def editions() -> tuple[str, ...]:
    """The editions there are, oldest first."""
    return tuple(sorted(path.name for path in EDITIONS.iterdir() if (path / "questions.yaml").exists()))
