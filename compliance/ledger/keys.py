"""The signing key: whoever seals holds it, nobody else needs it.

The first key of an installation is made when nothing is sealed yet. From then on only the key that signed the newest
checkpoint may go on; another one takes over by `manage.py rotate_ledger_key` (compliance.ledger.rotation).
"""

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from compliance.ledger.models import Checkpoint
from compliance.ledger.proof import checkpoint


class NoKey(RuntimeError):
    """This process does not hold the signing key, so it cannot seal."""


class OtherKey(NoKey):
    """The key here is not the one that signed last, and no rotation vouches for it."""


def vkey_of(key: Ed25519PrivateKey) -> str:
    """The public key as text, under this installation's name."""
    return checkpoint.vkey(settings.ASSAY_LEDGER_ORIGIN, key)


def signing_key() -> Ed25519PrivateKey | None:
    """The key in this process's reach, or None.

    On SQLite every process seals, so the first one makes the key; on PostgreSQL `manage.py seal_ledger` makes it.
    """
    return _key(create=connection.vendor == "sqlite")


def make_signing_key() -> Ed25519PrivateKey:
    """The key, made when nothing is sealed yet; for the sealer's own process. Raises NoKey when it is lost."""
    if (key := _key(create=True)) is None:
        raise _lost()
    return key


def sealing_key(last: Checkpoint | None) -> Ed25519PrivateKey:
    """The key that may sign after `last`; finishes a rotation that was cut off. Raises NoKey or OtherKey."""
    if (key := signing_key()) is None:
        raise _lost() if last else NoKey(f"The signing key {path()} is not readable here: run the sealer.")
    if last is None or vkey_of(key) == last.vkey:
        return key
    following = next_path()
    if following.exists() and vkey_of(checkpoint.load_key(following)) == last.vkey:
        put_in_place(key)
        return checkpoint.load_key(path())
    raise OtherKey(
        f"The key in {path()} is {vkey_of(key)}, but the ledger was last signed by {last.vkey}. "
        "Put that key back (and ASSAY_LEDGER_ORIGIN as it was), or change keys with `manage.py rotate_ledger_key`."
    )


def path() -> Path:
    """Where the key lies."""
    return Path(settings.ASSAY_SIGNING_KEY_FILE)


def next_path() -> Path:
    """Where the next key lies while a rotation is under way."""
    return path().with_name(f"{path().name}.next")


def put_in_place(old: Ed25519PrivateKey | None) -> None:
    """Let the next key take the place of `old`, which is kept beside it under its own id."""
    if old is not None:
        kept = path().with_name(f"{path().name}.{vkey_of(old).split('+')[1]}.retired")
        with suppress(FileExistsError, FileNotFoundError):
            kept.hardlink_to(path())
    with suppress(FileNotFoundError):  # a sealer was quicker
        next_path().replace(path())


def _key(*, create: bool) -> Ed25519PrivateKey | None:
    place = path()
    try:
        return _read(place, place.stat().st_mtime_ns)
    except FileNotFoundError:
        if create and not Checkpoint.objects.exists():
            return checkpoint.create_key(place)
        return None
    except PermissionError:
        return None


def _lost() -> NoKey:
    return NoKey(
        f"The signing key {path()} is not readable here, and the ledger was signed with it before. Put it back; "
        "when it is lost for good, `manage.py rotate_ledger_key --lost --reason …` lets a new one go on."
    )


@lru_cache(maxsize=4)
def _read(place: Path, stamp: int) -> Ed25519PrivateKey:
    return checkpoint.load_key(place)
