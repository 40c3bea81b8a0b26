"""The change history as pages: a table set without WeasyPrint, which needs ten times as long for the same lines.

Columns are fixed, words wrap between blanks, heads are repeated, a row is broken only when it is higher than a page.
Text with signs our typeface does not have, or that need shaping, is not for this: see `settable`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from compliance.packs.render.face import REGULAR, SEMIBOLD, face

MM = 72 / 25.4
WIDTH, HEIGHT = 297 * MM, 210 * MM
LEFT, TOP, BOTTOM = 16 * MM, HEIGHT - 24 * MM, 20 * MM
SIZE, LEADING, SMALL = 7.2, 9.8, 6.2
PAD, GAP = 2.6, 2 * MM
HEAD = 15.0
INK, SOFT, LINK, DARK = ".098 .110 .125", ".337 .361 .4", ".043 .310 .443", ".235 .259 .294"
TITLES = ("Entry", "When (UTC), who", "Record", "Change", "Why", "Hash of the entry")
WIDTHS = tuple(width * MM for width in (13, 41, 38, 84, 42, 47))
EDGES = tuple(LEFT + sum(WIDTHS[:at]) for at in range(len(WIDTHS)))
FEWEST = 3
BLANK = re.compile(r"[\s\x00-\x1f]+")


class Style(NamedTuple):
    """How a run of text looks."""

    resource: str
    font: str
    colour: str
    size: float = SIZE


PLAIN, QUIET = Style("R", REGULAR, INK), Style("R", REGULAR, SOFT)
CODE, LINKED, STRONG = (
    Style("R", REGULAR, DARK, SMALL),
    Style("R", REGULAR, LINK),
    Style("B", SEMIBOLD, DARK),
)
Run = tuple[str, Style]
Lines = list[list[Run]]


@dataclass
class Node:
    """A tag: its kind, its children, and the pieces of content it marks as (page, mark)."""

    kind: str
    kids: list["Node"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    link: int | None = None


@dataclass
class Jump:
    """A link to a record: where it stands and where it leads."""

    page: int
    box: tuple[float, float, float, float]
    name: str


@dataclass
class Sheet:
    """One page: its drawing operators, and the tag of every piece of content it marks."""

    operators: list[str] = field(default_factory=list)
    owners: list[Node] = field(default_factory=list)


@dataclass
class Table:
    """The pages of a table with their tags and links, and where each record is first spoken of."""

    sheets: list[Sheet] = field(default_factory=list)
    rows: list[Node] = field(default_factory=list)
    head: Node = field(default_factory=lambda: Node("TR"))
    jumps: list[Jump] = field(default_factory=list)
    places: dict[str, tuple[int, float]] = field(default_factory=dict)
    signs: dict[str, set[str]] = field(default_factory=lambda: {REGULAR: set(), SEMIBOLD: set()})


def settable(changes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether every sign of these changes is one the typeface has."""
    known = face(REGULAR).glyphs
    return all(sign in known for change in changes for text in _texts(change) for sign in set(BLANK.sub("", text)))


def set_table(changes: Iterable[Mapping[str, Any]]) -> Table:
    """Set changes (as `told` tells them, `when` already in words) on pages."""
    return _Setter().set(changes)


class _Setter:
    """Puts row after row on the page, and begins a new one when it is full."""

    def __init__(self) -> None:
        self.table = Table()
        self.left = 0.0

    def set(self, changes: Iterable[Mapping[str, Any]]) -> Table:
        for number, change in enumerate(changes):
            self._row([wrap(paragraphs, width) for paragraphs, width in _cells(change)], change["record"], number % 2)
        return self.table

    def _row(self, cells: list[Lines], record: str, shaded: int) -> None:
        node = Node("TR", [Node("TD") for _ in cells])
        self.table.rows.append(node)
        count, start = max(map(len, cells)), 0
        full = bool(self.table.sheets) and count * LEADING + 2 * PAD > self.left
        if not self.table.sheets or (full and (self._fits(count) or self._room() < FEWEST)):
            self._turn()
        if record:
            self.table.places.setdefault(record, (len(self.table.sheets) - 1, self.left + BOTTOM))
        while start < count:
            taken = min(count - start, self._room())
            self._slice([lines[start : start + taken] for lines in cells], taken, node, record * (not start), shaded)
            start += taken
            if start < count:
                self._turn()

    def _fits(self, lines: int) -> bool:
        return lines * LEADING + 2 * PAD <= TOP - BOTTOM - HEAD

    def _room(self) -> int:
        return int((self.left - 2 * PAD) / LEADING)

    def _slice(self, cells: list[Lines], count: int, node: Node, record: str, shaded: int) -> None:
        sheet, height = self.table.sheets[-1], count * LEADING + 2 * PAD
        top = BOTTOM + self.left
        if shaded:
            box = f"{LEFT:.2f} {top - height:.2f} {WIDTH - 2 * LEFT:.2f} {height:.2f}"
            sheet.operators.append(f"/Artifact BMC .961 .961 .949 rg {box} re f EMC")
        for column, (lines, cell) in enumerate(zip(cells, node.kids, strict=True)):
            if column == 2 and record and lines:
                self._link(lines[0], record, cell, top)
                lines = [[], *lines[1:]]
            self._text(sheet, cell, lines, column, top)
        self.left -= height

    def _link(self, line: list[Run], name: str, cell: Node, top: float) -> None:
        """The first line of the record's cell leads to where the record stands."""
        sheet, page, x = self.table.sheets[-1], len(self.table.sheets) - 1, EDGES[2]
        node = Node("Link", link=len(self.table.jumps))
        cell.kids.append(node)
        y = top - PAD - SIZE
        length = sum(face(style.font).measure(text) * style.size / 1000 for text, style in line)
        self.table.jumps.append(Jump(page, (x, y - 2, x + length, y + SIZE), name))
        self._show(sheet, node, [(x, y, line)])

    def _text(self, sheet: Sheet, node: Node, lines: Lines, column: int, top: float) -> None:
        shown = []
        for at, line in enumerate(lines):
            if line:
                x = EDGES[column]
                if column == 0:
                    x += WIDTHS[0] - GAP - sum(face(run.font).measure(text) * run.size / 1000 for text, run in line)
                shown.append((x, top - PAD - SIZE - at * LEADING, line))
        if shown:
            self._show(sheet, node, shown)

    def _show(self, sheet: Sheet, node: Node, lines: list[tuple[float, float, list[Run]]], artifact: str = "") -> None:
        if artifact:
            parts = [f"{artifact} BT"]
        else:
            mark = len(sheet.owners)
            sheet.owners.append(node)
            node.marks.append((len(self.table.sheets) - 1, mark))
            parts = [f"/{node.kind} <</MCID {mark}>> BDC BT"]
        now: Style | None = None
        for x, y, line in lines:
            parts.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
            for text, style in line:
                if style != now:
                    parts.append(f"/{style.resource} {style.size} Tf {style.colour} rg")
                    now = style
                self.table.signs[style.font].update(text)
                parts.append(f"<{face(style.font).encode(text)}> Tj")
        parts.append("ET EMC")
        sheet.operators.append(" ".join(parts))

    def _turn(self) -> None:
        """Begin a page with the heads: on the first they are the table's, on the others a repetition."""
        self.table.sheets.append(Sheet())
        sheet, again = self.table.sheets[-1], len(self.table.sheets) > 1
        self.left = TOP - BOTTOM - HEAD
        y = TOP - HEAD + 4.6
        for column, title in enumerate(TITLES):
            x = EDGES[column]
            if column == 0:
                x += WIDTHS[0] - GAP - face(SEMIBOLD).measure(title) * SIZE / 1000
            node = Node("TH")
            if not again:
                self.table.head.kids.append(node)
            self._show(sheet, node, [(x, y, [(title, STRONG)])], artifact="/Artifact BMC" if again else "")
        rule = f"{LEFT:.2f} {TOP - HEAD:.2f} m {WIDTH - LEFT:.2f} {TOP - HEAD:.2f} l"
        sheet.operators.append(f"/Artifact BMC .8 w {INK} RG {rule} S EMC")


def _cells(change: Mapping[str, Any]) -> Iterator[tuple[list[list[Run]], float]]:
    role = f"{change['role']}, " if change["role"] else ""
    what = f"{change['model']} {change['kind']}"
    record = [[(change["record"], LINKED)]] if change["record"] else []
    told: list[Run] = []
    for at, item in enumerate(change["fields"]):
        told.append((f"{' · ' if at else ''}{item['name']}: ", QUIET))
        told.append((f"{item['old']} → {item['new'] or '(empty)'}" if item["old"] else item["new"] or "(empty)", PLAIN))
    cells: list[list[list[Run]]] = [
        [[(str(change["seq"]), PLAIN)]],
        [[(change["when"], PLAIN)], [(f"{change['actor']} ", PLAIN), (f"{role}{change['origin']}", QUIET)]],
        [*record, [(what[:1].upper() + what[1:], PLAIN)]],
        [told],
        [[(change["reason"], PLAIN)]],
        [[(change["hash"][:32], CODE)], [(change["hash"][32:], CODE)]],
    ]
    yield from zip(cells, (width - GAP for width in WIDTHS), strict=True)


def _texts(change: Mapping[str, Any]) -> Iterator[str]:
    yield from (change[key] for key in ("actor", "role", "origin", "record", "model", "reason"))
    for item in change["fields"]:
        yield from (item["name"], item["old"], item["new"])


def wrap(paragraphs: list[list[Run]], width: float) -> Lines:
    """Break paragraphs of runs into lines of at most `width` points."""
    return [line for paragraph in paragraphs for line in _wrapped(paragraph, width)]


def _wrapped(paragraph: list[Run], width: float) -> Iterator[list[Run]]:
    line: list[Run] = []
    used = 0.0
    for text, style in paragraph:
        measure, scale = face(style.font).measure, style.size / 1000
        blank = measure(" ") * scale
        for word in _words(text):
            length = measure(word.rstrip(" ")) * scale
            if line and used + length > width:
                yield line
                line, used = [], 0.0
            while length > width:  # a word longer than the column is broken where it must
                head = _longest(word, style, width)
                yield [(head, style)]
                word = word[len(head) :]
                length = measure(word.rstrip(" ")) * scale
            used += length + (blank if word.endswith(" ") else 0)
            if line and line[-1][1] is style:
                line[-1] = (line[-1][0] + word, style)
            else:
                line.append((word, style))
    if line:
        yield line


def _words(text: str) -> list[str]:
    """Words, each with the blank after it."""
    return re.findall(r"[^ ]+ ?| ", BLANK.sub(" ", text))


def _longest(word: str, style: Style, width: float) -> str:
    most, widths = width / style.size * 1000, face(style.font).widths
    used = 0.0
    for at, sign in enumerate(word):
        used += widths[sign]
        if used > most and at:
            return word[:at]
    return word
