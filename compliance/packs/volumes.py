"""The change history on paper: pieces of 500 entries, at most 10,000 in the first file, the older ones in volumes.

A piece that is full, and a volume that is full, are made once: they are kept by the hashes of the entries they print.
"""

import json
from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from compliance.ledger.proof.canonical import canonical
from compliance.packs import cache
from compliance.packs.history import FILE, HASH, PIECE, History, Piece
from compliance.packs.registry import Period
from compliance.packs.render.block import SLOTS

FEW = 4


@dataclass
class Group:
    """Entries set together: a full piece, or what the period leaves of several."""

    parts: list[tuple[Piece, list[int]]]
    slot: int = 0

    @property
    def size(self) -> int:
        """How many entries."""
        return sum(len(chosen) for _, chosen in self.parts)

    @property
    def first(self) -> int:
        """The number of the first entry, from 0."""
        return self.parts[0][1][0]

    @property
    def last(self) -> int:
        """The number of the last entry."""
        return self.parts[-1][1][-1]

    def key(self, *more: str) -> str:
        """What decides how the group looks: the entries, and everything that sets them."""
        digest = sha256(canonical([self.slot, *more]))
        for piece, chosen in self.parts:
            for number in chosen:
                start = (number - piece.first) * HASH
                digest.update(b"%d" % number + piece.leaves[start : start + HASH])
        return digest.hexdigest()


@dataclass(frozen=True)
class Volume:
    """A file of older history: entries `first` to `last` (from 1), `count` of them of the period."""

    number: int
    first: int
    last: int
    count: int
    pages: int
    size: int
    sha256: str
    path: Path = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """Its path in the ZIP."""
        return f"volumes/{self.stem}.pdf"

    @property
    def stem(self) -> str:
        """Its name: the entries it holds, so that it is called the same in every pack."""
        return f"history-{self.first:07}-{self.last:07}"

    @property
    def entry(self) -> dict[str, Any]:
        """What the manifest says of it."""
        told = asdict(self)
        told.pop("path")
        return {**told, "path": self.name}


@dataclass(frozen=True)
class Plan:
    """Which entries are printed where."""

    printed: int
    here: list[Group]
    older: dict[int, list[Group]]


def plan(history: History, period: Period, only: Container[int] | None = None) -> Plan:
    """Share the entries of the period out: all into the first file when it has room, else the older into volumes."""
    chosen = [(piece, numbers) for piece in history.pieces if (numbers := piece.within(period, only))]
    printed = sum(len(numbers) for _, numbers in chosen)
    if printed <= FILE:
        return Plan(printed, _slotted(_groups(chosen)), {})
    by_file: dict[int, list[tuple[Piece, list[int]]]] = {}
    for piece, numbers in chosen:
        by_file.setdefault(piece.first // FILE, []).append((piece, numbers))
    here = by_file.pop(history.older // FILE, [])
    return Plan(printed, _slotted(_groups(here)), {at: _slotted(_groups(found)) for at, found in by_file.items()})


def _groups(chosen: Sequence[tuple[Piece, list[int]]]) -> list[Group]:
    """Full pieces by themselves, the others joined."""
    found: list[Group] = []
    for piece, numbers in chosen:
        full = len(numbers) == PIECE
        if full or not found or found[-1].size + len(numbers) > PIECE:
            found.append(Group([(piece, numbers)]))
        else:
            found[-1].parts.append((piece, numbers))
    return found


def _slotted(groups: list[Group]) -> list[Group]:
    """Give each group a slot of its own. Many keep the one their entries decide; few stand close, in a small file."""
    taken: set[int] = set()
    for at, group in enumerate(groups):
        slot = group.parts[0][0].index % SLOTS if len(groups) > FEW else at
        while slot in taken:
            slot = (slot + 1) % SLOTS
        group.slot = slot
        taken.add(slot)
    return groups


def kept_volume(key: str, number: int) -> Volume | None:
    """A volume made before: by its entries alone, whatever programs are newer since."""
    told_of, path = cache.read(_place(key, "json")), _place(key, "pdf")
    if told_of is None or not path.exists():
        return None
    found = Volume(**{**json.loads(told_of), "number": number}, path=path)
    with path.open("rb") as stream:
        return found if file_digest(stream, "sha256").hexdigest() == found.sha256 else None


def keep_volume(key: str, volume: Volume) -> Volume:
    """Keep a volume that was just written: the file first, then the word that it is there."""
    path = _place(key, "pdf")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    volume.path.replace(path)
    facts = asdict(volume)
    facts.pop("path")
    cache.keep(_place(key, "json"), canonical(facts))
    return Volume(**facts, path=path)


def volume_key(history: History, groups: Sequence[Group]) -> str:
    """What decides a volume: its entries and what is shown of them."""
    digest = sha256(canonical([history.stream, history.rule.key]))
    for group in groups:
        digest.update(group.key().encode())
    return digest.hexdigest()


def _place(key: str, ending: str) -> Path:
    return cache.path_of("volumes", f"{key}.{ending}")
