"""A change of the signing key: a note in which the old key names the new one. It becomes a leaf of the instance log.

    assay-key-rotation/1
    old NAME+ID+KEY
    new NAME+ID+KEY
    at 2026-11-22T09:30:00.000000Z
    reason Yearly change.

    — NAME SIGNATURE

A key that is lost cannot sign: then the new key signs its own note, whose second line reads `lost` for `old`. Such a
change proves nothing; whoever checks it has to be told by another way that the new key is ours.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.ledger.proof.canonical import moment
from compliance.ledger.proof.checkpoint import BadCheckpoint, sign_note, verify_note

FORMAT = "assay-key-rotation/1"


@dataclass(frozen=True)
class Rotation:
    """Which key follows which, since when and why; `proven` when the old key itself said so."""

    old: str
    new: str
    at: str
    reason: str
    proven: bool


def rotation_note(rotation: Rotation, key: Ed25519PrivateKey) -> str:
    """Write the note, signed by `key`: the old one, or the new one when the old is lost."""
    if "\n" in rotation.reason or not rotation.reason.strip():
        raise ValueError("the reason of a key change is one line of text")
    side = "old" if rotation.proven else "lost"
    lines = [
        FORMAT,
        f"{side} {rotation.old}",
        f"new {rotation.new}",
        f"at {rotation.at}",
        f"reason {rotation.reason}",
    ]
    signer = rotation.old if rotation.proven else rotation.new
    return sign_note("".join(f"{line}\n" for line in lines), signer.split("+")[0], key)


def read_rotation(body: str) -> Rotation:
    """Read the log leaf of a key change and check its signature; raise BadCheckpoint when it is not one."""
    try:
        note = json.loads(body)["note"]
        _, old, new, at, reason = note.split("\n\n")[0].split("\n")
        side, old = old.split(" ", 1)
        rotation = Rotation(old, new.removeprefix("new "), at.removeprefix("at "), reason[7:], side == "old")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCheckpoint("a key change cannot be read") from error
    verify_note(note, rotation.old if rotation.proven else rotation.new)
    lines = [FORMAT, f"{side} {rotation.old}", f"new {rotation.new}", f"at {rotation.at}", f"reason {rotation.reason}"]
    if note.split("\n\n")[0].split("\n") != lines or side not in {"old", "lost"}:
        raise BadCheckpoint("a key change has an unknown form")
    return rotation


def rotation(old: str, new: str, at: datetime, reason: str, *, proven: bool) -> Rotation:
    """A key change as it will be written down."""
    return Rotation(old, new, moment(at), reason, proven)
