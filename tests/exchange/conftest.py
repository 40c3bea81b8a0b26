"""Lists to take out and bring in."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from compliance.accounts.models import User
from compliance.exchange.models import Import
from compliance.exchange.registry import Scope, sheets
from compliance.exchange.services import preview, receive
from compliance.exchange.writing import export
from compliance.projects.models import Organisation
from controls.models import Implementation
from controls.services.control import add_control, implement_control

Rows = list[list[Any]]


def out(key: str, scope: Scope, form: str = "xlsx") -> bytes:
    """The bytes of a list's file."""
    return b"".join(export(sheets[key](scope), form).streaming_content)


def rows_of(file: bytes) -> Rows:
    """The cells of a workbook."""
    sheet = load_workbook(BytesIO(file)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def book(rows: Rows) -> bytes:
    """A workbook as a spreadsheet program would save it: text stays text."""
    made = Workbook()
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            cell = made.active.cell(number, place, value)
            if isinstance(value, str):
                cell.data_type = "s"
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def hand_in(mara: User) -> Callable[..., Import]:
    """Hand a file in as Mara, and read it."""

    def handed_in(key: str, scope: Scope, file: bytes | Rows, name: str = "list.xlsx") -> Import:
        content = file if isinstance(file, bytes) else book(file)
        made = receive(sheet=sheets[key], scope=scope, stream=BytesIO(content), name=name, by=mara)
        return preview(made)

    return handed_in


def told(item: Import) -> list[tuple[int, str, str]]:
    """Every problem: row, column, mend."""
    return [(line.number, one["column"], one["text"]) for line in item.lines.all() for one in line.problems]


def changes(item: Import) -> list[tuple[int, str, str, str]]:
    """Every change: row, column, before, after."""
    return [(line.number, one["column"], one["old"], one["new"]) for line in item.lines.all() for one in line.changes]


@pytest.fixture
def running(lumaro: Organisation, mara: User) -> Implementation:
    """A control in place for the whole organisation."""
    control = add_control(organisation=lumaro, title="Backups", by=mara)
    return implement_control(
        control=control, scope=lumaro, owner=mara, by=mara, status="implemented", statement="Nightly."
    )
