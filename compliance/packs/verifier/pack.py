"""The files of a pack, from the ZIP, the PDF alone, or a folder."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from compliance.packs.verifier.pdf import attachments
from compliance.packs.verifier.reading import LIMIT, Unreadable, load, need, sha256

PACK, PROOF = "assay-pack/1", "assay-proof/1"


class Pack:
    """A pack's files by path, its manifest, its proof and the key it says it is signed with."""

    def __init__(self, path: str) -> None:
        self.name = os.path.basename(os.path.abspath(path))
        self.alone = False
        self.hashes: dict[str, list[bytes]] = {}
        try:
            self.files = self._open(path)
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise Unreadable(f"{self.name}: {error}") from error
        if "manifest.json" not in self.files:
            raise Unreadable(f"{self.name} is not an evidence pack: it holds no manifest.json")
        self.manifest: Any = load(self.files["manifest.json"], "manifest.json")
        need(self.manifest["format"] == PACK, f"the pack is not of the format {PACK}")
        self.proof: Any = load(self.read("ledger.json"), "ledger.json")
        need(self.proof["format"] == PROOF, f"the proof is not of the format {PROOF}")
        self.key: str = self.proof["key"]
        self.pdf_name = next(iter(self._pdfs()), "")
        need(self.pdf_name, "the PDF is missing")

    def read(self, path: str) -> bytes:
        """The bytes of a file of the pack."""
        need(path in self.files, f"{path} is missing or was changed")
        return self.files[path]

    def lines(self, path: str) -> list[bytes]:
        """The lines of a file that ends with one."""
        lines = self.read(path).split(b"\n")
        need(lines.pop() == b"", f"{path} is cut off")
        return lines

    def _pdfs(self) -> list[str]:
        return sorted(name for name in self.files if name.endswith(".pdf") and "/" not in name)

    def _open(self, path: str) -> dict[str, bytes]:
        if os.path.isdir(path):
            return dict(_folder(path))
        with open(path, "rb") as stream:
            data = stream.read()
        if data[:5] == b"%PDF-":
            return self._from_pdf(data)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            need(len(set(names)) == len(names), "the ZIP names a file twice")
            need(sum(item.file_size for item in archive.infolist()) < LIMIT, "the ZIP is too large")
            return {name: archive.read(name) for name in names}

    def _from_pdf(self, pdf: bytes) -> dict[str, bytes]:
        self.alone = True
        inside = attachments(pdf)
        mark = b'"format":"' + PACK.encode() + b'"'
        manifests = [data for data in inside.values() if data[:1] == b"{" and mark in data]
        if len(manifests) != 1:
            raise Unreadable(f"{self.name} is not an evidence pack: it carries no manifest")
        listed = [item for item in load(manifests[0], "manifest.json")["files"] if item["attached"]]
        hashes = {sha256(manifests[0]).hex(), *(item["sha256"] for item in listed)}
        need(hashes == set(inside), "a file inside the PDF was changed, added or taken away")
        return {
            self.name if self.name.endswith(".pdf") else "pack.pdf": pdf,
            "manifest.json": manifests[0],
            **{item["path"]: inside[item["sha256"]] for item in listed},
        }


def _folder(path: str) -> Iterator[tuple[str, bytes]]:
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as stream:
                yield os.path.relpath(full, path).replace(os.sep, "/"), stream.read()
