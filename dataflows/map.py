"""The flow map as a drawing, from plain values: places in columns, one line for all flows that go the same way.

People and their devices stand left, then apps, services, stores and parties; the trust boundary runs behind the apps,
the border of the EEA above whatever lies outside it. Lengths are whole user units. templates/dataflows/_map.svg draws
the result on the page and in the pack alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from dataflows.layout import Box, arrange, link

TITLES = ("People and devices", "Apps", "Services", "Stores", "Parties")
COLUMNS = {"person": 0, "device": 0, "app": 1, "api": 2, "store": 3, "processor": 4, "recipient": 4, "remote": 4}
WIDTHS = (96, 108, 120, 120, 140)
TRUSTED = 1
MARGIN, TOP, CURVE, LINE, LETTER = 8, 44, 48, 13, 7
REFS_PER_LINE = 3
FEW, ROOM = 9, 16  # up to so many flows the data stands under the reference, in two lines of so many letters


class Place(NamedTuple):
    """A box on the map; `outside` the EEA, `note` its second line, `faint` when it is not in focus."""

    key: str
    name: str
    kind: str
    note: str = ""
    outside: bool = False
    url: str = ""
    faint: bool = False
    focus: bool = False


class Leg(NamedTuple):
    """One step of a flow from place to place. `marks` are two-word problems, `tone` plain, bad or proposed."""

    start: str
    end: str
    reference: str
    text: str
    data: str = ""
    special: bool = False
    marks: tuple[str, ...] = ()
    tone: str = "plain"
    both: bool = False
    url: str = ""
    faint: bool = False


class Ref(NamedTuple):
    """A reference in a label: the full one, and the part that is written."""

    full: str
    shown: str
    url: str


class LabelLine(NamedTuple):
    """A line of a label: references (a diamond before those with special categories), or words of warning."""

    x: int
    y: int
    refs: tuple[Ref, ...] = ()
    special: bool = False
    words: str = ""
    warns: bool = False


class Drawn(NamedTuple):
    """A place as drawn."""

    place: Place
    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[int, str], ...]
    note_lines: tuple[tuple[int, str], ...]
    middle: int


class Line(NamedTuple):
    """A line as drawn, with its arrow heads and label."""

    tone: str
    faint: bool
    path: str
    heads: tuple[str, ...]
    label: tuple[LabelLine, ...]
    title: str


class Head(NamedTuple):
    """The name of a column."""

    x: int
    text: str


@dataclass(frozen=True)
class FlowMap:
    """The drawing; `trust_x` and `border_y` are None when there is nothing beyond."""

    id: str
    title: str
    description: str
    width: int
    height: int
    places: list[Drawn]
    lines: list[Line]
    heads: list[Head]
    trust_x: int | None
    border_y: int | None
    linked: bool


@dataclass
class _Bundle:
    """All legs between two places in one direction and tone, drawn as one line from left to right."""

    left: str
    right: str
    arrow_left: bool
    arrow_right: bool
    tone: str
    faint: bool
    legs: list[Leg] = field(default_factory=list)
    chain: list[Box] = field(default_factory=list)
    label: list[LabelLine] = field(default_factory=list)
    start_y: int = 0
    end_y: int = 0

    @property
    def height(self) -> int:
        return LINE * max(len(self.label), 1) + 5

    @property
    def label_width(self) -> int:
        return max((_wide(line) for line in self.label), default=0) + 6


def draw(places: Sequence[Place], legs: Sequence[Leg], *, id: str = "flow-map", title: str = "Flow map") -> FlowMap:
    """Lay out places and legs. A place no leg touches is drawn too; a leg to an unknown place is a KeyError."""
    known = {place.key: place for place in places}
    column = {place.key: COLUMNS[place.kind] for place in places}
    bundles = _bundle(legs, column)
    few = len({leg.reference for leg in legs}) <= FEW
    for bundle in bundles:
        bundle.label = _label(bundle.legs, few)
    used = sorted({column[place.key] for place in places})
    boxes = _boxes(places, column, bundles)
    passing = _chains(boxes, bundles, used)
    border = arrange([*boxes.values(), *passing], TOP, 14)
    lefts = _spread(used, bundles, column)
    _ports(boxes, bundles, column)
    lines = [
        _line(bundle, boxes, lefts, column) for bundle in sorted(bundles, key=lambda b: (not b.faint, b.tone != "bad"))
    ]
    bottom = max((box.bottom for box in [*boxes.values(), *passing]), default=TOP)
    drawn = [_drawn(known[key], lefts[column[key]], box) for key, box in boxes.items()]
    right = max((lefts[n] + WIDTHS[n] for n in used), default=0) + _overhang(bundles, column, used)
    heads = [Head(lefts[n] + WIDTHS[n] // 2, TITLES[n]) for n in used]
    trusted = [n for n in used if n <= TRUSTED]
    beyond = bool(trusted) and len(trusted) < len(used)
    trust_x = lefts[trusted[-1]] + WIDTHS[trusted[-1]] + 12 if beyond else None
    said = _described(places, legs)
    linked = any(place.url for place in places)
    return FlowMap(id, title, said, right + MARGIN, bottom + 16, drawn, lines, heads, trust_x, border, linked)


def _described(places: Sequence[Place], legs: Sequence[Leg]) -> str:
    flows = {leg.reference for leg in legs}
    outside = sum(place.outside for place in places)
    wrong = {leg.reference for leg in legs if leg.marks}
    said = f"{len(flows)} flows between {len(places)} places, {outside} of them outside the EEA."
    return f"{said} Marked: {', '.join(sorted(wrong))}." if wrong else said


def _bundle(legs: Sequence[Leg], column: dict[str, int]) -> list[_Bundle]:
    found: dict[tuple[object, ...], _Bundle] = {}
    for leg in legs:
        backward = column[leg.start] > column[leg.end]
        left, right = (leg.end, leg.start) if backward else (leg.start, leg.end)
        key = (left, right, backward or leg.both, not backward or leg.both, leg.tone, leg.faint)
        found.setdefault(key, _Bundle(*key)).legs.append(leg)
    return list(found.values())


def _label(legs: Sequence[Leg], few: bool) -> list[LabelLine]:
    """Special categories first, three references to a line, or one with its data when there are few; then the marks."""
    lines = []
    for special in (True, False):
        refs = [leg for leg in legs if leg.special is special]
        step = 1 if few else REFS_PER_LINE
        for first in range(0, len(refs), step):
            row = refs[first : first + step]
            shown = [_shown(leg.reference, n == 0) for n, leg in enumerate(row)]
            cells = tuple(Ref(leg.reference, text, leg.url) for leg, text in zip(row, shown, strict=True))
            lines.append(LabelLine(0, 0, cells, special))
            if few and row[0].data:
                lines += [LabelLine(0, 0, words=text) for text in _short(row[0].data)]
    words = dict.fromkeys(mark for leg in legs for mark in leg.marks)
    lines += [LabelLine(0, 0, words=word, warns=True) for word in words]
    if legs[0].tone == "proposed":
        lines.append(LabelLine(0, 0, words="proposed"))
    return lines


def _short(data: str) -> list[str]:
    """The data in at most two lines; what has no room is counted."""
    names, lines = data.split(", "), [""]
    for n, name in enumerate(names):
        joined = f"{lines[-1]}, {name}" if lines[-1] else name
        if len(joined) <= ROOM or not lines[-1]:
            lines[-1] = joined
        elif len(lines) == 1:
            lines[0] += ","
            lines.append(name)
        else:
            lines[-1] += f" +{len(names) - n}"
            break
    return [line if len(line) <= ROOM + 3 else f"{line[:ROOM]}…" for line in lines]


def _shown(reference: str, first: bool) -> str:
    """The first reference of a line in full, of the others the number."""
    return reference if first else reference.rpartition("-")[2]


def _wide(line: LabelLine) -> int:
    text = line.words or " ".join(ref.shown for ref in line.refs)
    return len(text) * (LETTER if line.refs else LETTER - 1) + (12 if line.special else 0)


def _boxes(places: Sequence[Place], column: dict[str, int], bundles: list[_Bundle]) -> dict[str, Box]:
    boxes = {}
    for place in places:
        entering = sum(b.height for b in bundles if b.right == place.key)
        leaving = sum(10 for b in bundles if b.left == place.key)
        text = 14 * len(_wrap(place.name, column[place.key])) + 13 * len(_wrap(place.note, column[place.key])) + 14
        height = max(text, entering + 8, leaving + 8)
        boxes[place.key] = Box(place.key, column[place.key], height, 14, place.outside, place.kind == "remote")
    return boxes


def _chains(boxes: dict[str, Box], bundles: list[_Bundle], used: list[int]) -> list[Box]:
    """Give each line over several columns a small box in each column between."""
    passing = []
    for n, bundle in enumerate(bundles):
        left, right = boxes[bundle.left], boxes[bundle.right]
        between = [c for c in used if left.column < c < right.column]
        middle = [Box(f"{n}/{c}", c, 8, 8, low=left.low and right.low) for c in between]
        bundle.chain = [left, *middle, right]
        if left.column != right.column:
            for before, after in pairwise(bundle.chain):
                link(before, after)
        passing += middle
    return passing


def _spread(used: list[int], bundles: list[_Bundle], column: dict[str, int]) -> dict[int, int]:
    """The left edge of each column: before it, room for curves and for the labels that end there."""
    lefts, x = {}, MARGIN
    for position, n in enumerate(used):
        if position:
            ending = [b.label_width for b in bundles if column[b.right] == n != column[b.left]]
            x += CURVE + max(ending, default=12)
        lefts[n] = x
        x += WIDTHS[n]
    return lefts


def _overhang(bundles: list[_Bundle], column: dict[str, int], used: list[int]) -> int:
    """Room on the right for lines between two places of the last column."""
    last = used[-1] if used else 0
    beside = [b.label_width for b in bundles if column[b.left] == column[b.right] == last]
    return max(beside) + 44 if beside else 0


def _ports(boxes: dict[str, Box], bundles: list[_Bundle], column: dict[str, int]) -> None:
    """Where lines touch their boxes: in the order of the other ends, so that they do not cross there."""
    for key, box in boxes.items():
        across = [b for b in bundles if column[b.left] != column[b.right]]
        leaving = sorted((b for b in across if b.left == key), key=lambda b: b.chain[1].middle)
        pitch = min(18, (box.height - 8) // max(len(leaving), 1))
        y = box.middle - pitch * (len(leaving) - 1) // 2
        for bundle in leaving:
            bundle.start_y = y
            y += pitch
        entering = sorted((b for b in across if b.right == key), key=lambda b: b.chain[-2].middle)
        y = box.middle - sum(b.height for b in entering) // 2
        for bundle in entering:
            y += bundle.height
            bundle.end_y = y - 4
        _beside(key, box, [b for b in bundles if b not in across])


def _beside(key: str, box: Box, bundles: list[_Bundle]) -> None:
    for n, bundle in enumerate(b for b in bundles if b.left == key):
        bundle.start_y = box.bottom - 8 - 6 * n
    for n, bundle in enumerate(b for b in bundles if b.right == key):
        bundle.end_y = box.y + 12 + 12 * n


def _line(bundle: _Bundle, boxes: dict[str, Box], lefts: dict[int, int], column: dict[str, int]) -> Line:
    left, right = column[bundle.left], column[bundle.right]
    title = "; ".join(f"{leg.reference} {leg.text}" for leg in bundle.legs)
    if left == right:
        x, out = lefts[left] + WIDTHS[left], lefts[left] + WIDTHS[left] + 26
        path = f"M{x} {bundle.start_y} C{out + 8} {bundle.start_y} {out + 8} {bundle.end_y} {x} {bundle.end_y}"
        back = (_head(x, bundle.end_y, -1),)
        label = _placed(bundle.label, out + 2, bundle.end_y + LINE * len(bundle.label) - 4)
        return Line(bundle.tone, bundle.faint, path, back, label, title)
    x, y = lefts[left] + WIDTHS[left], bundle.start_y
    path = f"M{x} {y}"
    for box in bundle.chain[1:-1]:
        path += _curve(x, y, x + CURVE, box.middle) + f" H{lefts[box.column] + WIDTHS[box.column]}"
        x, y = lefts[box.column] + WIDTHS[box.column], box.middle
    path += _curve(x, y, x + CURVE, bundle.end_y) + f" H{lefts[right]}"
    heads = [_head(lefts[left] + WIDTHS[left], bundle.start_y, -1)] if bundle.arrow_left else []
    heads += [_head(lefts[right], bundle.end_y, 1)] if bundle.arrow_right else []
    label = _placed(bundle.label, x + CURVE, bundle.end_y - 4)
    return Line(bundle.tone, bundle.faint, path, tuple(heads), label, title)


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    half = (x + to_x) // 2
    return f" C{half} {y} {half} {to_y} {to_x} {to_y}"


def _head(x: int, y: int, direction: int) -> str:
    """An arrow head with its tip at x, y; direction 1 points right."""
    return f"M{x} {y} L{x - 7 * direction} {y - 4} L{x - 7 * direction} {y + 4} Z"


def _placed(label: Sequence[LabelLine], x: int, base: int) -> tuple[LabelLine, ...]:
    """The lines of a label above a base line."""
    top = base - LINE * (len(label) - 1)
    return tuple(line._replace(x=x, y=top + LINE * n) for n, line in enumerate(label))


def _wrap(text: str, column: int) -> list[str]:
    """Words in as many lines as the column needs; a word longer than a line is cut."""
    room = (WIDTHS[column] - 14) * 10 // 64
    lines: list[str] = []
    for word in text.split():
        cut = word if len(word) <= room else f"{word[: room - 1]}…"
        if lines and len(lines[-1]) + 1 + len(cut) <= room:
            lines[-1] += f" {cut}"
        else:
            lines.append(cut)
    return lines


def _drawn(place: Place, x: int, box: Box) -> Drawn:
    name, note = _wrap(place.name, box.column), _wrap(place.note, box.column)
    y = box.middle - (14 * len(name) + 13 * len(note)) // 2 + 11
    lines = tuple((y + 14 * n, text) for n, text in enumerate(name))
    notes = tuple((y + 14 * len(name) + 13 * n - 1, text) for n, text in enumerate(note))
    return Drawn(place, x, box.y, WIDTHS[box.column], box.height, lines, notes, x + WIDTHS[box.column] // 2)
