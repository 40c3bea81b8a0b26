"""The finished file: what pikepdf assembled, then history, attachments and signature, appended as PDF allows.

Appending costs what copying costs, however long the history is; a file with a signature is appended to anyway.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5, sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pikepdf
from pikepdf import Name

from compliance.packs.render.block import (
    ENTRY,
    PAGES,
    PART,
    REGULAR,
    SEMIBOLD,
    SHARED,
    STAMP,
    Block,
    object_of,
    text_of,
)
from compliance.packs.render.face import REGULAR as REGULAR_FONT
from compliance.packs.render.face import SEMIBOLD as SEMIBOLD_FONT
from compliance.packs.render.face import face, stream
from compliance.packs.render.metadata import pdf_date
from compliance.packs.render.stamp import page_number

SHORTEST = 4  # bytes for every object number: readers take a file that is shorter for a broken one
START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside the PDF. `deflated` is the size of its text when `data` is a zlib stream already."""

    name: str
    data: bytes = field(repr=False)
    content_type: str
    description: str
    relationship: str = "Data"
    deflated: int | None = None

    @classmethod
    def of_deflated(
        cls, name: str, data: bytes, size: int, adler: int, content_type: str, description: str
    ) -> "Attachment":
        """A file that is deflated already, as a ZIP carries it."""
        return cls(name, b"\x78\x9c" + data + adler.to_bytes(4, "big"), content_type, description, deflated=size)


@dataclass(frozen=True)
class Seal:
    """How the file is signed: `sign` turns the digest of all but the signature into a signature of at most `room`."""

    reason: str
    at: datetime
    room: int
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Composed:
    """What came out: how many pages, and the hash of the file."""

    pages: int
    sha256: str


def compose(
    front: bytes,
    target: Path,
    *,
    blocks: Sequence[Block] = (),
    at: int = 0,
    attachments: Iterable[Attachment] = (),
    date: datetime,
    seal: Seal | None = None,
) -> Composed:
    """Write `front` to `target` with `blocks` before its page `at` (from 0), `attachments`, and the signature."""
    with target.open("wb") as out, pikepdf.open(BytesIO(front)) as opened:
        writer = _Appender(out, opened, front)
        if blocks:
            writer.insert(blocks, at)
        writer.attach(sorted(attachments, key=lambda item: item.name), date)
        return writer.finish(seal)


class _Appender:
    """Appends objects to a file, and at the end the cross-reference of what it appended."""

    def __init__(self, out: IO[bytes], opened: pikepdf.Pdf, front: bytes) -> None:
        self.out, self.opened = out, opened
        found = START.search(front[-64:])
        if found is None:
            raise ValueError("the assembled PDF has no end")
        self.previous = int(found[1])
        self.digest, self.size, self.free = sha256(), 0, int(opened.trailer.Size)
        self.pages = len(opened.pages)
        self.sections: list[tuple[int, int, bytes]] = []
        self.root = _items(opened.Root)
        self.names = _items(opened.Root.get(Name.Names, {}))
        self._write(front)

    def insert(self, blocks: Sequence[Block], at: int) -> None:
        """Hang the blocks into page tree and tag tree, and give their records names links can find."""
        before = at
        total = self.pages + sum(block.pages for block in blocks)
        regular = face(REGULAR_FONT)
        for block in blocks:
            stamps = []
            for index in range(block.pages):
                stamps.append(self.size)
                text = page_number(regular, before + index + 1, total)
                self._write(object_of(block.base + index, b"<</Length %d>>stream\n%s\nendstream" % (len(text), text)))
            start = self.size
            self._write(block.body)
            count, entries = block.entries(start, stamps)
            self.sections.append((block.base, count, entries))
            before += block.pages
        self._shared(blocks)
        self._hang_pages(blocks, at, total)
        self._hang_tags(blocks, at)
        self._name(blocks)
        self.pages = total

    def attach(self, attachments: Sequence[Attachment], date: datetime) -> None:
        """Attach files. All dates are the request's, so the bytes do not depend on the clock."""
        specs, names = [], []
        for item in attachments:
            specs.append(f"{self._spec(item, date)} 0 R")
            names.append(f"{text_of(item.name)} {specs[-1]}")
        if specs:
            self.root["/AF"] = f"[{' '.join(specs)}]".encode()
            self.names["/EmbeddedFiles"] = b"%d 0 R" % self._add(f"<</Names[{' '.join(names)}]>>".encode())

    def finish(self, seal: Seal | None) -> Composed:
        """Write catalogue, cross-reference and end; fill the signature in."""
        tail = bytearray()
        self._write(b" " * (SHORTEST * (self._highest() + 1) - self.size) + b"\n")
        gap = self._signed(tail, seal) if seal else None
        if self.names:
            self.root["/Names"] = _dictionary(self.names)
        start = self.size + len(tail)
        self._entry(self.opened.Root.objgen[0], start)
        tail += object_of(self.opened.Root.objgen[0], _dictionary(self.root))
        start = self.size + len(tail)
        number = self._next()
        self._entry(number, start)
        tail += object_of(number, self._cross_reference(number))
        tail += b"startxref\n%d\n%%%%EOF\n" % start
        if seal and gap:
            self._fill(tail, seal, *gap)
        self.out.write(tail)
        self.digest.update(tail)
        return Composed(self.pages, self.digest.hexdigest())

    def _write(self, data: bytes) -> None:
        self.out.write(data)
        self.digest.update(data)
        self.size += len(data)

    def _next(self) -> int:
        self.free += 1
        if self.free > SHARED[0]:
            raise ValueError(f"{self.free} objects are too many for one file")
        return self.free - 1

    def _entry(self, number: int, at: int) -> None:
        self.sections.append((number, 1, ENTRY.pack(1, at, 0)))

    def _put(self, number: int, data: bytes) -> None:
        self._entry(number, self.size)
        self._write(object_of(number, data))

    def _add(self, data: bytes) -> int:
        number = self._next()
        self._put(number, data)
        return number

    def _shared(self, blocks: Sequence[Block]) -> None:
        """The objects all blocks use: two fonts with the signs of them all, and the running head."""
        for number, name in ((REGULAR, REGULAR_FONT), (SEMIBOLD, SEMIBOLD_FONT)):
            used = set("Page of 0123456789").union(*(block.signs.get(name, "") for block in blocks))
            self.free += 4
            for key, data in face(name).objects(number, self.free - 4, used).items():
                self._put(key, data)
        form = self.opened.Root.PieceInfo.Stamp.Private
        head = _items(form)
        packed = form.read_raw_bytes()
        head["/Length"] = str(len(packed)).encode()
        self._put(STAMP, _dictionary(head) + b"stream\n" + packed + b"\nendstream")

    def _hang_pages(self, blocks: Sequence[Block], at: int, total: int) -> None:
        root = self.opened.Root.Pages
        kids = [b"%d 0 R" % kid.objgen[0] for kid in root.Kids]
        if len(kids) != self.pages:
            raise ValueError("the assembled PDF has a page tree of an unknown shape")
        kids.insert(at, b"%d 0 R" % PAGES)
        number = root.objgen[0]
        self._put(number, b"<</Type/Pages/Count %d/Kids[%s]>>" % (total, b" ".join(kids)))
        nodes = b" ".join(b"%d 0 R" % block.node for block in blocks)
        count = sum(block.pages for block in blocks)
        self._put(PAGES, b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>" % (number, count, nodes))

    def _hang_tags(self, blocks: Sequence[Block], at: int) -> None:
        tree = self.opened.Root.StructTreeRoot
        document = tree.K[0]
        parts = b" ".join(b"%d 0 R" % (block.node + 1) for block in blocks)
        self._put(PART, b"<</S/Part/P %d 0 R/K[%s]>>" % (document.objgen[0], parts))
        whole = _items(document)
        pages = {page.obj.objgen: number for number, page in enumerate(self.opened.pages)}
        before = sum(pages[_page_of(kid)] < at for kid in document.K)  # tags stand in the order they are read in
        kids = [b"%d 0 R" % kid.objgen[0] for kid in document.K]
        kids.insert(before, b"%d 0 R" % PART)
        whole["/K"] = b"[%s]" % b" ".join(kids)
        self._put(document.objgen[0], _dictionary(whole))
        numbers = tree.ParentTree.Nums
        limits = b"/Limits[%d %d]" % (int(numbers[0]), int(numbers[len(numbers) - 2]))
        first = self._add(b"<<%s/Nums%s>>" % (limits, numbers.unparse(resolved=True)))
        ordered = sorted(blocks, key=lambda block: block.base)
        leaves = b" ".join(b"%d 0 R" % number for number in [first, *(block.node + 2 for block in ordered)])
        root = _items(tree)
        root["/ParentTree"] = b"%d 0 R" % self._add(b"<</Kids[%s]>>" % leaves)
        root["/ParentTreeNextKey"] = str(ordered[-1].keys[1] + 1).encode()
        self._put(tree.objgen[0], _dictionary(root))

    def _name(self, blocks: Sequence[Block]) -> None:
        """Names for records: those of the assembled pages first, then where the history first speaks of one."""
        listed = list(self.opened.Root.Names.Dests.Names)
        found = {bytes(name): place.unparse() for name, place in zip(listed[::2], listed[1::2], strict=True)}
        for block in blocks:
            for name, (page, top) in block.places.items():
                key = name.encode() if name.isascii() else b"\xfe\xff" + name.encode("utf-16-be")
                found.setdefault(key, b"[%d 0 R/XYZ null %.2f null]" % (block.page(page), top))
        names = b" ".join(b"<%s> %s" % (name.hex().encode(), found[name]) for name in sorted(found))
        self.names["/Dests"] = b"%d 0 R" % self._add(b"<</Names[%s]>>" % names)

    def _spec(self, item: Attachment, date: datetime) -> int:
        day, size, packed = pdf_date(date), item.deflated, item.data
        if size is None:
            size, packed = len(item.data), zlib.compress(item.data, 6)
        head = (
            f"<</Filter/FlateDecode/Length {len(packed)}/Params<</CreationDate({day})/ModDate({day})/Size {size}>>"
            f"/Subtype/{item.content_type.replace('/', '#2f')}/Type/EmbeddedFile>>stream\n"
        )
        number = self._add(head.encode() + packed + b"\nendstream")
        return self._add(
            (
                f"<</Type/Filespec/F{text_of(item.name)}/UF{text_of(item.name)}/Desc{text_of(item.description)}"
                f"/AFRelationship/{item.relationship}/EF<</F {number} 0 R/UF {number} 0 R>>>>"
            ).encode()
        )

    def _signed(self, tail: bytearray, seal: Seal) -> tuple[int, int, int]:
        """Add the signature with a gap in it; tell where in the file gap and byte range begin and the gap ends."""
        value, notes = self._next(), self.opened.pages[0].obj.Annots
        field = next(note for note in notes if note.Subtype == Name.Widget)
        widget = field.objgen[0]
        self._put(widget, _dictionary({**_items(field), "/V": b"%d 0 R" % value}))
        self.root["/AcroForm"] = b"<</Fields[%d 0 R]/SigFlags 3>>" % widget
        self._entry(value, self.size)
        head = (
            f"{value} 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({pdf_date(seal.at)})"
            f"/Reason{text_of(seal.reason)}/ByteRange "
        ).encode()
        tail += head + b" " * 50 + b"/Contents "
        start = self.size + len(tail)
        tail += b"<" + b"0" * (2 * seal.room) + b">"
        end = self.size + len(tail)
        tail += b">>\nendobj\n"
        return self.size + len(head), start, end

    def _fill(self, tail: bytearray, seal: Seal, place: int, start: int, end: int) -> None:
        base = self.size
        total = base + len(tail)
        text = b"[0 %d %d %d]" % (start, end, total - end)
        tail[place - base : place - base + len(text)] = text
        digest = self.digest.copy()
        digest.update(tail[: start - base])
        digest.update(tail[end - base :])
        signature = seal.sign(digest.digest())
        if len(signature) > seal.room:
            raise ValueError("the signature is larger than the room kept for it")
        filled = signature.hex().upper().encode()
        tail[start - base + 1 : start - base + 1 + len(filled)] = filled

    def _highest(self) -> int:
        return max([self.free, *(first + count for first, count, _ in self.sections)]) + 3

    def _cross_reference(self, number: int) -> bytes:
        merged: list[tuple[int, int, list[bytes]]] = []
        for first, count, entries in sorted(self.sections):
            if merged and merged[-1][0] + merged[-1][1] == first:
                before = merged[-1]
                merged[-1] = (before[0], before[1] + count, [*before[2], entries])
            else:
                merged.append((first, count, [entries]))
        index = " ".join(f"{first} {count}" for first, count, _ in merged)
        size = max(number + 1, *(first + count for first, count, _ in merged))
        data = b"".join(part for _, _, parts in merged for part in parts)
        names = self.opened.trailer.ID
        again = md5(self.digest.digest(), usedforsecurity=False).hexdigest()
        return stream(
            data,
            f"/Type/XRef/Size {size}/W[1 4 2]/Index[{index}]/Prev {self.previous}"
            f"/Root {self.opened.Root.objgen[0]} 0 R/Info {self.opened.trailer.Info.objgen[0]} 0 R"
            f"/ID[<{bytes(names[0]).hex()}><{again}>]",
        )


def _dictionary(items: dict[str, bytes]) -> bytes:
    return b"<<" + b"".join(b"%s %s" % (key.encode(), value) for key, value in items.items()) + b">>"


def _items(found: Any) -> dict[str, bytes]:
    """The entries of a dictionary as they are written: what is an object of its own, as the reference to it."""
    return {key: _written(value) for key, value in found.items()}


def _written(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return value.unparse() if isinstance(value, pikepdf.Object) else str(value).encode()


def _page_of(tag: Any) -> tuple[int, int]:
    """The page on which the content of a tag begins."""
    while Name.Pg not in tag:
        tag = tag.K[0] if isinstance(tag.K, pikepdf.Array) else tag.K
    found: tuple[int, int] = tag.Pg.objgen
    return found
