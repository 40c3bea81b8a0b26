"""The instance log and the checkpoints over it, checked leaf by leaf, with the key that had to sign each of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.ledger.keys import signing_key, vkey_of
from compliance.ledger.models import Checkpoint, LogLeaf
from compliance.ledger.proof.checkpoint import BadCheckpoint, verify_checkpoint
from compliance.ledger.proof.merkle import Frontier, leaf_hash
from compliance.ledger.proof.rotation import read_rotation

BATCH = 500


@dataclass(frozen=True)
class Finding:
    """One doubt: where, and what does not agree."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def check_log(heads: dict[str, Frontier], trusted: str) -> Iterator[Finding]:
    """The log of heads and key changes in order, and every checkpoint over it."""
    log, last, signer = Frontier(), {}, Signer(trusted)
    notes = {checkpoint.size: checkpoint for checkpoint in Checkpoint.objects.order_by("size")}
    for leaf in LogLeaf.objects.order_by("index").iterator(BATCH):
        if leaf.index != log.size:
            yield Finding(f"instance log leaf {log.size}", "is gone")
            return
        if leaf_hash(leaf.body.encode()).hex() != leaf.hash:
            yield Finding(f"instance log leaf {leaf.index}", "was changed")
        log.append(bytes.fromhex(leaf.hash))
        if leaf.kind == "key":
            yield from signer.change(leaf)
        else:
            last[leaf.stream] = leaf
        if checkpoint := notes.pop(log.size, None):
            yield from signer.check(checkpoint, log)
    for size in notes:
        yield Finding(f"checkpoint {size}", "vouches for more than the log holds: the database was rolled back or cut")
    yield from _unsigned(log)
    yield from signer.end()
    for stream in heads.keys() | last.keys():
        yield from _head(stream, last.get(stream), heads.get(stream))


class Signer:
    """Which key has to have signed a checkpoint, as one walks along the log."""

    def __init__(self, trusted: str) -> None:
        self.trusted = trusted
        self.key = ""
        self.doubted: set[str] = set()

    def change(self, leaf: LogLeaf) -> Iterator[Finding]:
        """Follow a key change when the key so far vouches for it."""
        place = f"instance log leaf {leaf.index}"
        try:
            made = read_rotation(leaf.body)
        except BadCheckpoint as problem:
            yield Finding(place, f"is a change of the signing key that proves nothing: {problem}")
            return
        if made.old != self.key:
            yield Finding(place, f"is a change of the signing key by {made.old}, which was not the ledger's")
        elif not made.proven and made.new != self.trusted:
            yield Finding(place, f"says the key was lost and {made.new} follows: nobody vouches for it (--trust)")
        if made.old == self.key:
            self.key = made.new

    def check(self, checkpoint: Checkpoint, log: Frontier) -> Iterator[Finding]:
        """A checkpoint against the log as it stood and the key of that time."""
        self.key = self.key or checkpoint.vkey
        if checkpoint.vkey != self.key and checkpoint.vkey not in self.doubted:
            self.doubted.add(checkpoint.vkey)
            problem = f"is signed by {checkpoint.vkey}, and the ledger's key {self.key} vouches for no other"
            yield Finding(f"checkpoint {checkpoint.size}", problem)
        yield from _checkpoint(checkpoint, log)

    def end(self) -> Iterator[Finding]:
        """The key at the end against the one that was given, or lies here."""
        held = signing_key() if self.key else None
        expected = {"trusted": self.trusted, "held here": vkey_of(held) if held else ""}
        for whose, key in expected.items():
            if self.key and key and key != self.key:
                yield Finding("the signing key", f"of the ledger is {self.key}, the one {whose} is {key}")


def _checkpoint(checkpoint: Checkpoint, log: Frontier) -> Iterator[Finding]:
    try:
        size, root = verify_checkpoint(checkpoint.note, checkpoint.vkey)
    except BadCheckpoint as problem:
        yield Finding(f"checkpoint {checkpoint.size}", str(problem))
        return
    if (size, root) != (log.size, log.root()):
        yield Finding(f"checkpoint {checkpoint.size}", "does not vouch for the log as it stands")


def _head(stream: str, head: LogLeaf | None, tree: Frontier | None) -> Iterator[Finding]:
    if tree is None or head is None:
        yield Finding(stream, "has a head without leaves, or leaves without a head")
    elif (head.size, Frontier.from_json(head.frontier).root()) != (tree.size, tree.root()):
        yield Finding(stream, f"holds {tree.size} leaves that do not make its sealed head of {head.size}")


def _unsigned(log: Frontier) -> Iterator[Finding]:
    if log.size and not Checkpoint.objects.filter(size=log.size).exists():
        yield Finding(f"instance log leaf {log.size - 1}", "stands behind the newest checkpoint: nobody signed it")
