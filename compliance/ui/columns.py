"""Columns of a list: how a value is read from a row, and how its cell is drawn. A page has hundreds of cells, so what
a column does is worked out once per kind of row, and no cell asks a template unless its column names one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partialmethod
from html import escape
from inspect import getattr_static
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape

from compliance.ui.templatetags.ui import day, level, moment, state

KINDS = {"text", "long", "main", "reference", "level", "state", "day", "moment", "number", "flag"}
IN_WORDS = {"text", "long", "main"}  # kinds that show a choice by its label


@dataclass(frozen=True)
class Column:
    """One column, as it is shown, sorted and exported.

    `value` is a dotted path from the row (default: `key`) or a function of the row. `sort` is a field or annotation
    of the query; without it the column does not sort. `kind` draws the cell; `draw` draws it otherwise from the row
    and the value, `template` with `row` and `value`: a function costs a tenth of a template. A column with
    `shown=False` waits in the column menu.
    """

    key: str
    label: str
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    sort: str = ""
    template: str = ""
    shown: bool = True
    draw: Callable[[Any, Any], str] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Column {self.key!r} has the kind {self.kind!r}; use one of {', '.join(sorted(KINDS))}.")

    def of(self, row: Any) -> Any:
        """The row's value in this column, a choice by its label."""
        kind: Any = type(row)
        return reader(self, kind)(row)

    def label_of(self, row: Any) -> str:
        """The label of a stored choice in a level or state column, or nothing."""
        words = self.labels(type(row))
        return str(words(row) or "") if words else ""

    def labels(self, rows: type) -> Callable[[Any], Any] | None:
        return labels(rows, self.value or self.key) if isinstance(self.value, str) else None


@cache
def reader(column: Column, rows: type) -> Callable[[Any], Any]:
    """What reads a column from rows of a class."""
    if callable(column.value):
        return column.value
    *path, last = (column.value or column.key).split(".")
    in_words = column.kind in IN_WORDS
    if path:
        return lambda row: _followed(row, path, last, in_words)
    if in_words and (words := labels(rows, last)):
        return words
    return lambda row: _plain_value(row, last)


@cache
def labels(rows: type, name: str) -> Callable[[Any], Any] | None:
    """What reads the label of a stored choice from rows of a class, or None where the name is no choice."""
    asked = f"get_{name}_display"
    declared = getattr_static(rows, asked, None)
    if declared is None:
        return None
    field = declared.keywords.get("field") if isinstance(declared, partialmethod) else None
    if field is None or field.choices is None:
        return lambda row: getattr(row, asked)()
    # Choices that a function names come from the program's own files, too: Django would ask it for every cell.
    known = {value: str(label) for value, label in field.flatchoices}
    return lambda row: known.get(value := getattr(row, name), value)


def _followed(row: Any, path: list[str], last: str, in_words: bool) -> Any:
    for step in path:
        row = getattr(row, step, None)
    if row is None:
        return None
    kind: Any = type(row)
    words = labels(kind, last) if in_words else None
    return words(row) if words else _plain_value(row, last)


def _plain_value(row: Any, name: str) -> Any:
    value = getattr(row, name, None)
    return value() if callable(value) and not hasattr(value, "get_queryset") else value


def text(value: Any) -> str:
    """A value as it stands in a page."""
    return escape(value) if type(value) is str else conditional_escape(value)


Drawn = Callable[[Any, Any, str], str]  # from the row, the value and the row's address


@cache
def drawer(column: Column, rows: type) -> Drawn:
    """What draws the inside of a column's cells."""
    if (draw := column.draw) is not None:
        return lambda row, value, url: f"<span>{text(draw(row, value))}</span>"
    if column.template:
        template: Any = get_template(column.template)
        return lambda row, value, url: f"<span>{template.template.render(Context({'row': row, 'value': value}))}</span>"
    if column.kind in {"level", "state"}:
        return _badge(level if column.kind == "level" else state, column, rows)
    return DRAWN[column.kind]


def _badge(badge: Callable[[Any, Any], str], column: Column, rows: type) -> Drawn:
    words = column.labels(rows)
    return lambda row, value, url: badge(value, str(words(row) or "") if words else "")


def _link(css: str) -> Drawn:
    return lambda row, value, url: f'<a{css} href="{escape(url)}" data-open>{text(value)}</a>'


def _nowrap(words: Callable[[Any], str]) -> Drawn:
    return lambda row, value, url: f'<span class="nowrap">{escape(words(value))}</span>'


def _plain(row: Any, value: Any, url: str) -> str:
    return "" if value is None else text(value)


def _flag(row: Any, value: Any, url: str) -> str:
    return "" if value is None else "yes" if value else "no"


DRAWN: dict[str, Drawn] = {
    "reference": _link(' class="reference"'),
    "main": _link(""),
    "day": _nowrap(day),
    "moment": _nowrap(moment),
    "flag": _flag,
    "number": _plain,
    "text": _plain,
    "long": _plain,
}


@cache
def cell(column: Column, rows: type, first: bool) -> Callable[[Any, str], str]:
    """What draws a column's cells from a row and its address. A blank cell is left out on the phone."""
    read, draw, name = reader(column, rows), drawer(column, rows), "th" if first else "td"
    css = column.kind if column.kind in {"number", "main", "long"} else ""
    opened = _opened(name, css, column.label)
    blank = opened if column.draw or column.template else _opened(name, f"{css} blank".strip(), column.label)
    closed = f"</{name}>"

    def drawn(row: Any, url: str) -> str:
        value = read(row)
        return f"{blank if value is None or value == '' else opened}{draw(row, value, url)}{closed}"

    return drawn


def _opened(name: str, css: str, label: str) -> str:
    scope, named = ' scope="row"' if name == "th" else "", f' class="{css}"' if css else ""
    return f'<{name}{scope}{named} data-label="{text(label)}">'
