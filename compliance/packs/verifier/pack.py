"""The files of a pack, from the ZIP, the PDF alone, or a folder; large ones are read as they are needed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from compliance.packs.verifier.pdf import attachments
from compliance.packs.verifier.reading import Tampered, Unreadable, load, need, sha256

PACK, PROOF = "assay-pack/1", "assay-proof/1"
# Nothing an honest pack comes near; what a file made to exhaust a machine needs.
FILES, TOTAL, WHOLE, LINE = 200_000, 64 * 1024**3, 1024**3, 32 * 1024**2
BLOCK = 1024**2
NAME = re.compile(r"(?!.*(^|/)\.{1,2}(/|$))[^/\\:\x00][^\\:\x00]*")


class Pack:
    """A pack's files by path, its manifest, its proof and the key it says it is signed with."""

    def __init__(self, path: str) -> None:
        self.path, self.name = path, os.path.basename(os.path.abspath(path))
        self.alone = False
        self.inside: dict[str, bytes] = {}
        self.hashes: dict[str, bytes] = {}
        self.volumes: dict[str, bytes] = {}
        self.stamp = ""
        try:
            self.sizes = self._open(path)
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
            raise Unreadable(f"{self.name}: {error}") from error
        if "manifest.json" not in self.sizes:
            raise Unreadable(f"{self.name} is not an evidence pack: it holds no manifest.json")
        self.manifest: Any = load(self.read("manifest.json"), "manifest.json")
        need(self.manifest["format"] == PACK, f"the pack is not of the format {PACK}")
        self.proof: Any = load(self.read("ledger.json"), "ledger.json")
        need(self.proof["format"] == PROOF, f"the proof is not of the format {PROOF}")
        self.key: str = self.proof["key"]
        self.listed: dict[str, Any] = {item["path"]: item for item in self.manifest["files"]}
        self.pdf_name = next((name for name in sorted(self.sizes) if name.endswith(".pdf") and "/" not in name), "")
        need(self.pdf_name, "the PDF is missing")
        self.pdf = self.read(self.pdf_name)
        self.inside = self.inside or attachments(self.pdf)

    def has(self, path: str) -> bool:
        """Whether the file is at hand; the PDF alone does not carry all of them."""
        return path in self.sizes

    def read(self, path: str) -> bytes:
        """The bytes of a file of the pack."""
        need(self.has(path), f"{path} is missing or was changed")
        need(self.sizes[path] <= WHOLE, f"{path} is too large to be what it should be")
        with self.stream(path) as source:
            return source.read()

    @contextmanager
    def stream(self, path: str) -> Iterator[IO[bytes]]:
        """A file of the pack, opened."""
        need(self.has(path), f"{path} is missing or was changed")
        try:
            with self._opened(path) as source:
                yield source
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Tampered(f"{path} was changed: it cannot be unpacked ({error})") from error

    def digest(self, path: str) -> str:
        """The hash of a file, hex."""
        found = hashlib.sha256()
        with self.stream(path) as source:
            while True:
                block = source.read(BLOCK)
                if not block:
                    return found.hexdigest()
                found.update(block)

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a file that ends with one."""
        with self.stream(path) as source:
            while True:
                line = source.readline(LINE)
                if not line:
                    return
                need(line.endswith(b"\n"), f"{path} is cut off")
                yield line[:-1]

    def add_volume(self, path: str) -> str:
        """Take the lines of a volume, handed in beside the PDF; it must be one the manifest names."""
        name = os.path.basename(path)
        try:
            data = _whole(path)
        except OSError as error:
            raise Unreadable(f"{name}: {error}") from error
        known = [item for item in self.manifest["volumes"] if item["sha256"] == sha256(data).hex()]
        need(known, f"{name} is not a volume of this pack, or was changed")
        for digest, lines in attachments(data).items():
            for item in self.manifest["files"]:
                if item["sha256"] == digest:
                    self.volumes[item["path"]] = lines
                    self.sizes[item["path"]] = len(lines)
        return str(known[0]["path"])

    def _opened(self, path: str) -> Any:
        if path in self.volumes:
            return io.BytesIO(self.volumes[path])
        if self.alone:
            return io.BytesIO(self.carried[path])
        if self.archive:
            return self.archive.open(path)
        return open(os.path.join(self.path, *path.split("/")), "rb")

    def _open(self, path: str) -> dict[str, int]:
        self.archive: zipfile.ZipFile | None = None
        if os.path.isdir(path):
            return dict(_folder(path))
        with open(path, "rb") as source:
            start = source.read(5)
        if start == b"%PDF-":
            return self._from_pdf(_whole(path))
        self.archive = zipfile.ZipFile(path)
        return _members(self.archive, os.path.getsize(path))

    def _from_pdf(self, pdf: bytes) -> dict[str, int]:
        self.alone, self.inside = True, attachments(pdf)
        manifests = [data for data in self.inside.values() if _is_manifest(data)]
        if len(manifests) != 1:
            raise Unreadable(f"{self.name} is not an evidence pack: it carries no manifest")
        listed = [item for item in load(manifests[0], "manifest.json")["files"] if item["attached"]]
        hashes = {sha256(manifests[0]).hex(), *(item["sha256"] for item in listed)}
        need(hashes == set(self.inside), "a file inside the PDF was changed, added or taken away")
        self.carried = {
            self.name if self.name.endswith(".pdf") else "pack.pdf": pdf,
            "manifest.json": manifests[0],
        }
        self.carried.update({item["path"]: self.inside[item["sha256"]] for item in listed})
        return {name: len(data) for name, data in self.carried.items()}


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, int]:
    """The files of a ZIP, which is refused when it is made to do harm rather than to hold a pack."""
    items = archive.infolist()
    need(len(items) <= FILES, "the ZIP holds too many files")
    for item in items:
        need(NAME.fullmatch(item.filename), f"the ZIP holds a file with a name that leads elsewhere: {item.filename!r}")
        need(not stat.S_ISLNK(item.external_attr >> 16), f"{item.filename} is a link to elsewhere")
        need(not item.flag_bits & 1, f"{item.filename} is encrypted")
    found = {item.filename: item.file_size for item in items}
    need(len(found) == len(items), "the ZIP names a file twice")
    packed = sum(item.compress_size for item in items)
    need(sum(found.values()) <= TOTAL and packed <= size, "the ZIP unpacks to more than a pack can hold")
    return found


def _folder(path: str) -> Iterator[tuple[str, int]]:
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            relative = os.path.relpath(full, path).replace(os.sep, "/")
            need(not os.path.islink(full), f"{relative} is a link to elsewhere")
            yield relative, os.path.getsize(full)


def _is_manifest(data: bytes) -> bool:
    """Whether it says so of itself; that the words stand somewhere in it is not enough."""
    if data[:1] != b"{" or b'"format":"' + PACK.encode() + b'"' not in data:
        return False
    try:
        return json.loads(data.decode("utf-8")).get("format") == PACK
    except (ValueError, RecursionError):
        return False


def _whole(path: str) -> bytes:
    if os.path.getsize(path) > WHOLE:
        raise Unreadable(f"{os.path.basename(path)} is too large for a pack's PDF")
    with open(path, "rb") as source:
        return source.read()
