"""The signing key: whoever seals holds it, nobody else needs it."""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from compliance.ledger.proof import checkpoint


def signing_key() -> Ed25519PrivateKey | None:
    """The sealer's key, or None in a process that does not hold it.

    On SQLite every process seals, so the first one makes the key; on PostgreSQL `manage.py seal_ledger` makes it.
    """
    return _load(settings.ASSAY_SIGNING_KEY_FILE, create=connection.vendor == "sqlite")


def make_signing_key() -> Ed25519PrivateKey:
    """The key, made when there is none yet; for the sealer's own process."""
    key = _load(settings.ASSAY_SIGNING_KEY_FILE, create=True)
    if key is None:
        raise FileNotFoundError(settings.ASSAY_SIGNING_KEY_FILE)
    return key


@lru_cache(maxsize=4)
def _read(path: Path, stamp: float) -> Ed25519PrivateKey:
    return checkpoint.load_key(path)


def _load(path: Path, *, create: bool) -> Ed25519PrivateKey | None:
    if not path.exists():
        return checkpoint.create_key(path) if create else None
    return _read(path, path.stat().st_mtime)
