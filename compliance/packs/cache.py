"""What was worked out before, kept on disk by a name that says what went into it. A damaged piece counts as missing."""

import os
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from shutil import rmtree

from django.conf import settings

DIGEST = 32


def path_of(*parts: str) -> Path:
    """Where a kept piece lies."""
    return Path(settings.DATA_DIR).joinpath("cache", *parts)


def read(path: Path) -> bytes | None:
    """Return what was kept at `path`; None when there is nothing, or not what was written."""
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    data = kept[:-DIGEST]
    return data if len(kept) >= DIGEST and sha256(data).digest() == kept[-DIGEST:] else None


def keep(path: Path, data: bytes) -> None:
    """Keep `data` at `path`, all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{token_hex(8)}")
    try:
        draft.write_bytes(data + sha256(data).digest())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def forget(*parts: str) -> None:
    """Drop everything kept under a folder: a value in it was erased, or it is of a history that is no longer ours."""
    rmtree(path_of(*parts), ignore_errors=True)
