"""A piece of the history as PDF objects whose numbers are fixed: bytes that are put into any file as they are.

Object numbers, keys of the tag tree and the objects a block shares with its file (fonts, running head, parents) follow
from its `slot` alone, so putting 10,000 entries together copies bytes and opens nothing.
"""

import json
import struct
from dataclasses import dataclass, field
from typing import Any

from compliance.packs.render.face import stream
from compliance.packs.render.table import HEIGHT, WIDTH, Node, Sheet, Table

SLOTS, ROOM, WIDE_ROOM = 24, 8_192, 40_960
FIRST = 200_000  # below it stand the other pages: some 250 objects each
WIDE_FIRST = FIRST + SLOTS * ROOM
SHARED = range(FIRST - 5, FIRST)
PAGES, PART, REGULAR, SEMIBOLD, STAMP = SHARED
PACKED = 100
ENTRY = struct.Struct(">BIH")  # of the cross-reference: kind, offset or object stream, index


class TooLarge(ValueError):
    """A piece of history with more objects than a slot has numbers."""


@dataclass(frozen=True)
class Block:
    """Pages ready to be put into a file.

    From `base` on come the stamps of the pages (the file writes them), their contents, the packed objects, and the
    streams these are packed in. `offsets` tell where in `body` contents and streams begin, `packed` is the
    cross-reference of the others.
    """

    base: int
    pages: int
    places: dict[str, tuple[int, float]]
    signs: dict[str, str]
    offsets: list[int]
    packed: bytes = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def node(self) -> int:
        """The number of its page tree; then come its tag and its part of the parent tree."""
        return self.base + 2 * self.pages

    @property
    def keys(self) -> tuple[int, int]:
        """The first and last key its part of the parent tree can hold."""
        return self.base, self.base + WIDE_ROOM - 1

    def page(self, index: int) -> int:
        """The number of a page."""
        return self.node + 4 + index

    def entries(self, at: int, stamps: list[int]) -> tuple[int, bytes]:
        """The block's cross-reference in a file where `body` begins at `at`: how many objects, and their entries."""
        contents = self.offsets[: self.pages]
        plain = b"".join(ENTRY.pack(1, place, 0) for place in [*stamps, *(at + offset for offset in contents)])
        streams = b"".join(ENTRY.pack(1, at + offset, 0) for offset in self.offsets[self.pages :])
        found = plain + self.packed + streams
        return len(found) // ENTRY.size, found

    def dump(self) -> bytes:
        """The block as bytes to keep."""
        head: dict[str, Any] = {name: getattr(self, name) for name in ("base", "pages", "places", "signs", "offsets")}
        return json.dumps({**head, "packed": len(self.packed)}).encode() + b"\n" + self.packed + self.body

    @classmethod
    def load(cls, data: bytes) -> "Block":
        """Read what `dump` wrote."""
        text, _, rest = data.partition(b"\n")
        head = json.loads(text)
        size = head.pop("packed")
        places = {name: (page, top) for name, (page, top) in head.pop("places").items()}
        return cls(**head, places=places, packed=rest[:size], body=rest[size:])


def block_of(table: Table, slot: int) -> Block:
    """Number the objects of a table's pages."""
    for base, room in ((FIRST + slot * ROOM, ROOM), (WIDE_FIRST + slot * WIDE_ROOM, WIDE_ROOM)):
        writer = _Writer(table, base)
        if writer.count <= room:
            return writer.block()
    raise TooLarge(f"{writer.count} objects in one piece of history")


def text_of(name: str) -> str:
    """A text as a PDF string, in hex."""
    return f"<{name.encode().hex() if name.isascii() else 'feff' + name.encode('utf-16-be').hex()}>"


class _Writer:
    """Writes the objects of one block."""

    def __init__(self, table: Table, base: int) -> None:
        self.table, self.base = table, base
        self.pages = len(table.sheets)
        self.node = base + 2 * self.pages
        self.objects: list[str] = [""] * (4 + self.pages)
        self.numbers: dict[int, int] = {}
        self.links: dict[int, int] = {}
        self.jumps = [self._add("") for _ in table.jumps]
        self._tags()
        self._pages()
        self.streams = -(-len(self.objects) // PACKED)
        self.count = 2 * self.pages + len(self.objects) + self.streams

    def block(self) -> Block:
        body, offsets, packed = bytearray(), [], bytearray()
        for at, sheet in enumerate(self.table.sheets):
            offsets.append(len(body))
            body += object_of(self.base + self.pages + at, stream("\n".join(sheet.operators).encode("ascii")))
        first = self.node + len(self.objects)
        for start in range(0, len(self.objects), PACKED):
            offsets.append(len(body))
            number, some = first + start // PACKED, self.objects[start : start + PACKED]
            body += object_of(number, object_stream(self.node + start, some))
            packed += b"".join(ENTRY.pack(2, number, at) for at in range(len(some)))
        signs = {name: "".join(sorted(signs)) for name, signs in self.table.signs.items()}
        return Block(self.base, self.pages, self.table.places, signs, offsets, bytes(packed), bytes(body))

    def _add(self, text: str) -> int:
        self.objects.append(text)
        return self.node + len(self.objects) - 1

    def _set(self, number: int, text: str) -> None:
        self.objects[number - self.node] = text

    def _page(self, index: int) -> int:
        return self.node + 4 + index

    def _tags(self) -> None:
        """The tree: a part with a table, its heads and its rows."""
        part, whole, head, body = self.node + 1, self._add(""), self._add(""), self._add("")
        self._set(part, f"<</S/Part/P {PART} 0 R/K[{whole} 0 R]>>")
        self._set(whole, f"<</S/Table/P {part} 0 R/K[{head} 0 R {body} 0 R]>>")
        self._set(head, f"<</S/THead/P {whole} 0 R/K[{self._tag(self.table.head, head)} 0 R]>>")
        rows = " ".join(f"{self._tag(row, body)} 0 R" for row in self.table.rows)
        self._set(body, f"<</S/TBody/P {whole} 0 R/K[{rows}]>>")

    def _tag(self, node: Node, parent: int) -> int:
        number = self.numbers[id(node)] = self._add("")
        kids = [f"{self._tag(kid, number)} 0 R" for kid in node.kids]
        first = node.marks[0][0] if node.marks else None
        for page, mark in node.marks:
            kids.append(str(mark) if page == first else f"<</Type/MCR/Pg {self._page(page)} 0 R/MCID {mark}>>")
        if node.link is not None:
            self.links[node.link] = number
            page = self.table.jumps[node.link].page
            kids.append(f"<</Type/OBJR/Obj {self.jumps[node.link]} 0 R/Pg {self._page(page)} 0 R>>")
        where = f"/Pg {self._page(first)} 0 R" if first is not None else ""
        scope = "/A<</O/Table/Scope/Column>>" if node.kind == "TH" else ""
        self._set(number, f"<</S/{node.kind}/P {parent} 0 R{where}{scope}/K[{' '.join(kids)}]>>")
        return number

    def _pages(self) -> None:
        notes: dict[int, str] = {}
        owners = [self._marked(sheet) for sheet in self.table.sheets]
        for at, (jump, number) in enumerate(zip(self.table.jumps, self.jumps, strict=True)):
            notes[jump.page] = notes.get(jump.page, "") + f"{number} 0 R "
            box = " ".join(f"{value:.2f}" for value in jump.box)
            self._set(
                number,
                f"<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[{box}]/Dest{text_of(jump.name)}"
                f"/Contents{text_of(f'Go to {jump.name}')}/StructParent {self.base + len(owners)}"
                f"/P {self._page(jump.page)} 0 R>>",
            )
            owners.append(f"{self.links[at]} 0 R")
        for at in range(self.pages):
            self._set(
                self._page(at),
                f"<</Type/Page/Parent {self.node} 0 R/MediaBox[0 0 {WIDTH:.2f} {HEIGHT:.2f}]"
                f"/Resources {self.node + 3} 0 R/Contents[{self.base + at} 0 R {self.base + self.pages + at} 0 R]"
                f"/StructParents {self.base + at}/Tabs/S{f'/Annots[{notes[at]}]' if at in notes else ''}>>",
            )
        kids = " ".join(f"{self._page(at)} 0 R" for at in range(self.pages))
        numbers = " ".join(f"{self.base + key} {value}" for key, value in enumerate(owners))
        shared = f"<</Font<</R {REGULAR} 0 R/B {SEMIBOLD} 0 R>>/XObject<</StampForm {STAMP} 0 R>>>>"
        self._set(self.node, f"<</Type/Pages/Parent {PAGES} 0 R/Count {self.pages}/Kids[{kids}]>>")
        self._set(self.node + 2, f"<</Limits[{self.base} {self.base + len(owners) - 1}]/Nums[{numbers}]>>")
        self._set(self.node + 3, shared)

    def _marked(self, sheet: Sheet) -> str:
        return "[" + " ".join(f"{self.numbers[id(node)]} 0 R" for node in sheet.owners) + "]"


def object_of(number: int, data: bytes) -> bytes:
    """An object as it stands in a file."""
    return b"%d 0 obj\n%s\nendobj\n" % (number, data)


def object_stream(first: int, objects: list[str]) -> bytes:
    """Objects from number `first` on, packed into a stream."""
    places, at = [], 0
    for offset, text in enumerate(objects):
        places.append(f"{first + offset} {at}")
        at += len(text) + 1
    head = " ".join(places) + "\n"
    return stream((head + "\n".join(objects)).encode("ascii"), f"/Type/ObjStm/N {len(objects)}/First {len(head)}")
