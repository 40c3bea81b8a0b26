"""Reading an XLSX workbook nobody trusts: measured before it is parsed, row by row, without formulas."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from compliance.exchange.cells import Formula
from compliance.ledger import Refused

MAX_UNPACKED = 120 * 1024 * 1024
MAX_STRINGS = 40 * 1024 * 1024
MAX_MEMBERS = 1_000
MAX_LINE = 1_048_576
WIDEST = 130
PIECE = 256 * 1024
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')
SAVE_AGAIN = "open it in a spreadsheet program and save it as .xlsx again"


class WorkbookRefused(Refused):
    """The workbook cannot be read; the message says what to do."""


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether the file is a ZIP, as workbooks are."""
    stream.seek(0)
    head = stream.read(8)
    stream.seek(0)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise WorkbookRefused("This is an old or encrypted Excel file: save it as .xlsx without a password.")
    return head.startswith(b"PK")


def unpacked_size(stream: IO[bytes]) -> int:
    """How large the workbook says it is; the stream stays where it was."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            return sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return 0
    finally:
        stream.seek(0)


def workbook_rows(stream: IO[bytes], labels: list[str]) -> Iterator[tuple[int, list[Any]]]:
    """The rows of the first sheet whose first row names one of `labels`, with their numbers; without labels, of the
    first sheet that holds any.
    """
    from openpyxl import load_workbook  # heavy, and rarely wanted

    merged = _measure(stream)
    stream.seek(0)
    try:
        book = load_workbook(stream, read_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise WorkbookRefused(f"The workbook is damaged: {SAVE_AGAIN}.") from error
    try:
        sheet = _sheet(book, labels)
        path = str(getattr(sheet, "_worksheet_path", ""))
        if found := merged.get(path.lstrip("/")):
            raise WorkbookRefused(f"The cells {found} are merged: unmerge them and fill in every cell, then try again.")
        yield from _rows(sheet)
    finally:
        book.close()


def _sheet(book: Any, labels: list[str]) -> Any:
    wanted = {label.casefold() for label in labels}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        first = next(_rows(sheet), (1, []))[1]
        if not wanted and first:
            return sheet
        if wanted & {str(cell).strip().casefold() for cell in first if cell is not None}:
            return sheet
    names = ", ".join(f"“{sheet.title}”" for sheet in book.worksheets[:5]) or "none"
    raise WorkbookRefused(
        f"No sheet of the workbook begins with a row of our labels (it has {names}). "
        "Export the list, and keep its first row."
    )


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    rows, blank = sheet.iter_rows(max_col=WIDEST), None
    for number in range(1, MAX_LINE + 2):
        try:
            cells = next(rows)
        except StopIteration:
            return
        except Exception as error:  # openpyxl raises whatever its parsers do
            raise WorkbookRefused(f"The workbook is damaged at row {number}: {SAVE_AGAIN}.") from error
        if cells is not blank:  # openpyxl fills gaps with one and the same row
            blank = cells
            yield number, [_plain(cell) for cell in cells]
    raise WorkbookRefused(f"The sheet claims rows beyond {MAX_LINE:,}: {SAVE_AGAIN}.")


def _plain(cell: Any) -> Any:
    if cell.value is None:
        return None
    if cell.data_type in {"f", "e"}:
        return Formula(str(getattr(cell.value, "text", cell.value)))
    return cell.value


def _measure(stream: IO[bytes]) -> dict[str, str]:
    """Unpack every part once without keeping it; the first merged range of each worksheet that has one."""
    merged: dict[str, str] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(stream) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise WorkbookRefused(f"The workbook has more than {MAX_MEMBERS:,} parts: {SAVE_AGAIN}.")
            for member in archive.infolist():
                left -= _measure_part(archive, member, left, merged)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise WorkbookRefused(f"The workbook is damaged or protected by a password: {SAVE_AGAIN}.") from error
    return merged


def _measure_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, merged: dict[str, str]) -> int:
    limit = min(left, MAX_STRINGS) if member.filename.endswith("sharedStrings.xml") else left
    size, tail = 0, b""
    with archive.open(member) as part:
        while piece := part.read(PIECE):
            size += len(piece)
            if size > limit:
                raise WorkbookRefused("The workbook unpacks to far more than a list of records has: hand in less.")
            if size == len(piece) and member.filename.endswith((".xml", ".rels")):
                _refuse_doctype(piece)
            if "worksheets/" in member.filename and (found := MERGED.search(tail + piece)):
                merged.setdefault(member.filename, found[1].decode())
            tail = piece[-200:]
    return size


def _refuse_doctype(head: bytes) -> None:
    if b"<!" in head.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\x00" in head:
        raise WorkbookRefused(f"The workbook declares entities, which no spreadsheet program does: {SAVE_AGAIN}.")
