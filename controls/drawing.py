"""Choosing items so that anybody can choose them again: only SHA-256 over text, no random generator, no clock.

The rank of an item is SHA-256 over the seed, its line number and its text, joined by line feeds (UTF-8, in hex). A
random sample takes the items of lowest rank.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256

ALGORITHM = "sha256-rank-1"


class CannotDraw(ValueError):
    """The sample asked for cannot be drawn; the message says why."""


def rank(seed: str, position: int, text: str) -> str:
    """The place of an item in the order a seed gives."""
    return sha256(f"{seed}\n{position}\n{text}".encode()).hexdigest()


def at_random(items: Sequence[str], size: int, seed: str, among: Iterable[int] | None = None) -> list[int]:
    """The lines (counted from 1) of a random sample, in their order."""
    lines = range(1, len(items) + 1) if among is None else among
    return sorted(sorted(lines, key=lambda line: rank(seed, line, items[line - 1]))[:size])


def every_nth(items: Sequence[str], size: int, seed: str) -> list[int]:
    """Lines at even distances, from a start the seed gives: SHA-256 of the seed modulo the number of items."""
    count = len(items)
    start = int(sha256(seed.encode()).hexdigest(), 16) % count
    return sorted((start + step * count // size) % count + 1 for step in range(size))


def within_groups(items: Sequence[str], size: int, seed: str, column: int) -> list[int]:
    """A random sample of each group, in proportion to the groups but at least one of each."""
    groups: dict[str, list[int]] = defaultdict(list)
    for line, text in enumerate(items, 1):
        cells = next(csv.reader([text]), [])
        groups[cells[column].strip() if column < len(cells) else ""].append(line)
    if size < len(groups):
        raise CannotDraw(f"There are {len(groups)} groups: draw at least {len(groups)} items, one of each.")
    shares = _shares({name: len(lines) for name, lines in groups.items()}, size)
    return sorted(line for name, lines in groups.items() for line in at_random(items, shares[name], seed, among=lines))


def _shares(counts: dict[str, int], size: int) -> dict[str, int]:
    """How many of each group: one each, then always the group that is furthest behind its share."""
    total, shares = sum(counts.values()), dict.fromkeys(counts, 1)
    for _ in range(size - len(counts)):
        behind = {name: counts[name] * size - shares[name] * total for name in counts if shares[name] < counts[name]}
        shares[max(sorted(behind), key=lambda name: behind[name])] += 1
    return shares
