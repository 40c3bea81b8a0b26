"""The flow map as a drawing, from plain values: places in columns, one line for all flows that go the same way.

People and their devices stand left, then apps, services, stores and parties; the trust boundary runs behind the apps,
the border of the EEA above whatever lies outside it. Lengths are whole user units. templates/dataflows/_map.svg draws
the result on the page and in the pack alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dataflows.layout import LEAD, Box, arrange, link
from dataflows.map_labels import LINE, label, place_label, wide
from dataflows.map_parts import Drawn, FlowMap, Frame, Head, LabelLine, Leg, Line, Place

TITLES = ("People and devices", "Apps", "Services", "Stores", "Parties")
COLUMNS = {"person": 0, "device": 0, "app": 1, "api": 2, "store": 3, "processor": 4, "recipient": 4, "remote": 4}
WIDTHS = (96, 108, 120, 120, 140)
TRUSTED = 1
MARGIN, TOP, CURVE = 8, 44, 48
FEW = 9  # up to so many flows the data stands under the reference


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
        return max((wide(line) for line in self.label), default=0) + 6


def draw(places: Sequence[Place], legs: Sequence[Leg], *, id: str = "flow-map", title: str = "Flow map") -> FlowMap:
    """Lay out places and legs. A place no leg touches is drawn too; a leg to an unknown place is a KeyError."""
    known = {place.key: place for place in places}
    column = {place.key: COLUMNS[place.kind] for place in places}
    bundles = _bundle(legs, column)
    few = len({leg.reference for leg in legs}) <= FEW
    for bundle in bundles:
        bundle.label = label(bundle.legs, few)
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
    frames = _frames(drawn)
    return FlowMap(id, title, said, right + MARGIN, bottom + 16, drawn, lines, heads, trust_x, border, linked, frames)


def _frames(drawn: list[Drawn]) -> list[Frame]:
    """The border of each country outside the EEA, around its places in a column."""
    found: dict[tuple[int, str], list[Drawn]] = {}
    for box in drawn:
        if box.place.country:
            found.setdefault((box.x, box.place.country), []).append(box)
    frames = []
    for (x, name), boxes in found.items():
        top, bottom = min(box.y for box in boxes), max(box.y + box.height for box in boxes)
        frames.append(Frame(x - 3, top - LEAD + 2, boxes[0].width + 6, bottom - top + LEAD + 2, name))
    return frames


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


def _boxes(places: Sequence[Place], column: dict[str, int], bundles: list[_Bundle]) -> dict[str, Box]:
    boxes = {}
    for place in places:
        entering = sum(b.height for b in bundles if b.right == place.key)
        leaving = 10 * len({(column[b.right], b.tone) for b in bundles if b.left == place.key})
        lines = [_wrap(text, column[place.key]) for text in (place.name, _note(place))]
        text = 14 * len(lines[0]) + 13 * len(lines[1]) + 14
        height = max(text, entering + 8, leaving + 8)
        boxes[place.key] = Box(
            place.key, column[place.key], height, 14, place.outside, place.kind == "remote", place.country
        )
    return boxes


def _chains(boxes: dict[str, Box], bundles: list[_Bundle], used: list[int]) -> list[Box]:
    """Give lines over several columns a small box in each column between; those that run alike share it as a trunk."""
    trunks: dict[tuple[object, ...], list[Box]] = {}
    linked = set()
    for bundle in bundles:
        left, right = boxes[bundle.left], boxes[bundle.right]
        trunk = (left.key, right.column, right.low, bundle.arrow_left, bundle.arrow_right, bundle.tone, bundle.faint)
        if trunk not in trunks:
            between = [c for c in used if left.column < c < right.column]
            trunks[trunk] = [Box(f"{len(trunks)}/{c}", c, 8, 8, low=left.low and right.low) for c in between]
        bundle.chain = [left, *trunks[trunk], right]
        if left.column != right.column:
            for before, after in pairwise(bundle.chain):
                if (before.key, after.key) not in linked:
                    linked.add((before.key, after.key))
                    link(before, after)
    return [box for boxes_between in trunks.values() for box in boxes_between]


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
        next_boxes = {b.chain[1].key: b.chain[1] for b in across if b.left == key}
        leaving = sorted(next_boxes.values(), key=lambda box: box.middle)
        pitch = min(18, (box.height - 8) // max(len(leaving), 1))
        y = box.middle - pitch * (len(leaving) - 1) // 2
        ports = {after.key: y + pitch * n for n, after in enumerate(leaving)}
        for bundle in (b for b in across if b.left == key):
            bundle.start_y = ports[bundle.chain[1].key]
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
    about = ((bundle.left, bundle.right), tuple(dict.fromkeys(leg.reference for leg in bundle.legs)))
    if left == right:
        x, out = lefts[left] + WIDTHS[left], lefts[left] + WIDTHS[left] + 26
        path = f"M{x} {bundle.start_y} C{out + 8} {bundle.start_y} {out + 8} {bundle.end_y} {x} {bundle.end_y}"
        back = (_head(x, bundle.end_y, -1),)
        words = place_label(bundle.label, out + 2, bundle.end_y + LINE * len(bundle.label) - 4)
        return Line(bundle.tone, bundle.faint, path, back, words, title, *about)
    x, y = lefts[left] + WIDTHS[left], bundle.start_y
    path = f"M{x} {y}"
    for box in bundle.chain[1:-1]:
        path += _curve(x, y, x + CURVE, box.middle) + f" H{lefts[box.column] + WIDTHS[box.column]}"
        x, y = lefts[box.column] + WIDTHS[box.column], box.middle
    path += _curve(x, y, x + CURVE, bundle.end_y) + f" H{lefts[right]}"
    heads = [_head(lefts[left] + WIDTHS[left], bundle.start_y, -1)] if bundle.arrow_left else []
    heads += [_head(lefts[right], bundle.end_y, 1)] if bundle.arrow_right else []
    words = place_label(bundle.label, x + CURVE + 3, bundle.end_y - 4)
    return Line(bundle.tone, bundle.faint, path, tuple(heads), words, title, *about)


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    half = (x + to_x) // 2
    return f" C{half} {y} {half} {to_y} {to_x} {to_y}"


def _head(x: int, y: int, direction: int) -> str:
    """An arrow head with its tip at x, y; direction 1 points right."""
    return f"M{x} {y} L{x - 7 * direction} {y - 4} L{x - 7 * direction} {y + 4} Z"


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


def _note(place: Place) -> str:
    """Its second line; the country its frame names already is left out."""
    return "" if place.note == place.country else place.note


def _drawn(place: Place, x: int, box: Box) -> Drawn:
    name, note = _wrap(place.name, box.column), _wrap(_note(place), box.column)
    y = box.middle - (14 * len(name) + 13 * len(note)) // 2 + 11
    lines = tuple((y + 14 * n, text) for n, text in enumerate(name))
    notes = tuple((y + 14 * len(name) + 13 * n - 1, text) for n, text in enumerate(note))
    return Drawn(place, x, box.y, WIDTHS[box.column], box.height, lines, notes, x + WIDTHS[box.column] // 2)
