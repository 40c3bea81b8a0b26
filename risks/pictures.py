"""Heat maps of a scope and of one risk; drawn by templates, on the page and in the pack alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Any

from compliance.ui.pictures import HeatMap, Table, heat_map
from risks.models import RiskPosition
from risks.reading import Summary

FIGURES = (
    ("open", "Open risks"),
    ("appetite", "Above appetite"),
    ("review", "Overdue for review"),
    ("actions", "With an overdue action"),
    ("outdated", "Acceptance outdated"),
    ("expired", "Acceptance expired"),
    ("expiring", "Acceptance expires within 30 days"),
    ("requested", "Waiting for acceptance"),
    ("unowned", "Without an owner"),
    ("unscored", "Not assessed"),
)
ALWAYS = {"open", "appetite", "review"}


def names(scale: Iterable[Mapping[str, Any]]) -> list[str]:
    """1 Rare, 2 Unlikely, …"""
    return [f"{number} {value['name']}" for number, value in enumerate(scale, 1)]


def counted(method: Any, counts: Mapping[tuple[int, int], int], kind: str, register_url: str = "") -> HeatMap:
    """How many risks stand where in one position; with an address each number leads to its rows."""

    def url(likelihood: int, consequence: int) -> str:
        return f"{register_url}?show=open&{kind}={likelihood}x{consequence}"

    return heat_map(
        counts,
        method.levels,
        names(method.likelihoods),
        names(method.consequences),
        url=url if register_url else None,
        id=f"heat-{kind}",
        title=f"{RiskPosition.Kind(kind).label} risks by likelihood and consequence",
    )


@dataclass(frozen=True)
class Figure:
    """A number that leads to its rows."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Board:
    """What a dashboard shows of a scope's risks."""

    summary: Summary
    figures: list[Figure]
    maps: list[HeatMap]
    older_url: str

    @property
    def named_maps(self) -> list[tuple[str, HeatMap]]:
        """Each map with the name of its position."""
        return [(one.title.partition(" ")[0], one) for one in self.maps]

    @property
    def current(self) -> HeatMap | None:
        return next((one for one in self.maps if one.id == "heat-current"), None)


def board(summary: Summary, register_url: str) -> Board:
    """Figures and heat maps of a scope's risks."""
    method = summary.method
    figures = [
        Figure(label, summary.figures[key], f"{register_url}?show={key}")
        for key, label in FIGURES
        if summary.figures[key] or key in ALWAYS
    ]
    shown = [kind for kind in RiskPosition.Kind.values if summary.cells[kind] or kind == "current"]
    maps = [counted(method, summary.cells[kind], kind, register_url) for kind in shown] if method else []
    return Board(summary, figures, maps, f"{register_url}?show=older")


@dataclass(frozen=True)
class Stop:
    """One position of a risk on the matrix; `letter` names it inside its dot."""

    x: float
    y: float
    letter: str
    name: str


@dataclass(frozen=True)
class Arrow:
    """The way from one position to the next: a line and the head's triangle as SVG points."""

    x1: float
    y1: float
    x2: float
    y2: float
    head: str


@dataclass(frozen=True)
class Movement:
    """A risk's way over the matrix."""

    matrix: HeatMap
    stops: list[Stop]
    arrows: list[Arrow]
    id: str
    title: str
    description: str
    table: Table

    @property
    def marks(self) -> list[Any]:
        return self.matrix.marks


DOT = 12.0


def movement(
    positions: Mapping[str, Any], method: Any, title: str = "From inherent over current to residual"
) -> Movement:
    """Dots for the positions that lie on the method's matrix and arrows between them."""
    matrix = heat_map({}, method.levels, names(method.likelihoods), names(method.consequences), id="movement")
    found = [positions[kind] for kind in RiskPosition.Kind.values if kind in positions]
    found = [one for one in found if (one.likelihood, one.consequence) in method.levels]
    stops = _place(found, matrix, len(method.consequences))
    rows = [
        [one.get_kind_display(), str(one.likelihood), str(one.consequence), one.get_level_display()] for one in found
    ]
    said = "; ".join(f"{row[0]} {row[1]} by {row[2]}, {row[3].lower()}" for row in rows) or "Not assessed yet."
    arrows = [_arrow(a, b) for a, b in pairwise(stops) if _apart(a, b)]
    return Movement(
        matrix, stops, arrows, "movement", title, said, Table(["Position", "Likelihood", "Consequence", "Level"], rows)
    )


@dataclass(frozen=True)
class Way:
    """How many risks moved from one cell to another."""

    arrow: Arrow
    count: int
    width: float
    x: float
    y: float


@dataclass(frozen=True)
class Moves:
    """The ways of a scope's risks over the matrix, the most frequent ones."""

    matrix: HeatMap
    ways: list[Way]
    id: str
    title: str
    description: str
    table: Table

    @property
    def marks(self) -> list[Any]:
        return self.matrix.marks


MOST_WAYS = 12
Cell = tuple[int, int]


def moves(ways: Mapping[tuple[Cell, Cell], int], method: Any, first: str, second: str) -> Moves:
    """From one position to the next: an arrow for each of the most frequent ways, as thick as it is frequent."""
    key = f"moves-{first}-{second}"
    matrix = heat_map({}, method.levels, *_names(method), id=key)
    known = [(way, n) for way, n in ways.items() if way[0] in method.levels and way[1] in method.levels]
    ordered = sorted(known, key=lambda one: (-one[1], one[0]))
    gone = [(way, n) for way, n in ordered if way[0] != way[1]]
    most = max((n for _, n in gone), default=1)
    wide = len(method.consequences)
    drawn = [_way(matrix, wide, way, n, most) for way, n in gone[:MOST_WAYS]]
    total, stayed = sum(n for _, n in known), sum(n for way, n in known if way[0] == way[1])
    said = f"{total - stayed} of {total} risks move between {first} and {second}"
    said += f"; the {MOST_WAYS} most frequent of {len(gone)} ways are drawn." if len(gone) > MOST_WAYS else "."
    rows = [[f"{a[0]} × {a[1]}", f"{b[0]} × {b[1]}", str(n)] for (a, b), n in ordered]
    table = Table([f"{first.capitalize()}", f"{second.capitalize()}", "Risks"], rows)
    return Moves(matrix, drawn, key, f"From {first} to {second}", said, table)


def _names(method: Any) -> tuple[list[str], list[str]]:
    """The names with their numbers; those of a section are numbered already."""
    scales = (method.likelihoods, method.consequences)
    numbered = all(str(one["name"])[:1].isdigit() for scale in scales for one in scale)
    high, wide = ([str(one["name"]) for one in scale] if numbered else names(scale) for scale in scales)
    return high, wide


def _way(matrix: HeatMap, wide: int, way: tuple[Cell, Cell], count: int, most: int) -> Way:
    high = len(matrix.cells) // wide
    ends = [matrix.cells[(high - likelihood) * wide + consequence - 1] for likelihood, consequence in way]
    here, there = (Stop(one.x + one.width / 2, one.y + one.height / 2, "", "") for one in ends)
    arrow = _arrow(here, there)
    middle = ((2 * here.x + there.x) / 3, (2 * here.y + there.y) / 3)
    return Way(arrow, count, round(1.5 + 3 * count / most, 1), round(middle[0], 1), round(middle[1], 1))


def _place(positions: list[Any], matrix: HeatMap, wide: int) -> list[Stop]:
    """Where each dot stands; those that share a cell stand beside each other."""
    stops: list[Stop] = []
    taken: dict[tuple[int, int], int] = {}
    high = len(matrix.cells) // wide
    for one in positions:
        key = (one.likelihood, one.consequence)
        cell = matrix.cells[(high - one.likelihood) * wide + one.consequence - 1]
        sharing = [other for other in positions if (other.likelihood, other.consequence) == key]
        slot = taken.setdefault(key, 0)
        taken[key] += 1
        x = cell.x + cell.width / 2 + (slot - (len(sharing) - 1) / 2) * (2 * DOT - 1)
        stops.append(Stop(x, cell.y + cell.height / 2, one.kind[0].upper(), one.get_kind_display()))
    return stops


def _apart(one: Stop, other: Stop) -> bool:
    return hypot(other.x - one.x, other.y - one.y) > 3 * DOT


def _arrow(one: Stop, other: Stop) -> Arrow:
    far = hypot(other.x - one.x, other.y - one.y)
    dx, dy = (other.x - one.x) / far, (other.y - one.y) / far
    tip = (other.x - dx * (DOT + 2), other.y - dy * (DOT + 2))
    back = (tip[0] - dx * 8, tip[1] - dy * 8)
    corners = (tip, (back[0] - dy * 4.5, back[1] + dx * 4.5), (back[0] + dy * 4.5, back[1] - dx * 4.5))
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return Arrow(round(one.x + dx * DOT, 1), round(one.y + dy * DOT, 1), round(back[0], 1), round(back[1], 1), head)
