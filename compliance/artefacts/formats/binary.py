"""Bytes read at places that are checked first."""

import struct
from dataclasses import dataclass
from typing import NoReturn

from compliance.artefacts.formats.json_file import Unreadable


@dataclass(frozen=True)
class Bytes:
    """The bytes of a file; reading beyond their end is refused with the place."""

    data: bytes
    file: str
    offset: int = 0

    def __len__(self) -> int:
        return len(self.data)

    def take(self, at: int, size: int) -> bytes:
        if at < 0 or size < 0 or at + size > len(self.data):
            self.refuse(at, f"it ends before the {size:,} bytes that should stand there")
        return self.data[at : at + size]

    def u8(self, at: int) -> int:
        return self.take(at, 1)[0]

    def u16(self, at: int) -> int:
        return int.from_bytes(self.take(at, 2), "little")

    def u32(self, at: int) -> int:
        return int.from_bytes(self.take(at, 4), "little")

    def u32s(self, at: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", self.take(at, 4 * count))

    def refuse(self, at: int, why: str) -> NoReturn:
        raise Unreadable(f"{self.file}, byte {self.offset + at:,}: {why}.")
