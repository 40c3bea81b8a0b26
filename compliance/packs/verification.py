"""Checking a pack inside the installation: what the offline verifier says, then whether our own records agree."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from compliance.jobs.registry import JobFailed
from compliance.ledger.models import Checkpoint, Leaf
from compliance.packs.models import EvidencePack
from compliance.packs.verifier.checks import report
from compliance.packs.verifier.history import HASH, check_history
from compliance.packs.verifier.pack import Pack


def verify_file(path: Path) -> tuple[int, list[str]]:
    """Check the pack in `path`; return the exit code (0 genuine and ours, 1 not, 2 unreadable) and the report."""
    code, lines = report(str(path))
    if code:
        return code, lines
    reasons = list(disagreements(path))
    if reasons:
        return 1, [*lines, "", *(f"NOT OURS: {reason}." for reason in reasons)]
    return 0, [*lines, "", "  ok  Records     this installation's own ledger and records agree."]


def refuse_doubtful(*paths: Path) -> None:
    """Raise JobFailed unless the verifier accepts the files: nobody is handed a pack it refuses."""
    for path in paths:
        code, lines = report(str(path))
        if code:
            raise JobFailed(
                f"It was not issued: its own check refuses {path.name} ({lines[-1]}) "
                "Ask for the issue again; when that happens twice, show this to whoever runs Assay."
            )


def disagreements(path: Path) -> Iterator[str]:
    """Tell what in this installation speaks against a pack that is genuine in itself."""
    pack = Pack(str(path))
    about = pack.manifest["pack"]
    if not Checkpoint.objects.filter(vkey=pack.key).exists():
        yield f"it is signed by {pack.key}, which never signed this installation's ledger"
    for stream in pack.proof["streams"]:
        yield from _stream_disagrees(pack, stream)
    row = EvidencePack.objects.filter(content_sha256=pack.manifest["content"], reference=about["reference"]).first()
    if row is None:
        yield f"{about['reference']} with this content is not among the packs built here"
    elif path.is_file() and sha256(path.read_bytes()).hexdigest() not in {row.pdf_id, row.archive_id}:
        yield f"the file is not one of the two kept for {row.reference}"


def _stream_disagrees(pack: Pack, stream: dict[str, Any]) -> Iterator[str]:
    if not pack.hashes:
        check_history(pack)
    theirs = pack.hashes[stream["stream"]]
    known = Leaf.objects.filter(stream=stream["stream"], seq__lt=stream["size"]).order_by("seq")
    ours = b"".join(bytes.fromhex(text) for text in known.values_list("hash", flat=True).iterator())
    if len(ours) < len(theirs):
        counts = f"{len(theirs) // HASH} entries of {stream['stream']}, the ledger only {len(ours) // HASH}"
        yield f"it holds {counts}: was an old backup restored?"
    elif ours != theirs:
        at = next(at for at in range(0, len(theirs), HASH) if ours[at : at + HASH] != theirs[at : at + HASH])
        yield f"entry {at // HASH + 1} of {stream['stream']} is another one in the ledger: one of the two was rewritten"
