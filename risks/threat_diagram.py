"""The diagram of a threat model, from plain values: elements in columns, trust boundaries as dashed frames around them.

Elements of one boundary stand in columns of their own, so frames never cross; a flow over several columns passes
between the boxes. Lengths are whole user units; templates/risks/pictures/threat_diagram.html draws page and pack.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from dataflows.layout import Box, arrange, link

WIDTH, MARGIN, TOP, CURVE, LETTER = 124, 16, 44, 44, 6
FRAME, LAYERS, ROOM = 12, 3, 20
LABEL_LINES = 2


class Part(NamedTuple):
    """A box: `inside` the key of a boundary or nothing, `rank` how far from the people, `note` its second line."""

    key: str
    name: str
    shape: str
    inside: str = ""
    rank: int = 0
    note: str = ""
    open: bool = False
    out: bool = False
    url: str = ""


class Way(NamedTuple):
    """A flow between two boxes."""

    key: str
    start: str
    end: str
    name: str
    both: bool = False
    open: bool = False
    out: bool = False
    url: str = ""


class Drawn(NamedTuple):
    """A box as drawn."""

    part: Part
    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[int, str], ...]
    note_y: int
    middle: int


class Line(NamedTuple):
    """A flow as drawn."""

    way: Way
    path: str
    heads: tuple[str, ...]
    label: tuple[tuple[int, int, str], ...]


class Frame(NamedTuple):
    """A trust boundary as drawn."""

    key: str
    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Diagram:
    """The drawing."""

    id: str
    title: str
    description: str
    width: int
    height: int
    boxes: list[Drawn]
    lines: list[Line]
    frames: list[Frame]
    linked: bool


@dataclass
class _Wire:
    way: Way
    left: Box
    right: Box
    forward: bool
    label: list[str]
    chain: list[Box] = field(default_factory=list)
    start_y: int = 0
    end_y: int = 0

    @property
    def beside(self) -> bool:
        return self.left.column == self.right.column

    @property
    def height(self) -> int:
        return 13 * len(self.label) + 7

    @property
    def wide(self) -> int:
        return max(len(text) for text in self.label) * LETTER + 10


def draw(
    parts: Sequence[Part], ways: Sequence[Way], boundaries: Sequence[tuple[str, str]], *, id: str, title: str
) -> Diagram:
    """Lay a model out; `boundaries` are pairs of key and name, drawn when something stands inside."""
    known = {part.key: part for part in parts}
    ways = [way for way in ways if way.start in known and way.end in known]
    column = _columns(parts, ways)
    boxes = {part.key: Box(part.key, column[part.key], _height(part, ways), 22) for part in parts}
    wires = [_wire(way, boxes) for way in ways]
    used = sorted(set(column.values()))
    passing = _chains(wires, used)
    arrange([*boxes.values(), *passing], TOP, 14)
    lefts, right = _spread(used, wires, parts, column)
    _ports(boxes, wires)
    lines = [_line(wire, lefts) for wire in wires]
    drawn = [_drawn(known[key], lefts[box.column], box) for key, box in boxes.items()]
    bottom = max((box.bottom for box in [*boxes.values(), *passing]), default=TOP) + FRAME
    frames = [frame for key, name in boundaries if (frame := _frame(key, name, drawn))]
    linked = any(part.url for part in parts)
    said = _described(parts, ways, frames)
    return Diagram(id, title, said, right + MARGIN, bottom + MARGIN, drawn, lines, frames, linked)


def _described(parts: Sequence[Part], ways: Sequence[Way], frames: Sequence[Frame]) -> str:
    names = ", ".join(frame.name for frame in frames)
    said = f"{len(parts)} elements, {len(ways)} flows"
    return f"{said}; trust boundaries: {names}." if names else f"{said}, no trust boundary."


def _columns(parts: Sequence[Part], ways: Sequence[Way]) -> dict[str, int]:
    """A column each for the layers of every boundary, boundaries in the order of how far they are from the people."""
    groups: dict[tuple[str, int], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.inside, 0 if part.inside else part.rank), []).append(part)
    order = sorted(groups, key=lambda one: (_mean([part.rank * 10 for part in groups[one]]), one[0] == "", one))
    found: dict[str, int] = {}
    next_column = 0
    for group in order:
        layers = _layers(groups[group], ways) if group[0] else {part.key: 0 for part in groups[group]}
        taken = sorted(set(layers.values()))
        for key, layer in layers.items():
            found[key] = next_column + taken.index(layer)
        next_column += len(taken)
    return found


def _layers(parts: Sequence[Part], ways: Sequence[Way]) -> dict[str, int]:
    """What flows inside a boundary goes from one layer to the next, three at most; a circle ends where it began."""
    keys = {part.key for part in parts}
    depth = dict.fromkeys(keys, 0)
    ranks = {part.key: part.rank for part in parts}
    inner = [way for way in ways if way.start in keys and way.end in keys and way.start != way.end]
    forward = [(way.start, way.end) if ranks[way.start] <= ranks[way.end] else (way.end, way.start) for way in inner]
    for _ in range(LAYERS - 1):
        for start, end in forward:
            if (end, start) not in forward or start < end:
                depth[end] = min(max(depth[end], depth[start] + 1), LAYERS - 1)
    return {part.key: depth[part.key] for part in parts}


def _height(part: Part, ways: Sequence[Way]) -> int:
    touching = sum(way.end == part.key for way in ways), sum(way.start == part.key for way in ways)
    text = 14 * len(wrap(part.name, ROOM)) + (14 if part.note else 0) + 18
    return max(text, 30 * max(touching) + 6)


def _wire(way: Way, boxes: dict[str, Box]) -> _Wire:
    start, end = boxes[way.start], boxes[way.end]
    forward = start.column <= end.column
    left, right = (start, end) if forward else (end, start)
    return _Wire(way, left, right, forward, wrap(way.name, ROOM)[:LABEL_LINES])


def _chains(wires: list[_Wire], used: list[int]) -> list[Box]:
    passing = []
    for n, wire in enumerate(wires):
        between = [one for one in used if wire.left.column < one < wire.right.column]
        middle = [Box(f"{n}/{one}", one, 10, 12) for one in between]
        wire.chain = [wire.left, *middle, wire.right]
        if not wire.beside:
            for before, after in pairwise(wire.chain):
                link(before, after)
        passing += middle
    return passing


def _spread(
    used: list[int], wires: list[_Wire], parts: Sequence[Part], column: dict[str, int]
) -> tuple[dict[int, int], int]:
    """The left edge of each column, with room before it for curves, labels and frames; and the right end."""
    framed = {column[part.key]: part.inside for part in parts}
    lefts, x, last = {}, MARGIN + FRAME, None
    for one in used:
        if last is not None:
            ending = [wire.wide for wire in wires if wire.right.column == one and not wire.beside]
            beside = [wire.wide + 26 for wire in wires if wire.beside and wire.left.column == last]
            crossing = 2 * FRAME if framed.get(one) != framed.get(last) else 0
            x += CURVE + max(ending, default=8) + max(beside, default=0) + crossing
        lefts[one] = x
        x, last = x + WIDTH, one
    beside = [wire.wide + 40 for wire in wires if wire.beside and wire.left.column == last]
    return lefts, x + max(beside, default=0) + FRAME


def _ports(boxes: dict[str, Box], wires: list[_Wire]) -> None:
    """Where flows touch their boxes: in the order of the other ends."""
    for box in boxes.values():
        leaving = sorted((w for w in wires if w.left is box and not w.beside), key=lambda w: w.chain[1].middle)
        pitch = min(26, (box.height - 8) // max(len(leaving), 1))
        y = box.middle - pitch * (len(leaving) - 1) // 2
        for wire in leaving:
            wire.start_y = y
            y += pitch
        entering = sorted((w for w in wires if w.right is box and not w.beside), key=lambda w: w.chain[-2].middle)
        pitch = min(32, (box.height - 4) // max(len(entering), 1))
        y = box.middle - pitch * (len(entering) - 1) // 2 + (6 if len(entering) > 1 else 0)
        for wire in entering:
            wire.end_y = y
            y += pitch
        for n, wire in enumerate(w for w in wires if w.left is box and w.beside):
            wire.start_y = box.bottom - 8 - 6 * n
        for n, wire in enumerate(w for w in wires if w.right is box and w.beside):
            wire.end_y = box.y + 10 + 6 * n


def _line(wire: _Wire, lefts: dict[int, int]) -> Line:
    x = lefts[wire.left.column] + WIDTH
    if wire.beside:
        return _loop(wire, x)
    y = wire.start_y
    path = f"M{x} {y}"
    for box in wire.chain[1:-1]:
        path += f"{_curve(x, y, x + CURVE, box.middle)} H{lefts[box.column] + WIDTH}"
        x, y = lefts[box.column] + WIDTH, box.middle
    end = lefts[wire.right.column]
    path += f"{_curve(x, y, x + CURVE, wire.end_y)} H{end}"
    heads = []
    if wire.forward or wire.way.both:
        heads.append(_head(end, wire.end_y, 1))
    if not wire.forward or wire.way.both:
        heads.append(_head(lefts[wire.left.column] + WIDTH, wire.start_y, -1))
    return Line(wire.way, path, tuple(heads), _label(wire, x + CURVE, wire.end_y - 4))


def _loop(wire: _Wire, x: int) -> Line:
    out = x + 26
    path = f"M{x} {wire.start_y} C{out + 8} {wire.start_y} {out + 8} {wire.end_y} {x} {wire.end_y}"
    heads = [_head(x, wire.end_y, -1)]
    if wire.way.both:
        heads.append(_head(x, wire.start_y, -1))
    middle = (wire.start_y + wire.end_y) // 2
    return Line(wire.way, path, tuple(heads), _label(wire, out, middle + 4))


def _label(wire: _Wire, x: int, base: int) -> tuple[tuple[int, int, str], ...]:
    top = base - 13 * (len(wire.label) - 1)
    return tuple((x, top + 13 * n, text) for n, text in enumerate(wire.label))


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    half = (x + to_x) // 2
    return f" C{half} {y} {half} {to_y} {to_x} {to_y}"


def _head(x: int, y: int, direction: int) -> str:
    return f"M{x} {y} L{x - 7 * direction} {y - 4} L{x - 7 * direction} {y + 4} Z"


def _drawn(part: Part, x: int, box: Box) -> Drawn:
    names = wrap(part.name, ROOM)
    y = box.middle - (14 * len(names) + (14 if part.note else 0)) // 2 + 11
    lines = tuple((y + 14 * n, text) for n, text in enumerate(names))
    return Drawn(part, x, box.y, WIDTH, box.height, lines, y + 14 * len(names), x + WIDTH // 2)


def _frame(key: str, name: str, drawn: list[Drawn]) -> Frame | None:
    mine = [one for one in drawn if one.part.inside == key]
    if not mine:
        return None
    left, top = min(one.x for one in mine) - FRAME, min(one.y for one in mine) - 26
    right, bottom = max(one.x + one.width for one in mine) + FRAME, max(one.y + one.height for one in mine) + FRAME
    return Frame(key, wrap(name, max((right - left) // 7, 8))[0], left, top, right - left, bottom - top)


def wrap(text: str, room: int) -> list[str]:
    """Words in as many lines as they need; a word longer than a line is cut."""
    lines: list[str] = []
    for word in text.split() or [""]:
        cut = word if len(word) <= room else f"{word[: room - 1]}…"
        if lines and len(lines[-1]) + 1 + len(cut) <= room:
            lines[-1] += f" {cut}"
        else:
            lines.append(cut)
    return lines


def _mean(values: list[int]) -> int:
    return sum(values) // len(values)
