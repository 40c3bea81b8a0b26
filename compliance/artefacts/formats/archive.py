"""ZIP archives from strangers: counted before they are listed, and read a bounded part at a time."""

import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from stat import S_IFLNK, S_IFMT
from typing import IO

from compliance.artefacts.formats.json_file import Unreadable, clean

MAX_MEMBERS = 100_000
MAX_DIRECTORY = 24 * 1024 * 1024
MAX_MEMBER = 10 * 1024 * 1024
MAX_ALL = 400 * 1024 * 1024
MAX_RATIO = 200
FREE = 1024 * 1024
STEP = 64 * 1024
END = b"PK\x05\x06"
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error, ValueError, OverflowError)


@dataclass(frozen=True)
class Directory:
    """Where the list of members stands, by the record at the end."""

    start: int
    size: int
    count: int


def directory(stream: IO[bytes]) -> Directory:
    """Refuses archives in parts, over 4 GB, or with too many members. Raises Unreadable."""
    total = stream.seek(0, 2)
    stream.seek(max(0, total - 65_557))
    tail = stream.read(65_557)
    at = tail.rfind(END)
    if at < 0 or at + 22 > len(tail):
        raise Unreadable("This ZIP archive ends in the middle: its list of files is missing.")
    disk, first, here, count, size, start, _ = struct.unpack("<4H2IH", tail[at + 4 : at + 22])
    if tail[max(0, at - 20) : at][:4] == b"PK\x06\x07" or size == 0xFFFFFFFF or start == 0xFFFFFFFF:
        raise Unreadable("This ZIP archive is larger than 4 GB or says so: it is not read.")
    if disk or first or here != count:
        raise Unreadable("This ZIP archive is only one part of several.")
    if size > MAX_DIRECTORY or count > MAX_MEMBERS:
        raise Unreadable(f"This ZIP archive lists more than {MAX_MEMBERS:,} files.")
    if start + size > total:
        raise Unreadable("This ZIP archive ends in the middle: its list of files is cut off.")
    return Directory(start, size, count)


class Archive:
    """The members of an archive by name; links, names that lead out, and names given twice are never read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.directory = directory(stream)
        self.left = MAX_ALL
        try:
            self.zip = zipfile.ZipFile(stream)
        except (*BROKEN, NotImplementedError, RuntimeError) as error:
            raise Unreadable(f"This is no ZIP archive that can be read ({clean(str(error))[:100]}).") from error
        listed = self.zip.infolist()
        times = Counter(one.filename for one in listed)
        self.twice = {name for name, count in times.items() if count > 1}
        self.strange = [one.filename for one in listed if _leads_out(one.filename) or _is_link(one)]
        strange = set(self.strange)
        self.members = {one.filename: one for one in listed if one.filename not in strange}

    def __contains__(self, name: str) -> bool:
        return name in self.members

    @property
    def names(self) -> list[str]:
        return list(self.members)

    @property
    def remarks(self) -> list[str]:
        said = []
        if self.strange:
            said.append(f"{len(self.strange):,} names lead out of the archive or are links: not read.")
        if self.twice:
            said.append(f"{len(self.twice):,} names stand twice in the archive, which no build tool does.")
        return said

    def read(self, name: str, most: int = MAX_MEMBER) -> bytes:
        """A member whole, of at most `most` bytes. Raises Unreadable."""
        member = self.members[name]
        if member.file_size > most:
            self._refuse(name, f"it says it has {member.file_size:,} bytes, more than {most:,}")
        data = b"".join(self.pieces(name, most))
        if len(data) != member.file_size:
            self._refuse(name, f"it says it has {member.file_size:,} bytes and has {len(data):,}")
        return data

    def pieces(self, name: str, most: int) -> Iterator[bytes]:
        """A member in pieces; real bytes are counted, whatever its head says. Raises Unreadable."""
        member = self.members[name]
        if name in self.twice:
            self._refuse(name, "it stands twice in the archive, so nobody can say which one counts")
        if member.flag_bits & 1:
            self._refuse(name, "it is encrypted")
        done = 0
        try:
            with self.zip.open(member) as opened:
                while piece := opened.read(STEP):
                    done += len(piece)
                    self.left -= len(piece)
                    self._bound(name, done, most, member.compress_size)
                    yield piece
        except (NotImplementedError, RuntimeError) as error:
            self._refuse(name, f"it is packed in a way that is not read ({clean(str(error))[:80]})", error)
        except Unreadable:
            raise
        except BROKEN as error:
            self._refuse(name, f"it is damaged ({clean(str(error))[:80]})", error)

    def _bound(self, name: str, done: int, most: int, packed: int) -> None:
        if done > most:
            self._refuse(name, f"it unpacks to more than {most:,} bytes")
        if done > FREE and done > MAX_RATIO * max(packed, 1):
            self._refuse(name, f"it unpacks to more than {MAX_RATIO} times its size")
        if self.left < 0:
            self._refuse(name, f"the archive unpacks to more than {MAX_ALL // 1024 // 1024} MB")

    def _refuse(self, name: str, why: str, cause: Exception | None = None) -> None:
        raise Unreadable(f"{clean(name)[:200]}: {why}.") from cause


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or len(name) > 1000


def _is_link(member: zipfile.ZipInfo) -> bool:
    return S_IFMT(member.external_attr >> 16) == S_IFLNK
