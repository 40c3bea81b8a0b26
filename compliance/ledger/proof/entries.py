"""What a history row looks like in the ledger: an envelope anybody may read and one commitment per field.

The format is called `assay-ledger/1`. A commitment is a salted hash, so a value (with its salt) can be erased for good
while the entry, its hash and every proof above it stay as they were.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from compliance.ledger.proof.canonical import canonical, plain

FORMAT = "assay-ledger/1"
SALT_BYTES = 16
ROW_KEY_BYTES = 32
DOMAIN = b"fld1"


def field_salt(row_key: bytes, name: str) -> bytes:
    """Derive a field's salt of 16 bytes from the random key (32 bytes) of its row."""
    if len(row_key) != ROW_KEY_BYTES:
        raise ValueError(f"a row key has {ROW_KEY_BYTES} bytes, not {len(row_key)}")
    return hmac.digest(row_key, name.encode("utf-8"), "sha256")[:SALT_BYTES]


def commitment(salt: bytes, name: str, value: Any) -> str:
    """Commit to a field's value: hex of SHA-256("fld1" + salt + canonical([name, value]))."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return sha256(DOMAIN + salt + canonical([name, value])).hexdigest()


def leaf(envelope: Mapping[str, Any], fields: Mapping[str, Any], row_key: bytes) -> bytes:
    """Return the ledger entry of a row: the canonical envelope with {"fields": {name: commitment}}."""
    return sealed(envelope, {name: commitment(field_salt(row_key, name), name, fields[name]) for name in fields})


def sealed(envelope: Mapping[str, Any], commitments: Mapping[str, str]) -> bytes:
    """Return the ledger entry of a row of which only the commitments are known."""
    if "fields" in envelope:
        raise ValueError("an envelope has no key 'fields' of its own")
    return canonical({**envelope, "fields": dict(commitments)})


def disclosed(fields: Mapping[str, Any], row_key: bytes) -> dict[str, dict[str, Any]]:
    """Open a row's fields to a reader: {name: {"salt": hex, "value": plain value}}.

    A field that is withheld or erased is shown as {"commitment": hex} instead.
    """
    return {name: {"salt": field_salt(row_key, name).hex(), "value": plain(fields[name])} for name in fields}


def leaf_of_disclosed(envelope: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Rebuild the ledger entry from what `disclosed` (with any withheld fields) shows."""
    return sealed(envelope, {name: _commitment_of(name, shown) for name, shown in fields.items()})


def head_leaf(stream: str, size: int, root: bytes) -> bytes:
    """Return the instance log's entry for the head of a stream."""
    return canonical({"v": 1, "kind": "head", "stream": stream, "size": size, "root": root.hex()})


def key_leaf(note: str) -> bytes:
    """Return the instance log's entry for a change of the signing key; `note` is the old key's word (rotation)."""
    return canonical({"v": 1, "kind": "key", "note": note})


def _commitment_of(name: str, shown: Mapping[str, Any]) -> str:
    if set(shown) == {"commitment"}:
        return str(shown["commitment"])
    if set(shown) == {"salt", "value"}:
        return commitment(bytes.fromhex(shown["salt"]), name, shown["value"])
    raise ValueError(f"field {name!r} shows neither salt and value nor a commitment")
