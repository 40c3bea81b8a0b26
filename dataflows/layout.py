"""Where boxes stand in columns: an order with few crossings, and heights that keep lines straight.

Layered drawing after Sugiyama: a line over several columns passes a small box of its own in each column between, the
order in a column follows the mean position of the neighbours, and each column is fitted to its neighbours by isotonic
regression. Everything is decided by the input alone, so that page and pack show one drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

SWEEPS = 8
LEAD = 18


@dataclass
class Box:
    """A box in a column; `low` boxes stand below all others (outside a border), a `first` one on top of its kind.

    Boxes of one `group` (a country) stand together, with room for its name (`lead`) above the uppermost.
    """

    key: str
    column: int
    height: int
    gap: int
    low: bool = False
    first: bool = False
    group: str = ""
    lead: int = 0
    y: int = 0
    before: list["Box"] = field(default_factory=list)
    after: list["Box"] = field(default_factory=list)

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height


def link(left: Box, right: Box) -> None:
    """Say that a line runs from one box to one in the next column."""
    left.after.append(right)
    right.before.append(left)


def arrange(boxes: Sequence[Box], top: int, low_gap: int) -> int | None:
    """Order and place the boxes from `top` downwards; returns the y of the border above the low ones, if any."""
    columns: dict[int, list[Box]] = {}
    for box in boxes:
        columns.setdefault(box.column, []).append(box)
    numbers = sorted(columns)
    for number in numbers:
        columns[number].sort(key=lambda box: (box.low, not box.first, box.group))
        _stack(columns[number], top)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for number in numbers if forward else reversed(numbers):
            _order(columns[number], forward)
            _stack(columns[number], top)
    high = [[box for box in columns[number] if not box.low] for number in numbers]
    _settle(high, top)
    low = [[box for box in columns[number] if box.low] for number in numbers]
    if not any(low):
        return None
    border = max((box.bottom for column in high for box in column), default=top) + low_gap
    _settle(low, border + 2 * low_gap)
    return border


def _order(column: list[Box], forward: bool) -> None:
    """Sort by the mean of the neighbours; a box without any keeps its place."""

    def weight(box: Box) -> int:
        near = (box.before if forward else box.after) or (box.after if forward else box.before)
        return _mean([other.middle for other in near]) if near else box.middle

    weights = {box.key: weight(box) for box in column}
    groups: dict[str, list[Box]] = {}
    for box in column:
        groups.setdefault(box.group or box.key, []).append(box)

    def place(boxes: list[Box]) -> tuple[bool, bool, int]:
        return boxes[0].low, not any(box.first for box in boxes), _mean([weights[box.key] for box in boxes])

    ordered = sorted(groups.values(), key=place)
    column[:] = [box for boxes in ordered for box in sorted(boxes, key=lambda box: (not box.first, weights[box.key]))]


def _stack(column: list[Box], top: int) -> None:
    y, group = top, ""
    for box in column:
        box.lead = LEAD if box.group and box.group != group else 0
        group = box.group
        y += box.lead
        box.y = y
        y += box.height + box.gap


def _settle(columns: list[list[Box]], top: int) -> None:
    """Move boxes as near to their neighbours as their order and their gaps allow."""
    for _ in range(SWEEPS):
        for column in columns:
            _fit(column)
        for column in reversed(columns):
            _fit(column)
    lift = min((box.y - box.lead for column in columns for box in column), default=top) - top
    for column in columns:
        for box in column:
            box.y -= lift


def _fit(column: list[Box]) -> None:
    """Isotonic regression (pool adjacent violators) of the wished places, the heights above taken off.

    A box without neighbours wishes nothing and stays under the one above.
    """
    pools: list[list[int]] = []  # sum of wishes, number of wishes, number of boxes
    offset, offsets = 0, []
    for box in column:
        near = [other for other in (*box.before, *box.after) if other.low == box.low]
        offset += box.lead
        offsets.append(offset)
        if near or not pools:
            wish = _mean([other.middle for other in near]) - box.height // 2 if near else box.y
            pools.append([wish - offset, 1, 1])
        else:
            pools[-1][2] += 1
        offset += box.height + box.gap
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            pools[-2:] = [[one + other for one, other in zip(*pools[-2:], strict=True)]]
    places = [total // wishes for total, wishes, count in pools for _ in range(count)]
    for box, place, above in zip(column, places, offsets, strict=True):
        box.y = place + above


def _mean(values: list[int]) -> int:
    return sum(values) // len(values)
