"""The chunks Android's compiled files are made of: string pools and typed values."""

import struct
from collections.abc import Iterator

from compliance.artefacts.formats.binary import Bytes
from compliance.artefacts.formats.element import MAX_TEXT

STRING_POOL, TABLE, XML = 0x0001, 0x0002, 0x0003
UTF8 = 1 << 8
MAX_STRINGS = 400_000
MAX_CHUNKS = 200_000

NULL, REFERENCE, ATTRIBUTE, STRING, FLOAT, DECIMAL, HEX, BOOLEAN = 0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x11, 0x12


def chunks(data: Bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Type, place, size of the head and size of every chunk between two places. Raises Unreadable."""
    for _ in range(MAX_CHUNKS):
        if at + 8 > end:
            return
        kind, head, size = data.u16(at), data.u16(at + 2), data.u32(at + 4)
        if head < 8 or size < head or at + size > end:
            data.refuse(at, f"a part says it has {size:,} bytes, of which only {end - at:,} are there")
        yield kind, at, head, size
        at += size
    data.refuse(at, f"it holds more than {MAX_CHUNKS:,} parts")


class Strings:
    """A string pool; a string is decoded when it is asked for."""

    def __init__(self, data: Bytes, at: int, head: int, size: int) -> None:
        self.data = data
        count, _, flags, start = data.u32s(at + 8, 4)
        if count > MAX_STRINGS or at + head + 4 * count > at + size:
            data.refuse(at, f"it says it holds {count:,} strings, more than fit in")
        self.places = data.u32s(at + head, count)
        self.start, self.end = at + start, at + size
        self.is_utf8 = bool(flags & UTF8)
        self.known: dict[int, str] = {}

    def __getitem__(self, number: int) -> str:
        """Empty for the number that means none. Raises Unreadable."""
        if number == 0xFFFFFFFF:
            return ""
        if number >= len(self.places):
            self.data.refuse(self.start, f"string {number:,} is asked for, of {len(self.places):,}")
        if number not in self.known:
            self.known[number] = self._decoded(self.start + self.places[number])
        return self.known[number]

    def _decoded(self, at: int) -> str:
        if at >= self.end:
            self.data.refuse(at, "a string stands outside its part")
        if self.is_utf8:
            _, at = self._length8(at)
            size, at = self._length8(at)
            return self._text(at, size, "utf-8")
        size, at = self._length16(at)
        return self._text(at, 2 * size, "utf-16-le")

    def _text(self, at: int, size: int, encoding: str) -> str:
        if at + size > self.end:
            self.data.refuse(at, "a string ends outside its part")
        return self.data.take(at, min(size, MAX_TEXT)).decode(encoding, "replace")

    def _length8(self, at: int) -> tuple[int, int]:
        size = self.data.u8(at)
        return (size, at + 1) if size < 0x80 else ((size & 0x7F) << 8 | self.data.u8(at + 1), at + 2)

    def _length16(self, at: int) -> tuple[int, int]:
        size = self.data.u16(at)
        return (size, at + 2) if size < 0x8000 else ((size & 0x7FFF) << 16 | self.data.u16(at + 2), at + 4)


def typed(kind: int, value: int, strings: Strings) -> str:
    """A typed value in words, references as @0x7f010001."""
    if kind == STRING:
        return strings[value]
    if kind == BOOLEAN:
        return "true" if value else "false"
    if kind == DECIMAL:
        return str(value - (1 << 32) if value >= 1 << 31 else value)
    if kind in {REFERENCE, ATTRIBUTE}:
        return f"{'@' if kind == REFERENCE else '?'}0x{value:08x}" if value else ""
    if kind == FLOAT:
        return f"{struct.unpack('<f', value.to_bytes(4, 'little'))[0]:g}"
    return "" if kind == NULL else f"0x{value:x}"
