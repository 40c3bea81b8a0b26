"""A PDF WeasyPrint wrote as a block of the history: its objects renumbered, its pages hung where blocks hang."""

import io
import re
from typing import Any

import pikepdf
from pikepdf import Name

from compliance.packs.render.block import (
    ENTRY,
    FIRST,
    PACKED,
    PAGES,
    PART,
    REGULAR,
    ROOM,
    STAMP,
    WIDE_FIRST,
    WIDE_ROOM,
    Block,
    TooLarge,
    object_of,
    object_stream,
)
from compliance.packs.render.face import stream

LINK = re.compile(r"pack:(.+)", re.DOTALL)
STREAM = re.compile(r"\x00(\d+)\x00")
NUMBERED = {"/StructParents", "/StructParent"}


def block_of_pdf(data: bytes, slot: int) -> Block:
    """Number the objects of a fragment as those of a block."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for base, room in ((FIRST + slot * ROOM, ROOM), (WIDE_FIRST + slot * WIDE_ROOM, WIDE_ROOM)):
            found = _Converter(pdf, base).block()
            if found.pages + len(found.offsets) + len(found.packed) // ENTRY.size <= room:
                return found
    raise TooLarge("too many objects in one piece of history")


class _Converter:
    """Writes what can be reached from pages and tags, numbered in the order it is met."""

    def __init__(self, pdf: pikepdf.Pdf, base: int) -> None:
        self.pdf, self.base = pdf, base
        self.pages = [page.obj for page in pdf.pages]
        self.node = base + 2 * len(self.pages)
        self.tree = pdf.Root.StructTreeRoot
        self.numbers = {pdf.Root.Pages.objgen: self.node, self.tree.objgen: self.node + 1}
        self.numbers |= {page.objgen: self.node + 4 + at for at, page in enumerate(self.pages)}
        self.objects: list[str] = [""] * (4 + len(self.pages))
        self.waiting: list[tuple[int, pikepdf.Object]] = []
        self.streams: dict[tuple[int, int], int] = {}
        self.heads: list[tuple[str, bytes]] = []

    def block(self) -> Block:
        self._fixed()
        while self.waiting:
            at, item = self.waiting.pop()
            self.objects[at] = self._text(item, top=True)
        holders = -(-len(self.objects) // PACKED)
        first = self.node + len(self.objects)
        body, offsets, entries = bytearray(), [], bytearray()

        def put(number: int, data: bytes) -> None:
            offsets.append(len(body))
            body.extend(object_of(number, data))

        def known(text: str) -> str:
            """Streams come after all that is packed, so their numbers are known last."""
            return STREAM.sub(lambda match: f"{first + holders + int(match[1])} 0 R", text)

        for at, page in enumerate(self.pages):
            put(self.base + len(self.pages) + at, stream(_contents(page.Contents)))
        for start in range(0, len(self.objects), PACKED):
            number, some = first + start // PACKED, [known(text) for text in self.objects[start : start + PACKED]]
            put(number, object_stream(self.node + start, some))
            entries += b"".join(ENTRY.pack(2, number, at) for at in range(len(some)))
        for at, (head, data) in enumerate(self.heads):
            put(first + holders + at, known(head).encode() + b"stream\n" + data + b"\nendstream")
        return Block(self.base, len(self.pages), self._places(), {}, offsets, bytes(entries), bytes(body))

    def _fixed(self) -> None:
        """Page tree, tag, parent tree, resources, pages: what stands at the same place in every block."""
        kids = " ".join(f"{self.numbers[page.objgen]} 0 R" for page in self.pages)
        self.objects[0] = f"<</Type/Pages/Parent {PAGES} 0 R/Count {len(self.pages)}/Kids[{kids}]>>"
        self.objects[1] = f"<</S/Part/P {PART} 0 R/K{self._text(self.tree.K, top=True)}>>"
        listed = list(self.tree.ParentTree.Nums)
        keys = [self.base + int(key) for key in listed[::2]]
        owners = " ".join(f"{key} {self._text(item)}" for key, item in zip(keys, listed[1::2], strict=True))
        self.objects[2] = f"<</Limits[{min(keys)} {max(keys)}]/Nums[{owners}]>>"
        shared = dict(self.pages[0].Resources.items())
        fonts = self._inner(shared.pop("/Font", None)) + f"/R {REGULAR} 0 R"
        forms = self._inner(shared.pop("/XObject", None)) + f"/StampForm {STAMP} 0 R"
        others = "".join(f"{key} {self._text(value)}" for key, value in shared.items())
        self.objects[3] = f"<<{others}/Font<<{fonts}>>/XObject<<{forms}>>>>"
        for at, page in enumerate(self.pages):
            stamped = (
                f"/Resources {self.node + 3} 0 R/Contents[{self.base + at} 0 R {self.base + len(self.pages) + at} 0 R]"
            )
            self.objects[4 + at] = f"<<{self._inner(page, {'/Resources', '/Contents'})}{stamped}>>"

    def _text(self, value: Any, *, top: bool = False) -> str:
        """A value as it is written; an object of its own as the reference to it, unless it is the one to write."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, pikepdf.Object):
            return str(value)
        if value.is_indirect and not top:
            return self._reference(value)
        if isinstance(value, pikepdf.Array):
            return "[" + " ".join(self._text(item) for item in value) + "]"
        if isinstance(value, pikepdf.Dictionary):
            return f"<<{self._inner(value)}>>"
        if isinstance(value, pikepdf.String):
            return f"<{bytes(value).hex()}>"
        return value.unparse().decode("ascii")

    def _inner(self, items: Any, without: frozenset[str] | set[str] = frozenset()) -> str:
        if items is None:
            return ""
        link = items.get(Name.A) if Name.Subtype in items and items.Subtype == Name.Link else None
        aim = LINK.fullmatch(str(link.get(Name.URI, ""))) if link is not None else None
        skipped = {*without, "/A"} if aim else without
        parts = [f"{key} {self._value(key, value)}" for key, value in items.items() if key not in skipped]
        if aim:
            parts.append(f"/Dest<{aim[1].encode().hex()}>")
        return " ".join(parts)

    def _value(self, key: str, value: Any) -> str:
        return str(self.base + int(value)) if key in NUMBERED else self._text(value)

    def _reference(self, item: pikepdf.Object) -> str:
        if isinstance(item, pikepdf.Stream):
            if item.objgen not in self.streams:
                at = self.streams[item.objgen] = len(self.heads)
                self.heads.append(("", b""))
                data = item.read_raw_bytes()
                inner = self._inner(item, {"/Length"})
                self.heads[at] = (f"<<{inner} /Length {len(data)}>>", data)
            return f"\x00{self.streams[item.objgen]}\x00"
        if item.objgen not in self.numbers:
            self.numbers[item.objgen] = self.node + len(self.objects)
            self.waiting.append((len(self.objects), item))
            self.objects.append("")
        return f"{self.numbers[item.objgen]} 0 R"

    def _places(self) -> dict[str, tuple[int, float]]:
        numbers = {page.objgen: at for at, page in enumerate(self.pages)}
        root: Any = self.pdf.Root
        names = root.get(Name.Names, {}).get(Name.Dests)
        tree = pikepdf.NameTree(names) if names is not None else {}
        return {str(name): (numbers[place[0].objgen], float(place[3])) for name, place in tree.items()}


def _contents(found: Any) -> bytes:
    parts = list(found) if isinstance(found, pikepdf.Array) else [found]
    return b"\n".join(part.read_bytes() for part in parts)
