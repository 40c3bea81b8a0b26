"""The files of a pack wherever their bytes lie, and the ZIP that holds them all: never is a large one in memory."""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from compliance.files.models import Blob
from compliance.files.store import open_verified
from compliance.packs.contents import Carried
from compliance.packs.history import FILE, HASH, Lines
from compliance.packs.render.compose import Attachment

TYPES = {
    ".bin": "application/octet-stream",
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".py": "text/x-python",
    ".txt": "text/plain",
}
BLOCK = 1024 * 1024
PACKED_ALREADY = ("application/pdf", "application/zip", "image/", "video/")


@dataclass(frozen=True)
class PackFile:
    """A file of the pack, with size and hash of its text; one that is `attached` travels inside the PDF as well."""

    path: str
    body: bytes | Lines | Path | Blob = field(repr=False)
    description: str
    content_type: str
    size: int
    sha256: str
    attached: bool = False

    @classmethod
    def of(cls, path: str, data: bytes, description: str, *, attached: bool = False) -> "PackFile":
        """A small file, whose bytes are at hand."""
        kind = TYPES[PurePosixPath(path).suffix]
        return cls(path, data, description, kind, len(data), sha256(data).hexdigest(), attached)

    @property
    def entry(self) -> dict[str, Any]:
        """Its line in the manifest."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "size": self.size,
            "type": self.content_type,
            "attached": self.attached,
        }

    def attachment(self) -> Attachment:
        """The file as the PDF carries it."""
        name = PurePosixPath(self.path).name
        if isinstance(self.body, Lines):
            lines = self.body
            return Attachment.of_deflated(
                name, lines.data, lines.size, lines.adler, self.content_type, self.description
            )
        if not isinstance(self.body, bytes):
            raise TypeError(f"{self.path} is too large to travel inside the PDF")
        return Attachment(
            name, self.body, self.content_type, self.description, "Source" if name == "content.json" else "Data"
        )


def where(item: Carried) -> dict[str, Any]:
    """In which files a history lies: (path, first entry, how many); and where the hashes of all older ones stand."""
    history = item.history
    older = [(_older(item.path, first), first, FILE) for first in range(0, history.older, FILE)]
    return {
        "files": [*older, (item.path, history.older, history.size - history.older)],
        "leaves": _leaves(item.path) if older else "",
    }


def history_files(item: Carried) -> list[PackFile]:
    """The files of a history. The newest entries, and the hashes of all before them, travel inside the PDF too."""
    text = f"Every recorded change of {item.title}, one a line"
    history, files = item.history, []
    for lines in history.files():
        newest = lines.first == history.older
        path = item.path if newest else _older(item.path, lines.first)
        upto = "on" if newest else f"to {lines.first + lines.count}"
        told = f"{text} (entries from {lines.first + 1} {upto})" if history.older else text
        files.append(PackFile(path, lines, told, TYPES[".jsonl"], lines.size, lines.sha256, newest))
    if history.older:
        told = f"The hashes of entries 1 to {history.older} of {item.title}, {HASH} bytes each"
        files.append(PackFile.of(_leaves(item.path), history.leaves(history.older), told, attached=True))
    return files


def write(target: Path, files: Iterable[PackFile], date_time: datetime) -> None:
    """Write the ZIP of `files` with SHA256SUMS; the same files give the same bytes."""
    listed = sorted(files, key=lambda item: item.path)
    sums = "".join(f"{item.sha256}  {item.path}\n" for item in listed)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for item in [*listed, PackFile.of("SHA256SUMS.txt", sums.encode(), "")]:
            name = "SHA256SUMS" if item.path == "SHA256SUMS.txt" else item.path
            info = zipfile.ZipInfo(name, max(date_time.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
            info.external_attr = 0o644 << 16
            info.file_size = item.size
            stored = item.content_type.startswith(PACKED_ALREADY)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            _put(archive, info, item)


def _put(archive: zipfile.ZipFile, info: zipfile.ZipInfo, item: PackFile) -> None:
    if isinstance(item.body, bytes):
        archive.writestr(info, item.body)
    elif isinstance(item.body, Lines):
        _put_deflated(archive, info, item.body)
    elif isinstance(item.body, Path):
        with item.body.open("rb") as source:
            _copy(archive, info, source, item)
    else:
        with open_verified(item.body) as source:
            _copy(archive, info, source, item)


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: IO[bytes], item: PackFile) -> None:
    digest = sha256()
    with archive.open(info, "w") as target:
        while block := source.read(BLOCK):
            digest.update(block)
            target.write(block)
    if digest.hexdigest() != item.sha256:
        raise OSError(f"{item.path} changed while it was packed")


def _put_deflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, lines: Lines) -> None:
    """Put a file in that is deflated already, as `ZipFile` itself would have written it."""
    info.compress_size, info.CRC = len(lines.data), lines.crc
    stream: Any = archive.fp
    stream.seek(archive.start_dir)
    info.header_offset = stream.tell()
    stream.write(info.FileHeader(zip64=False))
    stream.write(lines.data)
    archive.start_dir = stream.tell()
    archive._didModify = True  # type: ignore[attr-defined]
    archive.filelist.append(info)
    archive.NameToInfo[info.filename] = info


def _older(path: str, first: int) -> str:
    return path.replace(".jsonl", f"-{first + 1:07}-{first + FILE:07}.jsonl")


def _leaves(path: str) -> str:
    return path.replace(".jsonl", "-leaves.bin")
