"""What a table would do to the records: every row's verdict, with every change and every error in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from typing import Any

from compliance.exchange.cells import BadCell, Formula, one_of
from compliance.exchange.models import Verdict
from compliance.exchange.reading import Table, TableRefused
from compliance.exchange.registry import VERSION, Column, Sheet
from compliance.ui.export import UNPRINTABLE

UNCHANGED = "unchanged"
TOLD = 2_000


@dataclass
class Planned:
    """One row of the file and what it comes to; `values` is what the sheet is given."""

    number: int
    label: str = ""
    verdict: str = UNCHANGED
    record: Any = None
    given: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[dict[str, str]] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)

    @property
    def told(self) -> list[Any]:
        """What was shown of it, for the hash of the plan."""
        return [self.number, self.verdict, self.label, self.changes, self.problems]


@dataclass
class Fingerprint:
    """The hash over everything shown: what is confirmed is what was seen."""

    _digest: Any = field(default_factory=sha256)

    def add(self, planned: Planned) -> None:
        if planned.verdict != UNCHANGED:
            self._digest.update(dumps(planned.told, ensure_ascii=False).encode() + b"\n")

    @property
    def hex(self) -> str:
        return str(self._digest.hexdigest())


class Plan:
    """The table against the records of a sheet; walk `rows()` once."""

    def __init__(self, sheet: Sheet, table: Table) -> None:
        self.sheet = sheet
        self.known = sheet.known
        self.columns, self.strangers = _columns(sheet, table.labels)
        self._table = table
        self._records = {self._identity(sheet.values(one)): one for one in sheet.records()}
        self._seen: dict[tuple[str, ...], int] = {}

    def rows(self) -> Iterator[Planned]:
        """Every row that is not blank, in the order of the file, and then what it no longer names."""
        last = 1
        for last, cells in self._table.rows:
            yield self._row(Planned(last), cells)
        for number, (name, record) in enumerate(self.sheet.dropped(self._seen), last + 1):
            yield Planned(number, label=name[:200], verdict=Verdict.RETIRED, record=record)

    def _row(self, planned: Planned, cells: list[Any]) -> Planned:
        given = planned.given = self._read(planned, cells)
        key = self._identity(given)
        planned.label = " ".join(str(given.get(part) or "") for part in self.sheet.identity).strip()[:200]
        record = planned.record = self._records.get(key) if any(key) else None
        if mend := self._misnamed(planned, key):
            planned.problems.append(self._said(self.sheet.identity[-1], mend))
            return _judged(planned)
        if record is None:
            self._plan_new(planned, given)
        else:
            self._plan_change(planned, given)
        if not planned.problems and (record is None or planned.changes):
            seen = {**(self.sheet.values(record) if record else {}), **planned.values}
            for column, mend in self.sheet.check(record, seen):
                planned.problems.append(self._said(column, mend))
        return _judged(planned)

    def _read(self, planned: Planned, cells: list[Any]) -> dict[str, Any]:
        """The values of the cells that read well; the others become problems."""
        given: dict[str, Any] = {}
        for column, cell in zip(self.columns, cells, strict=True):
            if column is None:
                continue
            try:
                given[column.key] = _value(column, cell, self.known)
            except BadCell as bad:
                if not column.fixed:
                    planned.problems.append({"column": column.label, "text": str(bad)})
        return given

    def _misnamed(self, planned: Planned, key: tuple[str, ...]) -> str:
        """What is wrong with the cells that say which record the row is about."""
        if any(key) and key in self._seen:
            return f"Row {self._seen[key]} is about it already: keep one of them."
        self._seen[key] = planned.number
        if planned.record is not None or (self.sheet.adds and not (any(key) and self._numbered)):
            return ""
        end = "Leave it empty for a new one." if self.sheet.adds else "Rows are not added here: take the row out."
        return f"There is no {self.sheet.noun} “{planned.label}” in {self.sheet.scope}. {end}"

    def _plan_new(self, planned: Planned, given: dict[str, Any]) -> None:
        wrong = {problem["column"] for problem in planned.problems}
        for column in self._open_columns():
            value = given.get(column.key, column.kind.blank)
            planned.values[column.key] = value
            if column.required and value == column.kind.blank and column.label not in wrong:
                planned.problems.append({"column": column.label, "text": "It is empty: a new row needs it."})
            elif value != column.kind.blank:
                planned.changes.append(self._change(column, column.kind.blank, value))
        planned.label = planned.label or f"new {self.sheet.noun}"

    def _plan_change(self, planned: Planned, given: dict[str, Any]) -> None:
        record = planned.record
        before = self.sheet.values(record)
        for column in self.sheet.columns:
            if column.key not in given or column.key in self.sheet.identity:
                continue
            old, new = self._settled(column, before[column.key]), given[column.key]
            if old == new:
                continue
            if column.fixed:
                planned.notes.append({"column": column.label, "text": "It is only shown: the change is not read."})
            elif column.once:
                planned.problems.append({"column": column.label, "text": column.once})
            elif column.required and new == column.kind.blank:
                planned.problems.append({"column": column.label, "text": "It is empty: write what it was, or better."})
            else:
                planned.values[column.key] = new
                planned.changes.append(self._change(column, old, new))
        if planned.changes and self.sheet.versioned:
            self._compare_versions(planned, given.get(VERSION))

    def _compare_versions(self, planned: Planned, version: int | None) -> None:
        label = "Version"
        if version is None:
            text = "It is missing: export the list again and change that, so that nobody's work is overwritten."
            planned.problems.append({"column": label, "text": text})
        elif version != planned.record.version:
            text = (
                f"{planned.label} was changed since the export (version {planned.record.version}, not {version}): "
                "export again and repeat the change."
            )
            planned.problems.append({"column": label, "text": text})

    def _open_columns(self) -> list[Column]:
        given = set(self.sheet.identity) if self._numbered else set()
        return [one for one in self.sheet.columns if not one.fixed and one.key not in given]

    @property
    def _numbered(self) -> bool:
        """Whether records go by a reference, which a new one is given and nobody chooses."""
        return self.sheet.identity == ("reference",)

    def _settled(self, column: Column, value: Any) -> Any:
        """A stored value as it comes back from a spreadsheet nobody touched."""
        written = column.kind.write(value)
        if isinstance(written, str):
            written = UNPRINTABLE.sub("", written)
        try:
            return _value(column, written, self.known)
        except BadCell:
            return value

    def _identity(self, values: dict[str, Any]) -> tuple[str, ...]:
        return tuple(str(values.get(key) or "").casefold() for key in self.sheet.identity)

    def _said(self, key: str, text: str) -> dict[str, str]:
        label = next((column.label for column in self.sheet.columns if column.key == key), "")
        return {"column": label, "text": text}

    @staticmethod
    def _change(column: Column, old: Any, new: Any) -> dict[str, str]:
        told = (column.kind.tell(old)[:TOLD], column.kind.tell(new)[:TOLD])
        return {"column": column.label, "old": told[0], "new": told[1]}


def _judged(planned: Planned) -> Planned:
    if planned.problems:
        planned.verdict = Verdict.ERROR
    elif planned.record is None:
        planned.verdict = Verdict.ADDED
    elif planned.changes:
        planned.verdict = Verdict.CHANGED
    return planned


def _value(column: Column, cell: Any, known: Any) -> Any:
    if isinstance(cell, Formula):
        raise BadCell("It holds a formula or an error: copy the column, and paste its values only.")
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return column.kind.blank
    return column.kind.read(cell, known)


def _columns(sheet: Sheet, labels: list[str]) -> tuple[list[Column | None], list[str]]:
    """Our column for each label of the file, and the labels that are not ours. Raises TableRefused."""
    ours = {name: one for one in sheet.all_columns() for name in (one.key.casefold(), one.label.casefold())}
    found = [ours.get(label.casefold()) for label in labels]
    twice = [one.label for one in found if one is not None and found.count(one) > 1]
    if twice:
        raise TableRefused(f"The column {twice[0]} stands twice in the first row: keep one.")
    missing = [one.label for one in sheet.columns if one.key in sheet.identity and one not in found]
    if missing:
        raise TableRefused(
            f"The column {missing[0]} is missing in the first row: without it no row can be told from another. "
            f"The columns are {one_of(column.label for column in sheet.all_columns())}."
        )
    return found, [label for label, one in zip(labels, found, strict=True) if one is None and label]
