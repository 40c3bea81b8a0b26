"""A sheet as a file that can be changed in a spreadsheet program and brought in again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.http import StreamingHttpResponse

from compliance.exchange.registry import Sheet
from compliance.ui.export import UNPRINTABLE, as_file

BOM = b"\xef\xbb\xbf"  # without it spreadsheet programs read a CSV in their own country's letters


def table(sheet: Sheet, only: str = "") -> Iterator[list[Any]]:
    """The labels, then a line for each record; text is text and never a formula."""
    columns = sheet.all_columns()
    yield [column.label for column in columns]
    for record in sheet.records(only):
        values = {**sheet.values(record), "version": record.version}
        yield [_cell(column.kind.write(values[column.key])) for column in columns]


def export(sheet: Sheet, form: str, only: str = "") -> StreamingHttpResponse:
    """The file to save; `form` is csv or xlsx."""
    name = "-".join(part for part in (sheet.key, sheet.scope.slug, only) if part)
    saved = f"{name}-{datetime.now(UTC).date().isoformat()}.{form}"
    return as_file(saved, form, table(sheet, only), mark=BOM)


def _cell(value: Any) -> Any:
    return UNPRINTABLE.sub("", value) if isinstance(value, str) else value
