"""What exactly is approved: the facts as canonical JSON, and their SHA-256."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.ledger.models import TrackedBase
from compliance.ledger.proof.canonical import canonical

ALWAYS_LEFT_OUT = frozenset({"version"})


@dataclass(frozen=True)
class Snapshot:
    """Facts written down: canonical JSON text, and the hex SHA-256 of its UTF-8 bytes."""

    text: str
    sha256: str


def snapshot(facts: Mapping[str, Any]) -> Snapshot:
    """Write facts down so that the same facts give the same hash, whenever and on whatever machine."""
    written = canonical(facts)
    return Snapshot(written.decode("utf-8"), hashlib.sha256(written).hexdigest())


def facts_of(row: TrackedBase, *, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """A tracked row's own columns, without those that change for reasons nobody approves (state, version)."""
    left_out = ALWAYS_LEFT_OUT | set(leave_out)
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in left_out
    }
