"""What outside this database remembers of it: handed-out packs and mailed checkpoints. A rolled-back database shows.

An app that hands out proofs registers a reader in its `ledger_witnesses.py`:

    @witness("pack")
    def pack(path: Path) -> Witness | None: ...        # None when the file is none of its kind
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.module_loading import autodiscover_modules

from compliance.ledger.log import Finding
from compliance.ledger.models import Checkpoint, Entry, Leaf, LogLeaf
from compliance.ledger.proof.checkpoint import BadCheckpoint, verify_checkpoint
from compliance.ledger.proof.merkle import Frontier
from compliance.ledger.proof.rotation import read_rotation
from compliance.registry import Registry

NOTE = re.compile(r"^\S+\n(?:0|[1-9]\d*)\n[A-Za-z0-9+/=]+\n\n\u2014 \S+ [A-Za-z0-9+/=]+\n", re.MULTILINE)


class NotAWitness(ValueError):
    """The file holds nothing to compare the ledger with; the message says why."""


@dataclass(frozen=True)
class Remembered:
    """A stream as it was: the leaf hashes (hex) from its first entry on, and what each was about."""

    stream: str
    leaves: list[str]
    told: Callable[[int], str] = str


@dataclass(frozen=True)
class Witness:
    """What one file remembers."""

    name: str
    checkpoints: list[str] = field(default_factory=list)
    streams: list[Remembered] = field(default_factory=list)


readers: Registry[Callable[[Path], Witness | None]] = Registry("ledger witness")


def witness(key: str) -> Callable[..., Callable[[Path], Witness | None]]:
    """Register a reader of files that remember the ledger."""

    def register(read: Callable[[Path], Witness | None]) -> Callable[[Path], Witness | None]:
        return readers.add(key, read)

    return register


def read(path: Path) -> Witness:
    """What a file remembers: a pack, or a text in which a checkpoint stands. Raises NotAWitness."""
    autodiscover_modules("ledger_witnesses")
    try:
        for reader in readers:
            if (found := reader(path)) is not None:
                return found
        return read_text(path.name, path.read_bytes().decode("utf-8", "replace"))
    except OSError as error:
        raise NotAWitness(f"{path}: {error.strerror}") from error


def read_text(name: str, text: str) -> Witness:
    """The checkpoints in a text, such as the mail they came in; quoting and line ends of mail programs are undone."""
    plain = "".join(f"{line.lstrip('> ').rstrip()}\n" for line in text.splitlines())
    if not (notes := NOTE.findall(plain)):
        raise NotAWitness(f"{name} holds no checkpoint: three lines, a blank one, and a line that begins with a dash")
    return Witness(name, notes)


def compare(remembered: Witness) -> Iterator[Finding]:
    """Where the ledger is shorter than, or another one than, what a witness remembers."""
    for stream in remembered.streams:
        yield from _stream(remembered.name, stream)
    for note in dict.fromkeys(remembered.checkpoints):
        yield from _checkpoint(remembered.name, note)


def _stream(name: str, then: Remembered) -> Iterator[Finding]:
    now = list(Leaf.objects.filter(stream=then.stream).order_by("seq").values_list("hash", flat=True))
    at = next((at for at, pair in enumerate(zip(now, then.leaves, strict=False)) if pair[0] != pair[1]), None)
    if at is not None:
        yield Finding(f"{then.stream} entry {at}", f"is another one than in {name}, which has {then.told(at)} there")
    elif len(now) < len(then.leaves):
        waiting = Entry.objects.unsealed().in_streams(then.stream).count()
        yield Finding(
            then.stream,
            f"holds {len(now)} sealed entries ({waiting} more wait for the seal), {name} holds {len(then.leaves)}: the "
            f"database was rolled back or cut. The first that is missing is entry {len(now)}: {then.told(len(now))}",
        )


def _checkpoint(name: str, note: str) -> Iterator[Finding]:
    size = note.split("\n")[1]
    place = f"the checkpoint of {size} log leaves in {name}"
    signed = None
    for vkey in _keys():
        try:
            signed = verify_checkpoint(note, vkey)
        except BadCheckpoint:
            continue
    if signed is None:
        yield Finding(place, "is signed by none of this ledger's keys")
        return
    tree = _tree(signed[0])
    if tree.size < signed[0]:
        yield Finding(place, f"vouches for more than the {tree.size} leaves there are: the database was rolled back")
    elif tree.root() != signed[1]:
        yield Finding(place, "vouches for another log: history was rewritten")


def _keys() -> list[str]:
    """Every key that ever signed here, by what the checkpoints and the key changes say."""
    keys = dict.fromkeys(Checkpoint.objects.order_by().values_list("vkey", flat=True).distinct())
    for leaf in LogLeaf.objects.filter(kind="key"):
        try:
            made = read_rotation(leaf.body)
        except BadCheckpoint:
            continue
        keys |= dict.fromkeys((made.old, made.new))
    return list(keys)


def _tree(size: int) -> Frontier:
    tree = Frontier()
    for text in LogLeaf.objects.filter(index__lt=size).order_by("index").values_list("hash", flat=True).iterator():
        tree.append(bytes.fromhex(text))
    return tree
