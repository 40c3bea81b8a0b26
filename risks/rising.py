"""What rises if a control fails: risks that rely on it, where they stand, and how far up they could go.

No number is invented: the ceiling is the inherent position somebody assessed, and whether other controls still hold
is counted, never weighed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from compliance.ui.pictures import INK, LINE, SOFT, Mark, Table
from risks.models import Level, Risk
from risks.services.positions import counts

LEFT, STEP, ROW, TOP = 74.0, 118.0, 34.0, 30.0
WORDS = [level.label for level in Level]


@dataclass(frozen=True)
class Rise:
    """One risk: its level today, the level without any control (None when not assessed), and what else counts."""

    reference: str
    title: str
    url: str
    now: int
    ceiling: int | None
    others: tuple[str, ...]

    @property
    def level(self) -> str:
        return Level.values[self.now]

    @property
    def rises(self) -> bool:
        return self.ceiling is not None and self.ceiling > self.now

    @property
    def said(self) -> str:
        """How far it could rise, in words."""
        if self.ceiling is None:
            return "unknown: no inherent position"
        if not self.rises:
            return "no higher"
        return f"up to {WORDS[self.ceiling].lower()}{'' if self.others else ', nothing else holds it'}"


def rises(risks: Iterable[Risk], implementations: Iterable[UUID]) -> list[Rise]:
    """Open, assessed risks (with positions and controls at hand) by what fails, the worst ceiling first."""
    failing, found = set(implementations), []
    for risk in risks:
        if risk.is_closed or risk.current is None:
            continue
        others = [one.implementation for one in risk.controls.all() if one.implementation_id not in failing]
        inherent = risk.position("inherent")
        found.append(
            Rise(
                risk.reference,
                risk.title,
                risk.get_absolute_url(),
                risk.current.rank,
                inherent.rank if inherent else None,
                tuple(sorted(one.reference for one in others if counts(one))),
            )
        )
    return sorted(found, key=lambda one: (-(one.ceiling or 0), bool(one.others), one.reference))


@dataclass(frozen=True)
class Bar:
    """A risk in the picture: a dot today, and a way up; dashed while other controls hold it."""

    y: float
    x1: float
    x2: float
    dash: str
    head: str
    reference: str
    word: str


@dataclass(frozen=True)
class Picture:
    """Levels from left to right, a row for each risk."""

    id: str
    title: str
    description: str
    width: float
    height: float
    bars: list[Bar]
    lines: list[float]
    marks: list[Mark]
    table: Table
    colours: tuple[str, str, str] = (INK, SOFT, LINE)


MOST = 12


def picture(found: Sequence[Rise], name: str) -> Picture:
    """The first dozen as bars, all of them in the table."""
    bars = [_bar(number, one) for number, one in enumerate(found[:MOST])]
    height = TOP + max(len(bars), 1) * ROW + 6
    lines = [LEFT + number * STEP for number in range(len(WORDS))]
    marks = [Mark(x, 18, word, "middle") for x, word in zip(lines, WORDS, strict=True)]
    up = sum(one.rises for one in found)
    alone = sum(one.rises and not one.others for one in found)
    rely = "1 risk relies" if len(found) == 1 else f"{len(found)} risks rely"
    said = f"{rely} on {name}: {up} could rise, {alone} of them with no other control that counts."
    rows = [
        [f"{one.reference} {one.title}", WORDS[one.now], one.said, ", ".join(one.others) or "none"] for one in found
    ]
    table = Table(["Risk", "Today", "Without it", "Other controls that count"], rows)
    return Picture(
        f"rising-{slugify(name)}", f"What rises if {name} fails", said, 480, height, bars, lines, marks, table
    )


def _bar(number: int, one: Rise) -> Bar:
    y = TOP + number * ROW + ROW / 2
    x1 = LEFT + one.now * STEP
    x2 = LEFT + (one.ceiling or 0) * STEP if one.rises else x1
    head = f"{x2 - 6:g},{y:g} {x2 - 15:g},{y - 5:g} {x2 - 15:g},{y + 5:g}" if one.rises else ""
    return Bar(y, x1, x2, "4 3" if one.others else "none", head, one.reference, WORDS[one.now])


def plain(found: Sequence[Rise]) -> list[dict[str, Any]]:
    """The same as plain data, for packs."""
    return [
        {
            "reference": one.reference,
            "title": one.title,
            "now": one.now,
            "ceiling": one.ceiling,
            "today": one.level,
            "said": one.said,
            "others": list(one.others),
        }
        for one in found
    ]
