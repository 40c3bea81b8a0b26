"""Large files arrive piece by piece, and go on where they broke off."""

import io
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from compliance.accounts.models import User
from compliance.files import encryption
from compliance.files.models import Incoming
from compliance.files.store import CHUNK_BYTES, FileRefused, new_draft, readable_size

PIECE_BYTES = 4 * CHUNK_BYTES
MOST_OPEN = 100
KEPT = timedelta(days=2)


class OutOfStep(Exception):
    """The piece does not begin where the last one ended; `offset` says where to go on."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"Go on at byte {offset}.")


def begin(*, person: User, name: str, size: int, stamp: str = "") -> Incoming:
    """Announce a file, or find the same one where it broke off. Raises FileRefused."""
    name = name.encode("utf-8", "replace").decode()[-255:] or "file"
    stamp = stamp.encode("utf-8", "replace").decode()
    limit = settings.ASSAY_EVIDENCE_MAX_BYTES
    if size > limit:
        raise FileRefused(f"{name} is larger than {readable_size(limit)}, the most a file may have.")
    if size < 1:
        raise FileRefused(f"{name} is empty.")
    mine = Incoming.objects.filter(person=person)
    known = mine.filter(name=name, size=size, stamp=stamp).first() if stamp else None
    if known is None and mine.count() >= MOST_OPEN:
        raise FileRefused(f"{MOST_OPEN} files wait to be handed in already: finish those first.")
    return known or Incoming.objects.create(person=person, name=name, size=size, stamp=stamp)


def append(incoming: Incoming, *, offset: int, stream: IO[bytes] | Any) -> Incoming:
    """Take the next piece (at most `PIECE_BYTES`); it counts once it is on the disk as a whole. Raises OutOfStep."""
    draft, written = new_draft(), 0
    try:
        with encryption.create(draft) as target:
            while (left := PIECE_BYTES - written) and (chunk := stream.read(min(CHUNK_BYTES, left))):
                written += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        with transaction.atomic():
            now = Incoming.objects.select_for_update().get(pk=incoming.pk)
            if now.offset != offset:
                raise OutOfStep(now.offset)
            if now.offset + written > now.size:
                raise FileRefused(f"{now.name} is larger than was announced: begin again.")
            if written:
                now.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.replace(draft, now.folder / f"{offset:020d}{draft.suffix}")
                now.offset += written
                now.save()
    finally:
        draft.unlink(missing_ok=True)
    return now


def opened(incoming: Incoming) -> IO[bytes]:
    """The pieces as one stream, read forwards, never whole in memory."""
    return io.BufferedReader(Pieces(sorted(incoming.folder.iterdir())), CHUNK_BYTES)


def of_person(person: User, keys: list[UUID]) -> list[Incoming]:
    """The named files of a person, in the order they are named."""
    found = {one.pk: one for one in Incoming.objects.filter(person=person, pk__in=keys)}
    return [found[key] for key in keys if key in found]


def forget(incoming: Incoming) -> None:
    """Let go of the pieces."""
    shutil.rmtree(incoming.folder, ignore_errors=True)
    Incoming.objects.filter(pk=incoming.pk).delete()


def sweep(at: datetime | None = None) -> int:
    """Remove what nobody went on with for two days; return how many."""
    before = (at or timezone.now()) - KEPT
    old = list(Incoming.objects.filter(touched_at__lt=before))
    for incoming in old:
        forget(incoming)
    swept, folder = len(old), Path(default_storage.path("incoming"))
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < before.timestamp():
            swept += 1
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return swept


class Pieces(io.RawIOBase):
    """Files read one after the other."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths, self.now = list(reversed(paths)), None
        self.now: IO[bytes] | None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self.now is None:
                if not self.paths:
                    return 0
                self.now = encryption.read(self.paths.pop())
            if data := self.now.read(len(buffer)):
                buffer[: len(data)] = data
                return len(data)
            self.now.close()
            self.now = None

    def close(self) -> None:
        if self.now is not None:
            self.now.close()
        super().close()
