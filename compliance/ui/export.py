"""Tables as CSV and XLSX in which nothing can be a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any, Protocol

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = re.compile(r"^'*\s*[=+\-@＝＋－＠\t\r\n]")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CELL_LIMIT = 32_767
LINES = 500
PIECE = 64 * 1024


class Exported(Protocol):
    """What a column must tell to be exported."""

    @property
    def label(self) -> str:
        """The column's head."""

    def of(self, row: Any) -> Any:
        """The row's value."""

    def label_of(self, row: Any) -> str:
        """The label of a stored choice, or nothing."""


def download(name: str, form: str, columns: Sequence[Exported], rows: Iterable[Any]) -> StreamingHttpResponse:
    """The rows as a file to save; `form` is csv or xlsx, the columns those on the page.

    Neither holds more than a page of rows in memory: CSV leaves line by line, XLSX from a temporary file.
    """
    return as_file(f"{name}-{datetime.now(UTC).date().isoformat()}.{form}", form, _table(columns, rows))


def as_file(name: str, form: str, table: Iterable[Sequence[Any]], *, mark: bytes = b"") -> StreamingHttpResponse:
    """The table as a file to save under a name; `form` is csv or xlsx, `mark` stands before a CSV's first letter."""
    csv_body = chain([mark], csv_lines(table))
    body, kind = (csv_body, "text/csv; charset=utf-8") if form == "csv" else (_pieces(xlsx_file(table)), XLSX)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(body, content_type=kind, headers=disposition)


def _table(columns: Sequence[Exported], rows: Iterable[Any]) -> Iterator[list[Any]]:
    yield [column.label for column in columns]
    if isinstance(rows, QuerySet):
        rows = rows.iterator(chunk_size=1000)
    for row in rows:
        yield [_plain(column, row) for column in columns]


def _plain(column: Exported, row: Any) -> Any:
    value = column.of(row)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal | date | datetime):
        return value
    return UNPRINTABLE.sub("", column.label_of(row) or str(value))


def as_csv(table: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with ISO dates; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return b"".join(csv_lines(table))


def csv_lines(table: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """`as_csv`, some lines at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, line in enumerate(table, 1):
        writer.writerow([_csv_cell(value) for value in line])
        if number % LINES == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _csv_cell(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return str(value)


def unguarded(text: str) -> str:
    """A CSV cell without the apostrophe `csv_lines` put in front."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def as_xlsx(table: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a bold, fixed first line; text is text, dates are dates in UTC."""
    with xlsx_file(table) as file:
        return file.read()


def xlsx_file(table: Iterable[Sequence[Any]]) -> IO[bytes]:
    """`as_xlsx` in a temporary file that is gone when it is closed."""
    return xlsx_book([("Export", table)])


def xlsx_book(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, wrap: bool = False) -> IO[bytes]:
    """Tables as the sheets of one book, in a temporary file; `wrap` shows the lines of a cell below each other."""
    from compliance.ui.xlsx import book_of  # heavy, and few pages of many are asked for as a file

    return book_of(sheets, wrap=wrap)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
