"""Which keys signed the log: a key change counts when the old key itself named the new one, in the log."""

from __future__ import annotations

from typing import Any

from compliance.packs.verifier.reading import load, need, unbase64, unhex
from compliance.packs.verifier.signatures import open_note
from compliance.packs.verifier.tree import included, leaf_hash

ROTATION = "assay-key-rotation/1"


def keys_of(proof: Any) -> list[str]:
    """The keys whose signatures this log stands on, oldest first; the last is the one that signs now."""
    return _walked(proof)[0]


def told_of(proof: Any) -> str:
    """Every change of the key, in words; what an old key did not vouch for is said."""
    return "; ".join(_walked(proof)[1])


def _walked(proof: Any) -> tuple[list[str], list[str]]:
    size, log_root = open_note(proof["streams"][0]["checkpoint"], proof["key"])[1:3]
    chain: list[str] = []
    words = []
    for item in proof.get("rotations", []):
        leaf, steps = item["leaf"].encode(), [unhex(step) for step in item["inclusion"]]
        known = included(item["index"], int(size), leaf_hash(leaf), steps, unbase64(log_root))
        need(known, "a change of the signing key is not in the signed log")
        old, new, proven, when = _change(load(leaf, "a change of the signing key"))
        need(not chain or chain[-1] == old, "a change of the signing key does not follow the one before")
        chain = [*(chain or [old]), new] if proven else [new]
        words.append(f"{when} {'by the key before it' if proven else 'without it, for it was LOST: ask about it'}")
    need(not chain or chain[-1] == proof["key"], "the last change of the signing key names another key")
    return chain or [proof["key"]], words


def _change(leaf: Any) -> tuple[str, str, bool, str]:
    lines = leaf["note"].split("\n\n")[0].split("\n")
    side, _, old = lines[1].partition(" ")
    word, _, new = lines[2].partition(" ")
    known = (leaf["kind"], lines[0], word) == ("key", ROTATION, "new") and side in {"old", "lost"}
    need(known, "a change of the signing key has an unknown form")
    open_note(leaf["note"], old if side == "old" else new)
    at, reason = (line.partition(" ")[2] for line in lines[3:5])
    return old, new, side == "old", f"{short(old)} gave way to {short(new)} on {at[:10]} ({reason})"


def short(key: str) -> str:
    return "+".join(key.split("+", 2)[:2])
