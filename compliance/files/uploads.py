"""Files on their way to become records: judged together, each once, before any of them is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

from compliance.files import store as files
from compliance.files.models import Blob
from compliance.ledger import Refused


class FilesRefused(Refused):
    """Files that cannot be kept; `problems` has one sentence for each, and nothing was stored."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass
class Upload:
    """A file as it arrives; `received` once it was judged."""

    stream: IO[bytes] | Any
    name: str
    received: files.Received | None = None

    def keep(self) -> Blob:
        """Keep the bytes, which were judged before."""
        if self.received is None:
            raise RuntimeError("Judge an upload before it is kept.")
        return self.received.keep()


@dataclass
class Stored(Upload):
    """A file that is kept already, and is cited by another record."""

    blob: Blob | None = None

    def keep(self) -> Blob:
        """The bytes that are there."""
        if self.blob is None:
            raise RuntimeError("Say which file it is.")
        return self.blob


def stored(blob: Blob, name: str) -> Stored:
    """What stands for a kept file where an upload is asked for; it was judged when it came."""
    return Stored(None, name, blob=blob)


@contextmanager
def judged(uploads: list[Upload], *, types: frozenset[str] | None = files.EVIDENCE_TYPES) -> Iterator[None]:
    """Take every file in and judge it; inside, each may be kept; afterwards nothing is left. Raises FilesRefused."""
    waiting = [upload for upload in uploads if not isinstance(upload, Stored)]
    mine, problems = [upload for upload in waiting if upload.received is None], []
    try:
        for upload in mine:
            limit = settings.ASSAY_EVIDENCE_MAX_BYTES
            try:
                upload.received = files.receive(upload.stream, limit=limit, name=upload.name, types=types)
            except files.FileRefused as refused:
                problems.append(str(refused))
        if problems:
            raise FilesRefused(problems)
        yield
    finally:
        for upload in mine:
            if upload.received is not None:
                upload.received.discard()
                upload.received = None
