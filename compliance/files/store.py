"""Taking bytes in and giving them out, both times under the eye of their hash."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from django.core.files.storage import default_storage

from compliance.files.models import Blob
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


def store(
    stream: IO[bytes] | Any, *, limit: int, name: str = "", types: frozenset[str] | None = EVIDENCE_TYPES
) -> Blob:
    """Keep the bytes of `stream` (at most `limit` bytes, one of `types`) and return the blob they are.

    Nothing is kept when the file is refused. The same bytes twice are one blob.
    """
    name = name or os.path.basename(str(getattr(stream, "name", "") or "The file"))
    draft = _draft()
    try:
        digest, size = _receive(stream, draft, limit, name)
        content_type = _accepted(draft, name, types)
        blob, _ = Blob.objects.get_or_create(sha256=digest, defaults={"size": size, "content_type": content_type})
        _publish(draft, blob.path)
    finally:
        draft.unlink(missing_ok=True)
    return blob


def inspect(
    stream: IO[bytes] | Any, *, limit: int, name: str = "", types: frozenset[str] | None = EVIDENCE_TYPES
) -> None:
    """Refuse what `store` would refuse, keep nothing, leave the stream at its start: to judge several files first."""
    draft = _draft()
    try:
        _receive(stream, draft, limit, name)
        _accepted(draft, name, types)
    finally:
        draft.unlink(missing_ok=True)
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
    try:
        stream = blob.path.open("rb")
    except FileNotFoundError:
        raise FileDamaged(f"The file {blob.sha256} is missing from the store.") from None
    if file_digest(stream, "sha256").hexdigest() != blob.sha256:
        stream.close()
        raise FileDamaged(f"The file {blob.sha256} has been changed in the store: its hash no longer fits.")
    stream.seek(0)
    return stream


def readable_size(size: int) -> str:
    """Write a number of bytes for people: 1.5 MB."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1024:
            return f"{size:.1f} {unit}".replace(".0 ", " ")
        size = size / 1024  # type: ignore[assignment]
    return f"{size:.1f} GB".replace(".0 ", " ")


def _draft() -> Path:
    draft = Path(default_storage.path(f"incoming/{token_hex(16)}"))
    draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return draft


def _receive(stream: IO[bytes], draft: Path, limit: int, name: str) -> tuple[str, int]:
    digest, size = sha256(), 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
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
    content_type = sniff(draft)
    if types is None or content_type in types:
        return content_type
    kind = NAMES.get(content_type, content_type)
    if content_type == UNKNOWN:
        raise FileRefused(f"{name} is {kind}: hand in a PDF, picture, office document, text or ZIP.")
    raise FileRefused(f"{name} is {kind}, which is not kept: hand in a PDF, picture, office document, text or ZIP.")


def _publish(draft: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
