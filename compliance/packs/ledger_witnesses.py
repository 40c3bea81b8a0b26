"""A pack remembers the ledger: its history entry by entry, and the checkpoint of that day."""

import json
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

from compliance.ledger.witnesses import NotAWitness, Remembered, Witness, witness
from compliance.packs.verifier.checks import report
from compliance.packs.verifier.history import HASH, check_history
from compliance.packs.verifier.pack import Pack


@witness("pack")
def pack(path: Path) -> Witness | None:
    """Read a pack's ZIP or PDF; it has to be genuine in itself to speak against the database."""
    with path.open("rb") as stream:
        start = stream.read(5)
    if start != b"%PDF-" and not zipfile.is_zipfile(path):
        return None
    code, lines = report(str(path))
    if code:
        raise NotAWitness(f"{path.name} proves nothing: {lines[-1]}")
    read = Pack(str(path))
    check_history(read)
    return Witness(
        read.name,
        [item["checkpoint"] for item in read.proof["streams"]],
        [_remembered(read, item) for item in read.proof["streams"]],
    )


def _remembered(read: Pack, item: dict[str, Any]) -> Remembered:
    hashes = read.hashes[item["stream"]]

    def told(at: int) -> str:
        path, first, _ = next(one for one in item["files"] if one[1] <= at < one[1] + one[2])
        if not read.has(path):
            return "an entry of which it holds the hash alone"
        row = json.loads(next(islice(read.lines(path), at - first, None)))
        envelope, reference = row["envelope"], row["fields"].get("reference", {}).get("value")
        return f"{envelope['model']} {reference or envelope['pk']} ({envelope['type']} at {envelope['at']})"

    leaves = [hashes[start : start + HASH].hex() for start in range(0, len(hashes), HASH)]
    return Remembered(item["stream"], leaves, told)
