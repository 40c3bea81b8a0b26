"""A threat model read as a whole: its diagram, what covers it, and what differs from the version before.

Works on rows of today and on rows of the past alike.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, cast

from risks.models.threat_model import Threat, ThreatElement, ThreatModel, ThreatStatus
from risks.threat_diagram import Diagram, Part, Way, draw
from risks.threat_vocabulary import categories, letter, proposed

OPEN = ThreatStatus.OPEN
COMPARED = {
    "element": ("name", "shape", "kind_name", "protocol", "encrypted", "personal_data", "out_of_scope", "description"),
    "threat": ("title", "category_name", "likelihood", "impact", "status", "mitigation", "masvs", "test"),
}
LABELS = {"kind_name": "Kind", "category_name": "Category"}


def no_url(row: Any) -> str:
    """Paper has no links."""
    return ""


def diagram(
    model: ThreatModel,
    elements: Sequence[ThreatElement],
    threats: Iterable[Threat],
    url: Callable[[Any], str] = no_url,
    id: str = "threat-diagram",
) -> Diagram:
    """The drawing; boxes tell how many threats they meet and how many stand open."""
    counted: Counter[Any] = Counter()
    open_ones: Counter[Any] = Counter()
    for threat in threats:
        counted[threat.element_id] += 1
        open_ones[threat.element_id] += threat.status == OPEN
    parts = [
        Part(
            key=str(row.pk),
            name=row.name,
            shape=row.shape,
            inside=str(row.inside_id or ""),
            rank=row.rank,
            note=_note(counted[row.pk], open_ones[row.pk]),
            open=open_ones[row.pk] > 0,
            out=row.out_of_scope,
            url=url(row),
        )
        for row in elements
        if row.shape not in {"flow", "boundary"}
    ]
    ways = [
        Way(
            key=str(row.pk),
            start=str(row.source_id),
            end=str(row.target_id),
            name=row.name,
            both=row.both_ways,
            open=open_ones[row.pk] > 0,
            out=row.out_of_scope,
            url=url(row),
        )
        for row in elements
        if row.shape == "flow"
    ]
    boundaries = [(str(row.pk), row.name) for row in elements if row.shape == "boundary"]
    return draw(parts, ways, boundaries, id=id, title=f"Diagram of {model.title}, version {model.number}")


def _note(count: int, open_ones: int) -> str:
    if not count:
        return ""
    said = f"{count} threat{'s' if count > 1 else ''}"
    return f"{said}, {open_ones} open" if open_ones else said


class Cell(NamedTuple):
    """A category an element meets: its letter, whether a threat covers it."""

    category: str
    letter: str
    name: str
    covered: bool


class Row(NamedTuple):
    """An element with the categories proposed for it and the threats recorded."""

    element: ThreatElement
    cells: list[Cell]
    threats: list[Threat]

    @property
    def gaps(self) -> int:
        return sum(not cell.covered for cell in self.cells)


def coverage(model: ThreatModel, elements: Sequence[ThreatElement], threats: Iterable[Threat]) -> list[Row]:
    """Every element in scope with its proposed categories, those nobody wrote a threat for among them."""
    by_element: dict[Any, list[Threat]] = {}
    for threat in threats:
        by_element.setdefault(threat.element_id, []).append(threat)
    rows = []
    for row in elements:
        if row.shape == "boundary":
            continue
        mine = by_element.get(row.pk, [])
        had = {threat.category for threat in mine}
        names = [] if row.out_of_scope else proposed(row.shape, row.personal_data, model.method)
        cells = [Cell(one, letter(one), categories()[one], one in had) for one in names]
        rows.append(Row(row, cells, mine))
    return rows


class Change(NamedTuple):
    """What became of an element or a threat since the version before."""

    what: str
    name: str
    became: str  # added, removed or changed
    fields: list[tuple[str, str, str]]


def differences(
    before: tuple[Iterable[ThreatElement], Iterable[Threat]], after: tuple[Iterable[ThreatElement], Iterable[Threat]]
) -> list[Change]:
    """Elements and threats by the key they keep over versions: added, removed, changed field by field."""
    found: list[Change] = []
    for what, olds, news in zip(("element", "threat"), before, after, strict=True):
        old: dict[str, Any] = {row.key: row for row in cast(Any, olds)}
        new: dict[str, Any] = {row.key: row for row in cast(Any, news)}
        found += [Change(what, _named(row), "added", []) for key, row in new.items() if key not in old]
        found += [Change(what, _named(row), "removed", []) for key, row in old.items() if key not in new]
        for key, row in new.items():
            if key in old and (fields := _fields(what, old[key], row)):
                found.append(Change(what, _named(row), "changed", fields))
    return found


def _named(row: Any) -> str:
    return str(row.name if isinstance(row, ThreatElement) else row.title)


def _fields(what: str, old: Any, new: Any) -> list[tuple[str, str, str]]:
    told = []
    for name in COMPARED[what]:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            label = LABELS.get(name, name.replace("_", " ").capitalize())
            told.append((label, _said(was), _said(now)))
    return told


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
