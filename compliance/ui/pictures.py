"""Geometry of the pictures, from plain values; templates/ui/pictures/ draws them on the page and in the pack alike.

Lengths are user units of the SVG (one CSS pixel at full size). Every picture carries `title`, `description` and
`table`, its twin in words. Fills are literal for paper; the class beside each lets the page follow its theme.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date

INK, SOFT, LINE, ACCENT, PAPER = "#191c20", "#565c66", "#e1e2de", "#0b4f71", "#ffffff"
FILLS = {"low": "#c5d6c3", "medium": "#e6b843", "high": "#d76b2e", "critical": "#7a1230"}
ON_FILLS = {"low": INK, "medium": INK, "high": INK, "critical": "#ffffff"}
WIDTH = 480


@dataclass(frozen=True)
class Table:
    """A picture in words: heads, and rows whose first cell is the row's head."""

    heads: list[str]
    rows: list[list[str]]


class Mark(NamedTuple):
    """A text with its place and anchor (start, middle, end)."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class HeatCell:
    """One cell of the matrix; `label` says it in words for those who do not see it."""

    x: float
    y: float
    width: float
    height: float
    level: str
    fill: str
    on_fill: str
    count: int
    label: str
    url: str

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the cell, the text's baseline included."""
        return self.x + self.width / 2, self.y + self.height / 2 + 5


@dataclass(frozen=True)
class HeatMap:
    """Likelihood upwards, consequence to the right, the number of risks in each cell."""

    id: str
    title: str
    description: str
    width: float
    height: float
    cells: list[HeatCell]
    marks: list[Mark]
    table: Table
    linked: bool


def heat_map(
    counts: Mapping[tuple[int, int], int],
    levels: Mapping[tuple[int, int], str],
    likelihoods: Sequence[str],
    consequences: Sequence[str],
    *,
    url: Callable[[int, int], str] | None = None,
    id: str = "heat-map",
    title: str = "Risks by likelihood and consequence",
) -> HeatMap:
    """The matrix of a method, 3×3 to 5×5. Keys are (likelihood, consequence), both counted from 1.

    A level outside low, medium, high, critical is drawn without a fill.
    """
    left, top, high, wide = 104, 8, 44, round((WIDTH - 104) / max(len(consequences), 1), 2)
    cells, rows = [], []
    for likelihood in range(len(likelihoods), 0, -1):
        y = top + (len(likelihoods) - likelihood) * high
        row = [likelihoods[likelihood - 1]]
        for consequence in range(1, len(consequences) + 1):
            key = (likelihood, consequence)
            level, count = levels.get(key, ""), counts.get(key, 0)
            said = f"{count} risk{'' if count == 1 else 's'}, {level or 'no'} level"
            label = f"{said}: {likelihoods[likelihood - 1]}, {consequences[consequence - 1]}"
            where = (left + (consequence - 1) * wide, y, wide, high)
            paint = (level, FILLS.get(level, PAPER), ON_FILLS.get(level, INK))
            cells.append(HeatCell(*where, *paint, count, label, url(*key) if url and count else ""))
            row.append(f"{count} ({level})" if level else str(count))
        rows.append(row)
    foot = top + len(likelihoods) * high
    marks = [
        Mark(left - 10, top + n * high + high / 2 + 4, text, "end") for n, text in enumerate(reversed(likelihoods))
    ] + [Mark(left + n * wide + wide / 2, foot + 18, text, "middle") for n, text in enumerate(consequences)]
    total = sum(counts.values())
    described = f"{total} risks in a matrix of {len(likelihoods)} likelihoods by {len(consequences)} consequences."
    table = Table(["Likelihood", *consequences], rows)
    return HeatMap(id, title, described, WIDTH, foot + 28, cells, marks, table, any(cell.url for cell in cells))


class CoverageRow(NamedTuple):
    """What is asked by one framework, and how much of it is met or met in part."""

    label: str
    met: int
    partly: int
    total: int
    url: str = ""


class Bar(NamedTuple):
    """A stacked bar with its two texts."""

    y: float
    label: str
    figure: str
    met: float
    partly: float
    url: str

    @property
    def baseline(self) -> float:
        """Where the texts stand."""
        return self.y - 7


@dataclass(frozen=True)
class Coverage:
    """One bar for each framework."""

    id: str
    title: str
    description: str
    width: float
    height: float
    bars: list[Bar]
    table: Table
    linked: bool


def coverage(
    rows: Sequence[CoverageRow],
    *,
    id: str = "coverage",
    title: str = "Coverage by framework",
    of: str = "Framework",
) -> Coverage:
    """Bars of equal length, so that shares compare; nothing asked is an empty bar. `of` heads their names in words."""
    bars, lines = [], []
    for n, row in enumerate(rows):
        asked = max(row.total, 1)
        share = _percent(row.met, row.total)
        part = f", {row.partly} in part" if row.partly else ""
        figure = f"{share} · {row.met} of {row.total}{part}"
        bars.append(
            Bar(
                24 + n * 44,
                row.label,
                figure,
                round(WIDTH * row.met / asked, 2),
                round(WIDTH * row.partly / asked, 2),
                row.url,
            )
        )
        lines.append([row.label, str(row.met), str(row.partly), str(row.total - row.met - row.partly), share])
    described = "; ".join(f"{bar.label} {bar.figure}" for bar in bars) or f"No {of.lower()} chosen yet."
    table = Table([of, "Met", "In part", "Open", "Share"], lines)
    return Coverage(id, title, described, WIDTH, 12 + len(rows) * 44, bars, table, any(row.url for row in rows))


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that 100% means all of it."""
    return f"{100 * part // whole}%" if whole else "–"


class Line(NamedTuple):
    """One series as an SVG path, with its label at its end."""

    name: str
    path: str
    dash: str
    end: tuple[float, float]
    label: Mark


@dataclass(frozen=True)
class Trend:
    """Numbers over time, from zero."""

    id: str
    title: str
    description: str
    width: float
    height: float
    lines: list[Line]
    marks: list[Mark]
    base: float
    right: float
    table: Table


DASHES = ("none", "5 3", "1.5 3", "8 3 1.5 3")


def trend(series: Mapping[str, Sequence[tuple[date, float]]], *, id: str = "trend", title: str = "Over time") -> Trend:
    """Up to four series over the same span of days, each named at its end instead of in a legend."""
    left, top, base = 34, 12, 150
    right = WIDTH - 16 - 8 * max((len(name) + 5 for name in series), default=8)  # a bold letter is 8 wide at most
    points = [point for line in series.values() for point in line]
    if not points:
        return Trend(id, title, "Nothing has been counted yet.", WIDTH, 176, [], [], base, right, Table(["Day"], []))
    first, last = min(day for day, _ in points), max(day for day, _ in points)
    most = max([value for _, value in points] + [1])
    days = max((last - first).days, 1)

    def place(day: date, value: float) -> tuple[float, float]:
        x = left + (right - left) * (day - first).days / days
        return round(x, 1), round(base - (base - top) * value / most, 1)

    lines = []
    for (name, values), dash in zip(series.items(), DASHES, strict=False):
        spots = [place(day, value) for day, value in sorted(values)]
        if spots:
            path = "M" + " L".join(f"{x:g} {y:g}" for x, y in spots)
            label = Mark(right + 10, spots[-1][1] + 4, f"{name} {sorted(values)[-1][1]:g}")
            lines.append(Line(name, path, dash, spots[-1], label))
    marks = [
        Mark(left, base + 18, _day(first)),
        Mark(right, base + 18, _day(last), "end"),
        Mark(left - 8, top + 4, f"{most:g}", "end"),
        Mark(left - 8, base + 4, "0", "end"),
    ]
    said = "; ".join(f"{name} from {sorted(v)[0][1]:g} to {sorted(v)[-1][1]:g}" for name, v in series.items() if v)
    described = f"From {_day(first)} to {_day(last)}: {said}."
    return Trend(id, title, described, WIDTH, base + 28, _apart(lines), marks, base, right, _by_day(series))


def _apart(lines: list[Line]) -> list[Line]:
    """Move labels down until none lies on another."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda line: line.label.y):
        floor = placed[-1].label.y + 15 if placed else line.label.y
        placed.append(line._replace(label=line.label._replace(y=max(line.label.y, floor))))
    return placed


def _by_day(series: Mapping[str, Sequence[tuple[date, float]]]) -> Table:
    values = {name: dict(line) for name, line in series.items()}
    days = sorted({day for line in values.values() for day in line})
    rows = [[_day(day), *(f"{line[day]:g}" if day in line else "" for line in values.values())] for day in days]
    return Table(["Day", *values], rows)


def _day(day: date) -> str:
    return str(format_date(day, "j M Y"))


MONTH_WORDS = {"ok": "covered", "warn": "in part", "bad": "gap", "": "not due"}


class Square(NamedTuple):
    """One month of one row; `state` is ok, warn, bad or empty."""

    x: float
    y: float
    state: str
    label: str


@dataclass(frozen=True)
class Months:
    """A strip of squares for each row, one for each month."""

    id: str
    title: str
    description: str
    width: float
    height: float
    squares: list[Square]
    marks: list[Mark]
    table: Table


def months(
    rows: Mapping[str, Sequence[str]], first: date, *, id: str = "months", title: str = "Evidence by month"
) -> Months:
    """States by month from `first` on: ok (full square), warn (half), bad (crossed), empty (hairline)."""
    many = max((len(states) for states in rows.values()), default=0)
    left, top, side, step = 132, 28, 16, min(28.0, round((WIDTH - 132) / max(many, 1), 2))
    names = [_month(first, n) for n in range(many)]
    marks = [
        Mark(left + n * step + side / 2, 16, name[0] if step < 28 else name[:3], "middle")
        for n, name in enumerate(names)
    ]
    squares, lines = [], []
    for r, (label, states) in enumerate(rows.items()):
        y = top + r * 26
        marks.append(Mark(0, y + 12, label if len(label) < 20 else f"{label[:18]}…"))
        said = [MONTH_WORDS.get(state, MONTH_WORDS[""]) for state in states]
        squares += [Square(left + n * step, y, s, f"{label}, {names[n]}: {said[n]}") for n, s in enumerate(states)]
        lines.append([label, *said, *[""] * (many - len(said))])
    gaps = sum(state == "bad" for states in rows.values() for state in states)
    described = f"{len(rows)} rows over {many} months, {gaps} gap{'' if gaps == 1 else 's'}."
    return Months(id, title, described, WIDTH, top + len(rows) * 26, squares, marks, Table(["", *names], lines))


def _month(first: date, n: int) -> str:
    year, month = divmod(first.month - 1 + n, 12)
    return str(format_date(date(first.year + year, month + 1, 1), "M Y"))
