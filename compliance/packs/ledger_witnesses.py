"""A pack remembers the ledger: its history entry by entry, and the checkpoint of that day."""

import json
import zipfile
from pathlib import Path

from compliance.ledger.witnesses import NotAWitness, Remembered, Witness, witness
from compliance.packs.verifier.checks import check_history, report
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


def _remembered(read: Pack, item: dict[str, str]) -> Remembered:
    lines = read.lines(item["history"])

    def told(at: int) -> str:
        row = json.loads(lines[at])
        envelope, reference = row["envelope"], row["fields"].get("reference", {}).get("value")
        return f"{envelope['model']} {reference or envelope['pk']} ({envelope['type']} at {envelope['at']})"

    return Remembered(item["stream"], [digest.hex() for digest in read.hashes[item["stream"]]], told)
