"""A piece of the history on paper: set by us, or by WeasyPrint when it holds signs that take fonts or shaping."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from compliance.packs import cache
from compliance.packs.render.block import Block, block_of
from compliance.packs.render.fragment import fragment
from compliance.packs.render.table import TITLES, WIDTHS, set_table, settable

Change = Mapping[str, Any]


def set_block(key: str, changes: Sequence[Change], slot: int) -> Block:
    """Set changes and keep the block under `key`."""
    title = f"Entries {changes[0]['seq']} to {changes[-1]['seq']}"
    if settable(changes):
        block = block_of(set_table(changes), slot)
    else:
        from compliance.packs.render.convert import block_of_pdf

        block = block_of_pdf(fragment(_html(changes), title=title), slot)
    cache.keep(_path(key), block.dump())
    return block


def has_block(key: str) -> bool:
    """Whether there is a block kept under `key`."""
    return _path(key).exists()


def kept_block(key: str) -> Block | None:
    """The block kept under `key`."""
    data = cache.read(_path(key))
    return None if data is None else Block.load(data)


def _path(key: str) -> Path:
    return cache.path_of("blocks", key[:2], f"{key}.block")


def _html(changes: Iterable[Change]) -> str:
    columns = "".join(f'<col style="width: {width:.1f}pt">' for width in WIDTHS)
    heads = "".join(f'<th scope="col">{title}</th>' for title in TITLES)
    seen: set[str] = set()
    rows = "".join(f"<tr>{_row(change, seen)}</tr>" for change in changes)
    return (
        f'<section class="wide"><table class="zebra"><colgroup>{columns}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _row(change: Change, seen: set[str]) -> str:
    record, what = escape(change["record"]), escape(f"{change['model']} {change['kind']}")
    place = f' id="{record}"' if record and record not in seen else ""
    seen.add(record)
    link = f'<a href="pack:{record}">{record}</a><br>' if record else ""
    role = f"{change['role']}, " if change["role"] else ""
    fields = " · ".join(
        escape(f"{item['name']}: {item['old'] + ' → ' if item['old'] else ''}{item['new'] or '(empty)'}")
        for item in change["fields"]
    )
    cells = (
        str(change["seq"]),
        f"{escape(change['when'])}<br>{escape(change['actor'])} {escape(role + change['origin'])}",
        f"{link}{what[:1].upper()}{what[1:]}",
        fields,
        escape(change["reason"]),
        f'<span class="hash">{change["hash"][:32]}<br>{change["hash"][32:]}</span>',
    )
    return "".join(f"<td{place if at == 2 else ''}>{text}</td>" for at, text in enumerate(cells))
