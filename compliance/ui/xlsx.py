"""Tables as the sheets of a workbook; imported when one is asked for."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from compliance.ui.export import CELL_LIMIT, FORMULA

WRAPPED = Alignment(wrap_text=True, vertical="top")


def book_of(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, wrap: bool) -> IO[bytes]:
    """A book in a temporary file that is gone when it is closed; `wrap` shows a cell's lines below each other."""
    book = Workbook(write_only=True)
    for title, table in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        if wrap:
            sheet.sheet_format.defaultColWidth = 34
        for n, line in enumerate(table):
            cells = [_cell(sheet, value, bold=n == 0) for value in line]
            for cell in cells if wrap else ():
                cell.alignment = WRAPPED
            sheet.append(cells)
    out = TemporaryFile()  # noqa: SIM115 - whoever gets it closes it
    book.save(out)
    out.seek(0)
    return out


def _cell(sheet: Any, value: Any, *, bold: bool) -> WriteOnlyCell:
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC).replace(tzinfo=None)
    cell = WriteOnlyCell(sheet, value=value[:CELL_LIMIT] if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl guesses from the text, and guesses "=…" to be a formula
        if FORMULA.match(value):
            cell.quotePrefix = True  # stays text when somebody edits the cell
    if bold:
        cell.font = Font(bold=True)
    return cell
