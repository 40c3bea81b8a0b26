"""The entitlements inside the signature of a program for Apple's systems."""

import struct
from collections.abc import Iterator

from compliance.artefacts.formats.json_file import Unreadable

FAT, FAT64 = 0xCAFEBABE, 0xCAFEBABF
THIN64, THIN32 = 0xFEEDFACF, 0xFEEDFACE
CODE_SIGNATURE = 0x1D
SUPER_BLOB, ENTITLEMENTS = 0xFADE0CC0, 0xFADE7171
MAX_COMMANDS = 1024 * 1024
MAX_SIGNATURE = 32 * 1024 * 1024
MAX_PARTS = 5000


class Pieces:
    """Bytes that come one after another and are only kept where they are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.at = 0
        self.held = b""

    def upto(self, place: int) -> None:
        """Drop what stands before a place; places only go forward."""
        while self.at + len(self.held) < place:
            self.at += len(self.held)
            self.held = self._next()
        self.held = self.held[place - self.at :]
        self.at = place

    def take(self, size: int) -> bytes:
        kept = [self.held]
        have = len(self.held)
        while have < size:
            kept.append(self._next())
            have += len(kept[-1])
        whole = b"".join(kept)
        self.held, self.at = whole[size:], self.at + size
        return whole[:size]

    def _next(self) -> bytes:
        piece = next(self.pieces, b"")
        if not piece:
            raise Unreadable("The program ends in the middle.")
        return piece


def entitlements(pieces: Iterator[bytes]) -> bytes:
    """The property list, of the first processor in a program for several; empty without one. Raises Unreadable."""
    source = Pieces(pieces)
    begin = 0
    head = source.take(32)
    magic = struct.unpack(">I", head[:4])[0]
    if magic in {FAT, FAT64}:
        begin = struct.unpack(">I", head[16:20])[0] if magic == FAT else struct.unpack(">Q", head[16:24])[0]
        if not 32 <= begin <= 1 << 30:
            raise Unreadable("The program says its first part stands where none can be.")
        source.upto(begin)
        head = source.take(32)
    kind, count, size = struct.unpack("<I12xII8x", head)
    if kind not in {THIN64, THIN32}:
        raise Unreadable("The program is of a kind that is not read.")
    early = head[28:] if kind == THIN32 else b""
    if not 8 <= size <= MAX_COMMANDS or count > MAX_PARTS:
        raise Unreadable(f"The program says it has {count:,} commands in {size:,} bytes.")
    place, length = _signature(early + source.take(size - len(early)), count)
    if not length:
        return b""
    if length > MAX_SIGNATURE or begin + place < source.at:
        raise Unreadable("The program says its signature stands where none can be.")
    source.upto(begin + place)
    return _list(source.take(length))


def _signature(commands: bytes, count: int) -> tuple[int, int]:
    at = 0
    for _ in range(count):
        if at + 16 > len(commands):
            break
        kind, size, place, length = struct.unpack("<4I", commands[at : at + 16])
        if kind == CODE_SIGNATURE:
            return place, length
        if size < 8:
            break
        at += size
    return 0, 0


def _list(signature: bytes) -> bytes:
    if len(signature) < 12:
        return b""
    magic, _, count = struct.unpack(">3I", signature[:12])
    if magic != SUPER_BLOB:
        raise Unreadable("The signature of the program is of a kind that is not read.")
    for n in range(min(count, MAX_PARTS)):
        entry = signature[12 + 8 * n : 20 + 8 * n]
        if len(entry) < 8:
            break
        place = struct.unpack(">I", entry[4:])[0]
        if struct.unpack(">I", signature[place : place + 4].ljust(4, b"\0"))[0] == ENTITLEMENTS:
            size = struct.unpack(">I", signature[place + 4 : place + 8].ljust(4, b"\0"))[0]
            return signature[place + 8 : place + size]
    return b""
