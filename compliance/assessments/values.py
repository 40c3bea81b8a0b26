"""What was said to a question: read from a form, checked, and told in words.

A value is a mapping of the question's parts that were filled in: text and a choice are text, several choices and
countries are lists, a table is a list of rows or `"none"` when somebody says there is none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance.assessments.questionnaire import COUNTRIES, Column, Part, Question

NONE = "none"
LONGEST, MOST_ROWS = 2000, 60
NAMES = {name.casefold(): code for code, name in COUNTRIES.items()} | {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "usa": "US",
    "czech republic": "CZ",
    "holland": "NL",
    "korea": "KR",
}


@dataclass(frozen=True)
class Said:
    """The answer to one question."""

    value: Mapping[str, Any] = field(default_factory=dict)
    unknown: bool = False
    comment: str = ""

    @property
    def given(self) -> bool:
        return self.unknown or bool(self.value)


def posted_value(question: Question, post: Mapping[str, Any], lists: Any) -> tuple[dict[str, Any], list[str]]:
    """The value of a form, and what is wrong with it; `lists(name)` gives all values of a field.

    What is wrong is left out of the value.
    """
    value: dict[str, Any] = {}
    wrong: list[str] = []
    for part in question.parts:
        name = f"{question.id}-{part.key}"
        found = _table(part, name, post, wrong) if part.type == "table" else _simple(part, name, post, lists, wrong)
        if found:
            value[part.key] = found
    return value, wrong


def _simple(part: Part, name: str, post: Mapping[str, Any], lists: Any, wrong: list[str]) -> Any:
    if part.type == "many":
        chosen = [one for one in part.options if one in lists(name)]
        if part.alone in chosen and len(chosen) > 1:
            wrong.append(f"“{part.options[part.alone]}” stands alone: untick it, or all the others.")
            return []
        return chosen
    if part.type == "country":
        return _countries(str(post.get(name, "")), wrong)
    return _cell(Column(part.key, part.label, part.type, part.options), str(post.get(name, "")), wrong)


def _table(part: Part, name: str, post: Mapping[str, Any], wrong: list[str]) -> Any:
    rows = []
    for number in range(MOST_ROWS):
        cells = {one.key: _cell(one, str(post.get(f"{name}-{number}-{one.key}", "")), wrong) for one in part.columns}
        if kept := {key: cell for key, cell in cells.items() if cell}:
            rows.append(kept)
    if part.none and post.get(f"{name}-none"):
        if rows:
            wrong.append(f"“{part.none}” is ticked, but there are lines: untick it, or empty the lines.")
            return rows
        return NONE
    return rows


def _cell(column: Column, text: str, wrong: list[str]) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        return ""
    if column.type == "one":
        return text if text in column.options else ""
    if column.type == "country":
        return " ".join(_countries(text, wrong))
    if column.type == "date":
        return _day(column.label, text, wrong)
    if column.type == "num" and not re.fullmatch(r"[0-9]{1,9}", text):
        wrong.append(f"{column.label}: “{text[:30]}” is no whole number.")
        return ""
    if len(text) > LONGEST:
        wrong.append(f"{column.label}: longer than {LONGEST} characters; the end was left out.")
    return text[:LONGEST]


def _day(label: str, text: str, wrong: list[str]) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        wrong.append(f"{label}: “{text[:30]}” is no day; write it like 2026-11-23.")
        return ""


def _countries(text: str, wrong: list[str]) -> list[str]:
    """Codes of names or codes, separated by commas, semicolons or, for codes, blanks; each once."""
    found: list[str] = []
    for piece in re.split(r"[,;\n]", text[:LONGEST]):
        name = " ".join(piece.split())
        words = [name] if name.casefold() in NAMES else name.split()
        for word in words:
            code = NAMES.get(word.casefold(), word.upper())
            if code not in COUNTRIES:
                wrong.append(f"“{word[:30]}” is no country we know: write its name, or its code of two letters.")
            elif code not in found:
                found.append(code)
    return found


def told(question: Question, value: Mapping[str, Any]) -> str:
    """A value in words, for a sentence."""
    return "; ".join(words for part in question.parts if (words := told_part(part, value.get(part.key))))


def told_part(part: Part, value: Any) -> str:
    """One part in words; a table as its rows."""
    if not value:
        return ""
    if part.type == "table":
        if value == NONE:
            return part.none
        return "; ".join(" · ".join(cells) for cells in told_rows(part, value))
    if part.type == "country":
        return ", ".join(COUNTRIES.get(code, code) for code in value)
    return ", ".join(part.options.get(one, one) for one in _as_list(value))


def told_rows(part: Part, value: Any) -> list[list[str]]:
    """The rows of a table with their cells in words; empty cells left out."""
    if part.type != "table" or not isinstance(value, list):
        return []
    return [[words for one in part.columns if (words := told_cell(one, row.get(one.key, "")))] for row in value]


def told_cell(column: Column, text: str) -> str:
    if column.type == "country":
        return ", ".join(COUNTRIES.get(code, code) for code in text.split())
    return column.options.get(text, text)


def _as_list(value: Any) -> Iterable[str]:
    return value if isinstance(value, list) else [str(value)]


def is_complete(question: Question, said: Said) -> bool:
    """Whether the question is answered: known not to be known, or every part that must be said is."""
    return said.unknown or all(part.optional or said.value.get(part.key) for part in question.parts)
