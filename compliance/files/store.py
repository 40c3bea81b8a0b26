"""Taking bytes in and giving them out, both times under the eye of their hash."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from django.core.files.storage import default_storage

from compliance.files import encryption
from compliance.files.models import Blob, place
from compliance.files.scan import Infected, NotScanned, scan
from compliance.files.sniff import NAMES, UNKNOWN, sniff

CHUNK_BYTES = 1024 * 1024
# What evidence may be: everything a reader opens as a document, nothing a machine runs.
EVIDENCE_TYPES = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/tiff",
        "image/heic",
        "video/mp4",
        "text/plain",
        "application/json",
        "application/xml",
        "application/zip",
        "application/gzip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
    }
)


class FileRefused(ValueError):
    """The file cannot be kept; the message names it and says why."""


class FileDamaged(Exception):
    """The stored bytes are no longer the ones that were stored, or are gone."""


@dataclass
class Received:
    """Bytes that arrived and were found good, not kept yet: `keep` them, or `discard` them."""

    draft: Path
    sha256: str
    size: int
    content_type: str
    scan: str = ""

    def keep(self) -> Blob:
        """Put the bytes under their hash. The same bytes twice are one blob."""
        facts = {"size": self.size, "content_type": self.content_type, "scan": self.scan}
        blob, made = Blob.objects.get_or_create(sha256=self.sha256, defaults=facts)
        if self.scan and not made and blob.scan != self.scan:
            blob.scan = self.scan
            blob.save(update_fields=["scan"])
        publish(self.draft, self.sha256)
        return blob

    def discard(self) -> None:
        """Let go of what was not kept."""
        self.draft.unlink(missing_ok=True)


def receive(
    stream: IO[bytes] | Any, *, limit: int, name: str = "", types: frozenset[str] | None = EVIDENCE_TYPES
) -> Received:
    """Take bytes in (at most `limit`, one of `types`) and judge them. Raises FileRefused, keeping nothing."""
    name = name or os.path.basename(str(getattr(stream, "name", "") or "The file"))
    draft = new_draft()
    try:
        digest, size = _write(stream, draft, limit, name)
        content_type = _accepted(draft, name, types)
        return Received(draft, digest, size, content_type, _scanned(draft, name))
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def store(
    stream: IO[bytes] | Any, *, limit: int, name: str = "", types: frozenset[str] | None = EVIDENCE_TYPES
) -> Blob:
    """Keep the bytes of `stream` and return the blob they are. Nothing is kept when the file is refused."""
    received = receive(stream, limit=limit, name=name, types=types)
    try:
        return received.keep()
    finally:
        received.discard()


def inspect(
    stream: IO[bytes] | Any, *, limit: int, name: str = "", types: frozenset[str] | None = EVIDENCE_TYPES
) -> None:
    """Refuse what `store` would refuse, keep nothing, leave the stream at its start."""
    try:
        receive(stream, limit=limit, name=name, types=types).discard()
    finally:
        stream.seek(0)


@contextmanager
def open_verified(blob: Blob) -> Iterator[IO[bytes]]:
    """Open the bytes of `blob` for reading after checking that they are still its bytes."""
    stream = verified(blob)
    try:
        yield stream
    finally:
        stream.close()


def verified(blob: Blob) -> IO[bytes]:
    """Return an open file of the blob's bytes, checked; the caller closes it."""
    changed = f"The file {blob.sha256} has been changed in the store: its hash no longer fits."
    try:
        stream = encryption.read(blob.path)
    except FileNotFoundError:
        raise FileDamaged(f"The file {blob.sha256} is missing from the store.") from None
    except encryption.Unreadable as wrong:
        raise FileDamaged(f"The file {blob.sha256} cannot be read: {wrong}.") from None
    try:
        digest = file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    except encryption.Unreadable:
        digest = ""
    if digest != blob.sha256:
        stream.close()
        raise FileDamaged(changed)
    stream.seek(0)
    return stream


def readable_size(size: int) -> str:
    """Write a number of bytes for people: 1.5 MB."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1024:
            return f"{size:.1f} {unit}".replace(".0 ", " ")
        size = size / 1024  # type: ignore[assignment]
    return f"{size:.1f} GB".replace(".0 ", " ")


def new_draft() -> Path:
    """A name in incoming/ that nobody has; sealed files end otherwise."""
    ending = encryption.ENDING if encryption.is_on() else ""
    draft = Path(default_storage.path(f"incoming/{token_hex(16)}{ending}"))
    draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return draft


def publish(draft: Path, sha256: str) -> None:
    """Put a draft where the blob of its hash is looked for, and nothing else beside it."""
    path = place(sha256, sealed=draft.suffix == encryption.ENDING)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(draft, path)
    if path.suffix == encryption.ENDING:
        place(sha256, sealed=False).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(stream: IO[bytes], draft: Path, limit: int, name: str) -> tuple[str, int]:
    digest, size = sha256(), 0
    with encryption.create(draft) as target:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                raise FileRefused(f"{name} is larger than {readable_size(limit)}, the most a file may have.")
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if not size:
        raise FileRefused(f"{name} is empty.")
    return digest.hexdigest(), size


def _accepted(draft: Path, name: str, types: frozenset[str] | None) -> str:
    with encryption.read(draft) as stream:
        content_type = sniff(stream)
    if types is None or content_type in types:
        return content_type
    kind = NAMES.get(content_type, content_type)
    if content_type == UNKNOWN:
        raise FileRefused(f"{name} is {kind}: hand in a PDF, picture, office document, text or ZIP.")
    raise FileRefused(f"{name} is {kind}, which is not kept: hand in a PDF, picture, office document, text or ZIP.")


def _scanned(draft: Path, name: str) -> str:
    with encryption.read(draft) as stream:
        try:
            return scan(stream)
        except Infected as found:
            raise FileRefused(
                f"{name} is infected, says the virus scanner ({found}): nothing of it was kept."
            ) from None
        except NotScanned:
            raise FileRefused(f"{name} could not be checked for viruses just now: try again in a while.") from None
