"""Which keys signed the log: a key change counts when the old key itself named the new one, in the log."""

from __future__ import annotations

from typing import Any

from compliance.packs.verifier.reading import load, need, unbase64, unhex
from compliance.packs.verifier.signatures import open_note
from compliance.packs.verifier.tree import included, leaf_hash

ROTATION = "assay-key-rotation/1"


def keys_of(proof: Any) -> list[str]:
    """The keys whose signatures this log stands on, oldest first; the last is the one that signs now."""
    size, log_root = open_note(proof["streams"][0]["checkpoint"], proof["key"])[1:3]
    chain: list[str] = []
    for item in proof.get("rotations", []):
        leaf, steps = item["leaf"].encode(), [unhex(step) for step in item["inclusion"]]
        known = included(item["index"], int(size), leaf_hash(leaf), steps, unbase64(log_root))
        need(known, "a change of the signing key is not in the signed log")
        old, new, proven = _change(load(leaf, "a change of the signing key"))
        need(not chain or chain[-1] == old, "a change of the signing key does not follow the one before")
        chain = [*(chain or [old]), new] if proven else [new]
    need(not chain or chain[-1] == proof["key"], "the last change of the signing key names another key")
    return chain or [proof["key"]]


def _change(leaf: Any) -> tuple[str, str, bool]:
    lines = leaf["note"].split("\n\n")[0].split("\n")
    side, _, old = lines[1].partition(" ")
    word, _, new = lines[2].partition(" ")
    known = (leaf["kind"], lines[0], word) == ("key", ROTATION, "new") and side in {"old", "lost"}
    need(known, "a change of the signing key has an unknown form")
    open_note(leaf["note"], old if side == "old" else new)
    return old, new, side == "old"
