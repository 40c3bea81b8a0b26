"""The history as a pack carries it, read 500 entries at a time: never is all of it in memory.

A piece of 500 entries can no longer change: it is read once and kept, as its leaf hashes and moments and as its lines,
deflated. Every 10,000 entries make a file of the pack, and that is kept too.
"""

import json
import zlib
from array import array
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import Any

from compliance.jobs.registry import JobFailed
from compliance.ledger import sealing
from compliance.ledger.keys import NoKey
from compliance.ledger.models import Entry, Leaf, LogLeaf, Redaction
from compliance.ledger.proof.canonical import canonical
from compliance.ledger.proof.entries import commitment
from compliance.ledger.proof.merkle import Frontier, consistency_proof, verify_consistency
from compliance.ledger.proofs import NothingSealed, StreamProof, export, prove
from compliance.packs import cache
from compliance.packs.registry import Period

PIECE, FILE = 500, 10_000
HASH = 32
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]
COUNT = 8  # bytes before the lines of a piece that tell how many of its values are withheld


@dataclass(frozen=True)
class Rule:
    """What a reader does not see of a history: `hidden(model, field)`. `key` names the rule for what is kept."""

    key: str
    hidden: Callable[[str, str], bool]


ALL = Rule("all", lambda model, name: False)


@dataclass(frozen=True)
class Piece:
    """Up to 500 entries: their leaf hashes, one after the other, and their moments in microseconds."""

    index: int
    leaves: bytes
    moments: "array[int]"

    @property
    def first(self) -> int:
        """The number of its first entry, from 0."""
        return self.index * PIECE

    @property
    def size(self) -> int:
        """How many entries."""
        return len(self.moments)

    @property
    def last_at(self) -> datetime:
        """When its newest entry was made."""
        return EPOCH + timedelta(microseconds=max(self.moments))

    def within(self, period: Period, only: Container[int] | None = None) -> list[int]:
        """The numbers of its entries of the period, of those in `only` if that is given."""
        if only is not None:
            return [number for number in self.within(period) if number in only]
        since, until = (_micros(moment) for moment in (period.since, period.until))
        if since <= min(self.moments) and max(self.moments) < until:
            return list(range(self.first, self.first + self.size))
        return [self.first + at for at, moment in enumerate(self.moments) if since <= moment < until]


@dataclass(frozen=True)
class Lines:
    """A file of the history, deflated: a ZIP and a PDF carry it as it is. Size and hashes are of the plain text."""

    first: int
    count: int
    data: bytes = field(repr=False)
    size: int
    sha256: str
    crc: int
    adler: int


@dataclass(frozen=True)
class History:
    """The first entries of a stream, up to a moment. What the rule hides shows its commitment only."""

    stream: str
    pieces: list[Piece] = field(repr=False)
    rule: Rule = ALL

    @property
    def size(self) -> int:
        """How many entries."""
        return sum(piece.size for piece in self.pieces)

    @cached_property
    def root(self) -> str:
        """The root over all of them, hex."""
        return self.root_at(self.size)

    def root_at(self, size: int) -> str:
        """The root over the first `size` of them, hex."""
        tree = Frontier()
        for leaf in islice(self.hashes(), size):
            tree.append(leaf)
        return tree.root().hex()

    @property
    def head(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"stream": self.stream, "size": self.size, "root": self.root}

    @property
    def older(self) -> int:
        """How many entries stand in files that are full; the newest file holds the 1 to 10,000 after them."""
        return max(self.size - 1, 0) // FILE * FILE

    def hashes(self, since: int = 0) -> Iterator[bytes]:
        """The leaf hashes from entry `since` on."""
        for piece in self.pieces[since // PIECE :]:
            for at in range(max(since - piece.first, 0), piece.size):
                yield piece.leaves[at * HASH : at * HASH + HASH]

    def leaves(self, upto: int) -> bytes:
        """The leaf hashes of the entries before `upto`, one after the other."""
        return b"".join(piece.leaves for piece in self.pieces[: -(-upto // PIECE)])[: upto * HASH]

    def rows(self, piece: Piece) -> list[Row]:
        """The entries of a piece, as exported and as the reader sees them."""
        found = export(self.stream, since=piece.first, upto=piece.first + piece.size)
        return [{**row, "fields": self._shown(row)} for row in found]

    def after(self, moment: datetime) -> Iterator[Row]:
        """The entries made after a moment, in order."""
        limit = _micros(moment)
        for piece in self.pieces:
            if max(piece.moments) > limit:
                yield from (row for row, at in zip(self.rows(piece), piece.moments, strict=True) if at > limit)

    def text(self) -> Iterator[str]:
        """The lines of one piece after the other."""
        for piece in self.pieces:
            yield _unpacked(self._packed(piece)[1]).decode()

    @property
    def hidden(self) -> int:
        """How many values the rule hides."""
        return sum(self._packed(piece)[0] for piece in self.pieces)

    def _shown(self, row: Row) -> dict[str, Any]:
        model, fields = row["envelope"]["model"], {}
        for name, shown in row["fields"].items():
            if "value" in shown and self.rule.hidden(model, name):
                shown = {"commitment": commitment(bytes.fromhex(shown["salt"]), name, shown["value"])}
            fields[name] = shown
        return fields

    def files(self) -> Iterator[Lines]:
        """All entries as files of at most 10,000 lines, oldest first."""
        for first in range(0, self.older, FILE):
            yield self.file(first)
        yield self._joined(self.older, self.size - self.older)

    def file(self, first: int) -> Lines:
        """The full file that begins at entry `first`, made once."""
        path = cache.path_of(*self._folder, f"{first // FILE:05}-{self._fingerprint(first, FILE)}.file")
        kept = cache.read(path)
        if kept is not None:
            head, _, data = kept.partition(b"\n")
            return Lines(first, FILE, data, *json.loads(head))
        made = self._joined(first, FILE)
        cache.keep(path, canonical([made.size, made.sha256, made.crc, made.adler]) + b"\n" + made.data)
        return made

    def _joined(self, first: int, count: int) -> Lines:
        """Pieces end on a whole byte, so one after the other they are one deflated text."""
        parts, digest, size, crc, adler = [], sha256(), 0, 0, 1
        for piece in self.pieces[first // PIECE : (first + count + PIECE - 1) // PIECE]:
            parts.append(self._packed(piece)[1])
            text = _unpacked(parts[-1])
            digest.update(text)
            size, crc, adler = size + len(text), zlib.crc32(text, crc), zlib.adler32(text, adler)
        return Lines(first, count, b"".join(parts) + b"\x03\x00", size, digest.hexdigest(), crc, adler)

    def _packed(self, piece: Piece) -> tuple[int, bytes]:
        """How many values of a piece are hidden, and its lines, deflated; kept when it is full."""
        full = piece.size == PIECE
        path = cache.path_of(*self._folder, f"{piece.index:06}-{self._fingerprint(piece.first, piece.size)}.lines")
        kept = cache.read(path) if full else None
        if kept is None:
            packer, rows = zlib.compressobj(6, zlib.DEFLATED, -15), self.rows(piece)
            count = sum("commitment" in shown for row in rows for shown in row["fields"].values())
            lines = b"".join(packer.compress(_line(row)) for row in rows) + packer.flush(zlib.Z_FULL_FLUSH)
            kept = count.to_bytes(COUNT, "big") + lines
            if full:
                cache.keep(path, kept)
        return int.from_bytes(kept[:COUNT], "big"), kept[COUNT:]

    @property
    def _folder(self) -> tuple[str, ...]:
        return "history", _slug(self.stream), self.rule.key

    def _fingerprint(self, first: int, count: int) -> str:
        pieces = self.pieces[first // PIECE : (first + count + PIECE - 1) // PIECE]
        return sha256(b"".join(piece.leaves for piece in pieces)).hexdigest()[:32]


def history_of(stream: str, at: datetime) -> History:
    """Read everything recorded in `stream` up to `at`, sealing first what is not yet sealed."""
    if Entry.objects.unsealed().in_streams(stream).filter(at__lte=at).exists():
        _seal()
    last = Leaf.objects.filter(stream=stream, entry__at__lte=at).order_by("-seq").first()
    size = last.seq + 1 if last else 0
    history = History(stream, _pieces(stream, size))
    if not _is_sealed(history):  # what was kept is of a ledger that was rolled back: read it again
        forget(stream)
        history = History(stream, _pieces(stream, size))
        if not _is_sealed(history):
            raise JobFailed(f"The history of {stream} does not fit its sealed head: run manage.py verify_ledger.")
    return history


def withhold(history: History, rule: Rule) -> History:
    """The history as a reader sees it for whom `rule` hides fields: carried by their commitments."""
    return replace(history, rule=rule)


def heed_erasures() -> None:
    """Drop everything kept when a value was erased since: it may hold that value, in whatever words."""
    path, now = cache.path_of("erasures"), str(Redaction.objects.count()).encode()
    if cache.read(path) != now:
        for folder in ("history", "blocks", "volumes", "fragments"):
            cache.forget(folder)
        cache.keep(path, now)


def forget(stream: str) -> None:
    """Drop what is kept of a stream: it is of a ledger that was rolled back."""
    cache.forget("history", _slug(stream))


def prove_history(history: History) -> dict[str, Any]:
    """Prove that `history` is the beginning of what the signed log vouches for."""
    proof = _proof(history)
    return {
        **history.head,
        "consistency": _steps(history, proof.size),
        "head": proof.head,
        "index": proof.index,
        "inclusion": proof.inclusion,
        "checkpoint": proof.checkpoint,
    }


def _proof(history: History) -> StreamProof:
    """The head of just this history when there is one, else the newest."""
    try:
        return prove(history.stream, size=history.size)
    except NothingSealed:
        return prove(history.stream)


def _steps(history: History, size: int) -> list[str]:
    if history.size == size:
        return []
    later = Leaf.objects.filter(stream=history.stream, seq__gte=history.size, seq__lt=size).order_by("seq")
    hashes = [*history.hashes(), *(bytes.fromhex(text) for text in later.values_list("hash", flat=True))]
    return [step.hex() for step in consistency_proof(history.size, hashes)]


def _is_sealed(history: History) -> bool:
    """Tell whether the ledger's heads bear out what we hold."""
    heads = LogLeaf.objects.filter(kind="head", stream=history.stream, size__gte=history.size)
    head = heads.order_by("size").first()
    if head is None or not history.size:
        return not history.size
    steps = [bytes.fromhex(step) for step in _steps(history, head.size)]
    top = Frontier.from_json(head.frontier).root()
    return verify_consistency(history.size, head.size, bytes.fromhex(history.root), top, steps)


def _pieces(stream: str, size: int) -> list[Piece]:
    return [_piece(stream, index, min(PIECE, size - index * PIECE)) for index in range(-(-size // PIECE))]


def _piece(stream: str, index: int, count: int) -> Piece:
    path = cache.path_of("history", _slug(stream), f"{index:06}.leaves")
    kept = cache.read(path) if count == PIECE else None
    if kept is None:
        first = index * PIECE
        found = Leaf.objects.filter(stream=stream, seq__gte=first, seq__lt=first + count).order_by("seq")
        pairs = list(found.values_list("hash", "entry__at"))
        moments = array("q", (_micros(at) for _, at in pairs))
        kept = b"".join(bytes.fromhex(text) for text, _ in pairs) + moments.tobytes()
        if count == PIECE:
            cache.keep(path, kept)
    return Piece(index, kept[: count * HASH], array("q", kept[count * HASH :]))


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj(-15).decompress(data)


def _line(row: Row) -> bytes:
    return canonical({key: row[key] for key in ("seq", "envelope", "fields")}) + b"\n"


def _slug(stream: str) -> str:
    return sha256(stream.encode()).hexdigest()[:32]


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _seal() -> None:
    try:
        sealing.seal()
    except NoKey as error:
        raise JobFailed(str(error)) from error
