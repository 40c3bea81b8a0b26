"""Questions as the page draws them: fields with names, ids and values, from a question and what was said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.assessments.questionnaire import COUNTRIES, Column, Part, Question
from compliance.assessments.services.answer import asked_role
from compliance.assessments.services.sheet import Sheet
from compliance.assessments.values import NONE, told, told_part, told_rows

SPARE_ROWS = 1
INPUTS = {"num": "number", "date": "date"}


@dataclass(frozen=True)
class Choice:
    """One option of a choice."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One control: `kind` says how it is drawn."""

    name: str
    kind: str
    label: str
    value: str = ""
    input: str = "text"
    choices: tuple[Choice, ...] = ()

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass(frozen=True)
class Table:
    """Repeating rows; `none` is the field that says there are none."""

    name: str
    label: str
    rows: tuple[tuple[Field, ...], ...]
    none: Field | None
    kind: str = "table"


@dataclass
class Drawn:
    """A question with its fields and what belongs to it."""

    question: Question
    parts: list[Field | Table]
    version: int
    unknown: bool
    comment: str
    evidence_url: str
    done: bool
    waits: bool
    effects: list[str]
    knows: str
    remarks: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    answer: Any = None
    shown: bool = True

    url: str = ""

    @property
    def key(self) -> str:
        return self.question.id


def draw(sheet: Sheet, question: Question, remarks: Mapping[str, list[Any]], errors: Any = ()) -> Drawn:
    """A question as it stands in a sheet."""
    row = sheet.answers.get(question.id)
    value = row.value if row else {}
    return Drawn(
        question=question,
        parts=[_part(question, part, value.get(part.key)) for part in question.parts],
        version=row.version if row else 0,
        unknown=bool(row and row.unknown),
        comment=row.comment if row else "",
        evidence_url=row.evidence_url if row else "",
        done=bool(row) and sheet.is_done(question.id),
        waits=row is not None and not row.confirmed,
        effects=[rule.explain for rule in sheet.rules.get(question.id, [])],
        knows=asked_role(question),
        remarks=remarks.get(question.id, []),
        errors=list(errors),
        answer=row,
        shown=question.id in sheet.shown,
    )


def _part(question: Question, part: Part, value: Any) -> Field | Table:
    name = f"{question.id}-{part.key}"
    if part.type == "table":
        return _table(part, name, value)
    if part.type in {"one", "many"}:
        held = value if isinstance(value, list) else [value]
        choices = tuple(Choice(key, label, key in held) for key, label in part.options.items())
        return Field(name, part.type, _label(part), choices=choices)
    text = ", ".join(COUNTRIES.get(code, code) for code in value or []) if part.type == "country" else value or ""
    return Field(name, part.type, _label(part), text)


def _label(part: Part) -> str:
    return f"{part.label} (optional)" if part.optional else part.label


def _table(part: Part, name: str, value: Any) -> Table:
    rows = value if isinstance(value, list) else []
    none = Field(f"{name}-none", "check", part.none, "on" if value == NONE else "") if part.none else None
    drawn = tuple(
        tuple(_cell(f"{name}-{number}-{one.key}", one, row.get(one.key, "")) for one in part.columns)
        for number, row in enumerate([*rows, *[{}] * SPARE_ROWS])
    )
    return Table(name, part.label, drawn, none)


def _cell(name: str, column: Column, value: str) -> Field:
    if column.type == "one":
        choices = tuple(Choice(key, label, key == value) for key, label in column.options.items())
        return Field(name, "select", column.label, value, choices=choices)
    if column.type == "country":
        value = ", ".join(COUNTRIES.get(code, code) for code in value.split())
    return Field(name, "line", column.label, value, INPUTS.get(column.type, "text"))


@dataclass(frozen=True)
class Read:
    """A question and its answer to be read."""

    question: Question
    row: Any
    parts: list[tuple[str, str, list[list[str]]]]
    remarks: list[Any]
    effects: list[str]
    done: bool


def read(sheet: Sheet, question: Question, remarks: Mapping[str, list[Any]]) -> Read:
    """An answer in words; a table as its rows."""
    row = sheet.answers.get(question.id)
    value = row.value if row else {}
    several = len(question.parts) > 1
    parts = [
        (part.label if several else "", told_part(part, value[part.key]), told_rows(part, value[part.key]))
        for part in question.parts
        if value.get(part.key)
    ]
    effects = [rule.explain for rule in sheet.rules.get(question.id, [])]
    return Read(question, row, parts, remarks.get(question.id, []), effects, sheet.is_done(question.id))


def in_short(sheet: Sheet, question: Question) -> str:
    """An answer in one line."""
    said = sheet.said.get(question.id)
    return told(question, said.value) if said else ""
