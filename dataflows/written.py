"""A text written here, cut into what a page draws: headings (#), points (- or *), paragraphs. It is never markup."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

HEADING, POINTS, PARAGRAPH = "heading", "points", "paragraph"


class Block(NamedTuple):
    """A piece of a text and its lines."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The pieces of a text in order."""
    return [Block(kind, tuple(_bare(line, kind) for line in lines)) for kind, lines in _grouped(text) if kind]


def _grouped(text: str) -> Iterator[tuple[str, list[str]]]:
    for kind, lines in groupby(text.splitlines(), _kind):
        if kind == HEADING:
            yield from ((HEADING, [line]) for line in lines)
        else:
            yield kind, list(lines)


def _kind(line: str) -> str:
    bare = line.strip()
    if not bare:
        return ""
    if bare.startswith("#"):
        return HEADING
    return POINTS if bare.startswith(("- ", "* ")) else PARAGRAPH


def _bare(line: str, kind: str) -> str:
    bare = line.strip()
    return bare.lstrip("#").strip() if kind == HEADING else bare[2:].strip() if kind == POINTS else bare
