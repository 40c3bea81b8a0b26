"""The list page of a register, made from its declaration."""

from functools import cache
from typing import Any

from compliance.ledger.moment import now_read
from compliance.projects.scoped import ScopedRows
from compliance.registers.declaration import Field, RegisterType, register_types
from compliance.registers.forms import row_filter
from compliance.registers.models import RegisterRow
from compliance.registers.models.row import plain
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state

RELATED = ("owner", "project", "organisation", "parent", "person_1", "person_2")
WIDTH = 90
TONES = {"expired": "bad", "review_overdue": "warn", "expiring": "warn", "review_due": "warn", "current": "ok"}


def column_of(one: Field) -> Column:
    """A field as a column of the list."""
    kinds = {"day": "day", "number": "number"}
    value: Any = one.column
    sort = one.column
    if one.kind == "choice":
        value = lambda row: one.worded(getattr(row, one.column))  # noqa: E731
    elif one.kind == "number":
        value = lambda row: plain(getattr(row, one.column))  # noqa: E731
    elif one.kind == "person":
        value = lambda row: (person := getattr(row, one.column)) and person.name  # noqa: E731
        sort = f"{one.column}__name"
    kind = "state" if one.is_state else kinds.get(one.kind, "text")
    draw = _draw_state if one.is_state else _draw_short if one.kind == "text" else None
    label = f"{one.label} ({one.unit})" if one.unit else one.label
    return Column(one.key, label, value=value, kind=kind, sort=sort, shown=one.listed, draw=draw)


def _draw_state(row: Any, value: Any) -> str:
    return str(state(value.lower().replace(" ", "_"), value)) if value else ""


def _draw_standing(row: Any, value: Any) -> str:
    return str(state(value, "", TONES.get(value, "")))


def _draw_short(row: Any, value: Any) -> str:
    text = str(value or "")
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1].rstrip()}…"


@cache
def list_of(register: RegisterType) -> Register:
    """The list of a register."""
    above = register_types[register.under].noun.capitalize() if register.under else ""
    columns = [
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("main", register.main, value="title", kind="main", sort="title"),
        *([Column("parent", above, value="parent", sort="parent__reference")] if above else []),
        *(column_of(one) for one in register.fields),
        Column("owner", register.owner, value="owner.name", sort="owner__name"),
        Column(
            "standing", "State", value=lambda row: row.standing_on(now_read().date()), kind="state", draw=_draw_standing
        ),
        *(
            [Column("doubts", "To mend", value=lambda row: len(row.doubts) or "", kind="number")]
            if register.doubts
            else []
        ),
        Column("review", "Next review", value="review_date", kind="day", sort="review_date"),
        Column("project", "For", value=lambda row: row.project or row.organisation, sort="project__name", shown=False),
    ]
    return Register(
        key=f"register-{register.key}",
        noun=register.noun,
        plural=register.several,
        title=register.title,
        order="-reference" if register.under else "reference",
        filterset=row_filter(register),
        columns=tuple(columns),
        empty_title=f"No {register.several} yet",
        empty_text=register.purpose,
    )


@cache
def rows_of(register: RegisterType) -> ScopedRows:
    """The rows of a register with all that a line shows. One query."""
    return ScopedRows(RegisterRow, lambda rows: rows.of(register).select_related(*RELATED), shared=True)
