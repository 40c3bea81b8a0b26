"""Flows as a table to write in: what was sent as lines, and lines with what is wrong in which cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from compliance.exchange.planning import Plan, Planned
from compliance.exchange.reading import Table
from compliance.exchange.registry import VERSION_COLUMN, Column
from compliance.projects.models import Project
from dataflows.models import DataFlow
from dataflows.sheets.flow import FlowSheet

LEFT_OUT = ("legitimate_interests", "both_ways", "notes", "state")
COLUMNS = tuple(column for column in FlowSheet.columns if column.key not in LEFT_OUT)
SENT = (*COLUMNS, VERSION_COLUMN)
WIDE = {"title": 22, "way": 34, "data": 24, "purpose": 26, "subjects": 18, "legal_basis": 20, "article9_condition": 20}
LISTS = {"way": "places", "data": "items", "subjects": "subjects", "activity": "activities"}
LISTS |= {"since_release": "releases", "until_release": "releases"}
SEVERAL = {"way": " → ", "data": "; ", "subjects": "; "}
PAGE, SPARE, MOST = 25, 5, 55  # more fields than these make are refused on their way in


@dataclass
class Cell:
    """One cell of a line, with what is wrong with it."""

    key: str
    name: str
    label: str
    value: str
    size: int = 14
    offers: str = ""
    joined: str = ""
    errors: list[str] = field(default_factory=list)


@dataclass
class Line:
    """One flow, or an empty line for a new one."""

    number: int
    cells: list[Cell]
    reference: str = ""
    version: str = ""
    url: str = ""
    errors: list[str] = field(default_factory=list)


class FlowTable:
    """The flows of one page of a project, or what somebody sent."""

    def __init__(self, project: Project, flows: Sequence[DataFlow], sent: Mapping[str, str] | None = None) -> None:
        self.project, self.sheet = project, FlowSheet(project)
        self.lines = self._sent(sent) if sent is not None else self._stored(flows)
        self.planned: list[Planned] = []
        if sent is not None:
            self._plan()

    def _stored(self, flows: Sequence[DataFlow]) -> list[Line]:
        lines = []
        for number, flow in enumerate(flows, 1):
            values = {**self.sheet.values(flow), "version": flow.version}
            lines.append(self._line(number, {c.key: str(c.kind.write(values[c.key])) for c in SENT}))
        return lines + [self._line(len(lines) + n, {}) for n in range(1, SPARE + 1)]

    def _sent(self, sent: Mapping[str, str]) -> list[Line]:
        found: dict[int, dict[str, str]] = {}
        known = {column.key for column in SENT}
        for name, value in sent.items():
            match = re.fullmatch(r"(\d{1,4})-(\w+)", name)
            if match and match[2] in known:
                found.setdefault(int(match[1]), {})[match[2]] = value
        return [self._line(number, values) for number, values in sorted(found.items())[:MOST]]

    def _line(self, number: int, values: Mapping[str, str]) -> Line:
        reference = values.get("reference", "")
        cells = [self._cell(number, column, values.get(column.key, "")) for column in COLUMNS[1:]]
        return Line(number, cells, reference, values.get("version", ""))

    @staticmethod
    def _cell(number: int, column: Column, value: str) -> Cell:
        lists = LISTS.get(column.key) or (column.key if hasattr(column.kind, "choices") else "")
        size, joined = WIDE.get(column.key, 12), SEVERAL.get(column.key, "")
        return Cell(column.key, f"{number}-{column.key}", column.label, value, size, lists, joined)

    def _plan(self) -> None:
        """Compare the lines with the flows, and write each problem to its cell."""
        labels = [column.label for column in SENT]
        rows = (
            (line.number, [line.reference, *(cell.value for cell in line.cells), line.version])
            for line in self.lines
            if line.reference or any(cell.value.strip() for cell in line.cells)
        )
        self.planned = list(Plan(self.sheet, Table(labels, rows)).rows())
        for planned in self.planned:
            for problem in planned.problems:
                self.mark(planned.number, problem["text"], problem["column"])

    def mark(self, number: int, text: str, label: str = "") -> None:
        """Write what is wrong to its cell; to the line where it is about none that is shown."""
        line = next(line for line in self.lines if line.number == number)
        cell = next((cell for cell in line.cells if cell.label == label), None)
        (cell or line).errors.append(text)

    @property
    def is_valid(self) -> bool:
        return not any(planned.problems for planned in self.planned)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Where each error is, as the end of an address, and what it says."""
        found = []
        for line in self.lines:
            at = line.reference or f"Line {line.number}"
            found += [(f"line-{line.number}", f"{at}: {text}") for text in line.errors]
            found += [(cell.name, f"{at}, {cell.label}: {text}") for cell in line.cells for text in cell.errors]
        return found

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Heads of the columns, with their help."""
        return [(column.label, column.help) for column in COLUMNS[1:]]

    @property
    def suggestions(self) -> list[tuple[str, list[str]]]:
        """What cells may hold, by the name of the list."""
        known = self.sheet.known
        named = {"places": "name", "items": "name", "subjects": "label", "activities": "reference", "releases": "name"}
        found = {
            key: list(dict.fromkeys(str(getattr(one, name)) for one in known[key].values()))
            for key, name in named.items()
        }
        choices = {c.key: [str(label) for _, label in c.kind.choices] for c in COLUMNS if hasattr(c.kind, "choices")}
        return [*found.items(), *choices.items()]
