"""A spreadsheet as rows of plain cells, or one sentence that says why not. Never more than a row in memory."""

import csv
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from compliance.exchange.cells import one_of
from compliance.exchange.workbook import is_workbook, workbook_rows
from compliance.ledger import Refused
from compliance.ui.export import unguarded

MAX_ROWS = 20_000
MAX_COLUMNS = 120
DELIMITERS = (",", ";", "\t")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SNIFFED = 64 * 1024
Cells = list[Any]


class TableRefused(Refused):
    """The file cannot be read as a table; nothing of it was used."""


@dataclass
class Table:
    """The labels of the first row, and the rows under it with their numbers in the file; blank rows are left out."""

    labels: list[str]
    rows: Iterator[tuple[int, Cells]]


def read_table(stream: IO[bytes], labels: list[str]) -> Table:
    """Read an XLSX or CSV file whose first row names some of `labels`. Raises TableRefused, now or at a later row."""
    rows = _refusing(workbook_rows(stream, labels)) if is_workbook(stream) else _csv_rows(stream, labels)
    first = next(rows, None)
    if first is None:
        raise TableRefused("The file holds no rows: export the list, change it, and hand that in.")
    found = [str(cell).strip() if cell is not None else "" for cell in first[1]]
    while found and not found[-1]:
        found.pop()
    if len(found) > MAX_COLUMNS:
        raise TableRefused(f"The first row has {len(found):,} columns, more than {MAX_COLUMNS}: leave only ours.")
    return Table(found, _counted(rows, len(found)))


def _counted(rows: Iterator[tuple[int, Cells]], width: int) -> Iterator[tuple[int, Cells]]:
    count = 0
    for number, cells in rows:
        if all(cell is None or cell == "" for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise TableRefused(f"The file has more than {MAX_ROWS:,} rows: split it, and bring in one part at a time.")
        if any(cell not in (None, "") for cell in cells[width:]):
            raise TableRefused(
                f"Row {number} has more cells than the first row has labels: check its separators and quotes."
            )
        yield number, [*cells[:width], *[None] * (width - len(cells))]


def _refusing(rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    try:
        yield from rows
    except Refused as refused:
        raise TableRefused(str(refused)) from refused


def _csv_rows(stream: IO[bytes], labels: list[str]) -> Iterator[tuple[int, Cells]]:
    lines = _lines(stream)
    head = next(lines, "")
    reader = csv.reader(chain([head], lines), delimiter=_delimiter(head, labels), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableRefused(
                f"Line {reader.line_num} cannot be read ({error}): is a quotation mark opened and never closed?"
            ) from error
        yield start, [unguarded(cell) for cell in cells]


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """The lines of a text in UTF-8 or marked UTF-16, with their ends. Raises TableRefused for other letters."""
    stream.seek(0)
    head = stream.read(SNIFFED)
    stream.seek(0)
    encoding = next((name for mark, name in BOMS if head.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\x00" in head:
        raise TableRefused("This is neither a CSV file nor an XLSX workbook: save the list as one of them.")
    decoder, rest, line = getincrementaldecoder(encoding)(), "", 1
    while piece := stream.read(SNIFFED):
        try:
            rest += decoder.decode(piece)
        except UnicodeError as error:
            raise TableRefused(_not_text(line)) from error
        *whole, rest = rest.split("\n")
        line += len(whole)
        yield from (f"{one}\n" for one in whole)
    if rest:
        yield rest


def _not_text(line: int) -> str:
    return (
        f"The file is not UTF-8 near line {line}, so its letters would be garbled: save it as “CSV UTF-8”, or as XLSX."
    )


def _delimiter(head: str, labels: list[str]) -> str:
    wanted = {label.casefold() for label in labels}
    found = {
        mark: sum(cell.strip().strip('"').casefold() in wanted for cell in head.split(mark)) for mark in DELIMITERS
    }
    best = max(found, key=lambda mark: found[mark])
    if not found[best]:
        raise TableRefused(f"The first row names none of the columns. It has to hold their labels: {one_of(labels)}.")
    return best
