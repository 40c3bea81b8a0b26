"""resources.arsc, as far as a manifest needs it: the values of a few references."""

from collections.abc import Iterable

from compliance.artefacts.formats.binary import Bytes
from compliance.artefacts.formats.json_file import Unreadable
from compliance.artefacts.formats.resource_chunks import REFERENCE, STRING_POOL, TABLE, Strings, chunks, typed

PACKAGE, TYPE = 0x0200, 0x0201
NONE = 0xFFFFFFFF
SPARSE, OFFSET16 = 0x01, 0x02
COMPLEX, COMPACT = 0x0001, 0x0008
MAX_WANTED = 500
HOPS = 4


class Table:
    """References resolved in the first configuration that has them, which is the default one in nearly every app."""

    def __init__(self, data: bytes, file: str = "resources.arsc") -> None:
        self.data = Bytes(data, file)
        if self.data.u16(0) != TABLE:
            self.data.refuse(0, "this is no table of resources")
        self.strings: Strings | None = None
        self.types: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        end = min(len(data), self.data.u32(4))
        for kind, at, head, size in chunks(self.data, self.data.u16(2), end):
            if kind == STRING_POOL and self.strings is None:
                self.strings = Strings(self.data, at, head, size)
            elif kind == PACKAGE:
                self._package(at, head, at + size)

    def _package(self, at: int, head: int, end: int) -> None:
        number = self.data.u32(at + 8) & 0xFF
        for kind, start, own, size in chunks(self.data, at + head, end):
            if kind == TYPE:
                self.types.setdefault((number, self.data.u8(start + 8)), []).append((start, own, size))

    def values(self, references: Iterable[str]) -> dict[str, str]:
        """What references as @0x7f010001 stand for; those that stand for nothing plain are left out."""
        found = {}
        for reference in list(dict.fromkeys(references))[:MAX_WANTED]:
            try:
                said = self._value(int(reference.removeprefix("@"), 0), HOPS)
            except (ValueError, Unreadable):
                continue
            if said:
                found[reference] = said
        return found

    def _value(self, number: int, hops: int) -> str:
        if self.strings is None:
            return ""
        for start, head, size in self.types.get((number >> 24, number >> 16 & 0xFF), [])[:200]:
            at = self._entry(start, head, size, number & 0xFFFF)
            if at < 0:
                continue
            own, flags = self.data.u16(at), self.data.u16(at + 2)
            if flags & COMPACT:
                kind, value = flags >> 8, self.data.u32(at + 4)
            elif flags & COMPLEX:
                return ""
            else:
                kind, value = self.data.u8(at + own + 3), self.data.u32(at + own + 4)
            if kind == REFERENCE and value and hops:
                return self._value(value, hops - 1)
            return typed(kind, value, self.strings)
        return ""

    def _entry(self, start: int, head: int, size: int, number: int) -> int:
        """Where an entry stands, -1 when this configuration lacks it."""
        flags, count, first = self.data.u8(start + 9), self.data.u32(start + 12), self.data.u32(start + 16)
        place = start + head
        if flags & SPARSE:
            return self._sparse(place, min(count, 0xFFFF), number, start + first)
        if number >= count:
            return -1
        if flags & OFFSET16:
            near = self.data.u16(place + 2 * number)
            return -1 if near == 0xFFFF else self._inside(start + first + 4 * near, start + size)
        far = self.data.u32(place + 4 * number)
        return -1 if far == NONE else self._inside(start + first + far, start + size)

    def _sparse(self, place: int, count: int, number: int, first: int) -> int:
        for n in range(count):
            if self.data.u16(place + 4 * n) == number:
                return first + 4 * self.data.u16(place + 4 * n + 2)
        return -1

    def _inside(self, at: int, end: int) -> int:
        if at + 8 > end:
            self.data.refuse(at, "an entry stands outside its part")
        return at
