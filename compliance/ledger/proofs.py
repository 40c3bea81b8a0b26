"""A stream with the proof that it is whole: what a pack carries and the offline verifier checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.ledger.leaves import disclosure, history_rows
from compliance.ledger.models import Checkpoint, Leaf, LogLeaf
from compliance.ledger.proof.merkle import Frontier, consistency_proof, inclusion_proof


class NothingSealed(LookupError):
    """The stream has no sealed entry yet."""


@dataclass(frozen=True)
class StreamProof:
    """The newest head of a stream, its place in the instance log, and the signed checkpoint over that log.

    `head` is the canonical text of the log leaf; hashes are hex.
    """

    stream: str
    size: int
    root: str
    head: str
    index: int
    inclusion: list[str]
    checkpoint: str
    vkey: str
    log_size: int


def prove(stream: str, *, size: int | None = None) -> StreamProof:
    """Prove the stream's newest head, or its head of `size` entries. Raises NothingSealed."""
    heads = LogLeaf.objects.filter(kind="head", stream=stream)
    head = heads.filter(size=size).first() if size is not None else heads.order_by("-index").first()
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if head is None or checkpoint is None:
        raise NothingSealed(f"Nothing of {stream} is sealed yet.")
    hashes = log_hashes(checkpoint.size)
    return StreamProof(
        stream=stream,
        size=head.size,
        root=_root_of(head),
        head=head.body,
        index=head.index,
        inclusion=[step.hex() for step in inclusion_proof(head.index, hashes)],
        checkpoint=checkpoint.note,
        vkey=checkpoint.vkey,
        log_size=checkpoint.size,
    )


def prove_rotations(checkpoint: str) -> list[dict[str, Any]]:
    """Prove every change of the signing key the log of `checkpoint` (a note) holds, oldest first."""
    size = int(checkpoint.split("\n")[1])
    found = list(LogLeaf.objects.filter(kind="key", index__lt=size).order_by("index"))
    hashes = log_hashes(size) if found else []
    return [
        {
            "leaf": leaf.body,
            "index": leaf.index,
            "inclusion": [step.hex() for step in inclusion_proof(leaf.index, hashes)],
        }
        for leaf in found
    ]


def prove_consistency(first: int, second: int) -> list[str]:
    """Prove that the instance log of `second` leaves continues the one of `first`."""
    return [step.hex() for step in consistency_proof(first, log_hashes(second))]


def log_hashes(size: int) -> list[bytes]:
    """The leaf hashes of the instance log up to `size`."""
    found = LogLeaf.objects.filter(index__lt=size).order_by("index").values_list("hash", flat=True)
    return [bytes.fromhex(text) for text in found]


def export(stream: str, *, upto: int, since: int = 0, batch: int = 500) -> Iterator[dict[str, Any]]:
    """Yield the sealed rows `since` <= seq < `upto` of a stream: seq, leaf hash, envelope, fields with salts."""
    for start in range(since, upto, batch):
        leaves = list(
            Leaf.objects.filter(stream=stream, seq__gte=start, seq__lt=min(start + batch, upto))
            .select_related("entry", "fields")
            .order_by("seq")
        )
        rows = history_rows([leaf.entry for leaf in leaves])
        for leaf in leaves:
            row = rows[leaf.entry.model, leaf.entry.history_id]
            yield {"seq": leaf.seq, "leaf": leaf.hash, **disclosure(leaf.entry.model, row, leaf.fields.names)}


def _root_of(head: LogLeaf) -> str:
    return Frontier.from_json(head.frontier).root().hex()
