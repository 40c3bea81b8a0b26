"""Setting the change history: its blocks in the workers, its older volumes as files of their own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import cache as once
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from compliance.ledger.proof.canonical import canonical
from compliance.packs import cache, sign
from compliance.packs.contents import Contents
from compliance.packs.registry import day
from compliance.packs.render import block, convert, face, fragment, sheets, table
from compliance.packs.render.assemble import Fragment, assemble
from compliance.packs.render.block import Block
from compliance.packs.render.compose import Attachment, compose
from compliance.packs.render.metadata import About
from compliance.packs.render.pool import Workers
from compliance.packs.render.stamp import Running
from compliance.packs.told import Change, told
from compliance.packs.volumes import FILE, Group, Volume, keep_volume, kept_volume, plan, volume_key
from compliance.ui.templatetags.ui import in_words

FEW = 2
Say = Callable[[str, int], None]


class Printer:
    """Sets groups in the workers; those that were set before come from the cache."""

    def __init__(self, contents: Contents, workers: Workers) -> None:
        self.contents, self.history, self.workers = contents, contents.history, workers
        self.plan = plan(contents.history, contents.told, contents.only)
        self.waiting: dict[str, Future[None]] = {}

    def begin(self, groups: Sequence[Group]) -> Iterator[Group]:
        """Have what is missing set, telling which group's turn it is; a few are set here."""
        missing = [group for group in groups if not sheets.has_block(self._key(group))]
        for group in missing:
            yield group
            key, changes = self._key(group), self._changes(group)
            if len(missing) <= FEW:
                sheets.set_block(key, changes, group.slot)
            else:
                title = f"Entries {group.first + 1} to {group.last + 1}"
                work = {"kind": "block", "title": title, "key": key, "changes": changes, "slot": group.slot}
                self.waiting[key] = self.workers.submit(work)

    def blocks(self, groups: Sequence[Group]) -> list[Block]:
        """The groups, set."""
        return [self._block(group) for group in groups]

    def _block(self, group: Group) -> Block:
        key = self._key(group)
        if key in self.waiting:
            self.waiting.pop(key).result()
        found = sheets.kept_block(key)
        return found or sheets.set_block(key, self._changes(group), group.slot)

    def _key(self, group: Group) -> str:
        """By the entries alone, for these can no longer change; a reader outside is shown other words."""
        if self.contents.profile.open:
            return group.key(workshop(), self.history.stream, self.history.rule.key)
        return group.key(workshop(), sha256(canonical(self._changes(group))).hexdigest())

    def _changes(self, group: Group) -> list[Change]:
        seen = self.contents.redactor.change
        return [worded(seen(one)) for piece, numbers in group.parts for one in told(self.history, piece, numbers)]


def worded(change: Mapping[str, Any]) -> Change:
    """A change with its choices and its moment in words, as plain text."""
    at = change["at"]
    fields = [{**item, "name": _words(item["name"])} for item in change["fields"]]
    when = f"{day(at.date())}, {at:%H:%M:%S}"
    plain = {key: change[key] for key in ("seq", "actor", "origin", "kind", "record", "reason", "hash")}
    return {
        **plain,
        "when": when,
        "role": _words(change["role"]),
        "model": _words(change["model"]),
        "fields": fields,
    }


def _words(text: str) -> str:
    return in_words(text) if text else ""


@once
def workshop() -> str:
    """Everything but the entries that decides how the history looks: fonts and programs."""
    digest = sha256(fragment.workshop().encode())
    for module in (block, convert, face, sheets, table):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def volumes_of(contents: Contents, printer: Printer, signer: sign.Signer, say: Say) -> list[Volume]:
    """The older history as files of their own; those that were made before are not touched."""
    return [
        _volume(contents, printer, signer, number, groups, say)
        for number, (_, groups) in enumerate(sorted(printer.plan.older.items()), start=1)
    ]


def _volume(
    contents: Contents, printer: Printer, signer: sign.Signer, number: int, groups: Sequence[Group], say: Say
) -> Volume:
    history = contents.history
    key = volume_key(history, groups)
    found = kept_volume(key, number)
    if found:
        return found
    for group in printer.begin(groups):
        say(f"Change history, entries {group.first + 1} to {group.last + 1}", 10)
    blocks, first = printer.blocks(groups), groups[0].first // FILE * FILE
    lines, count = history.file(first), sum(group.size for group in groups)
    name = contents.shown(contents.then.name)
    context = {"contents": contents, "name": name, "first": first + 1, "last": first + FILE, "count": count}
    html = render_to_string("packs/print/volume.html", {**context, "root": history.root_at(first + FILE)})
    opening = Fragment.open(fragment.fragment(html, title="Change history"))
    title = f"{contents.then.reference} {name}: change history, entries {first + 1} to {first + FILE}"
    date = max(piece.last_at for group in groups for piece, _ in group.parts)
    front = assemble(
        [opening, Fragment.keep(sum(item.pages for item in blocks), {})],
        running=_running(contents, history.root_at(first + FILE), first + FILE),
        about=About(title, contents.organisation.name, "A volume of the change history of evidence packs", date),
        cover=False,
    )
    path = cache.path_of("work", f"{key}.pdf")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = compose(
        front,
        path,
        blocks=blocks,
        at=opening.pages,
        attachments=[
            Attachment.of_deflated(
                "history.jsonl",
                lines.data,
                lines.size,
                lines.adler,
                "application/x-ndjson",
                "The entries of this volume, one a line",
            )
        ],
        date=date,
        seal=sign.seal_with(signer, reason=f"Seal of entries {first + 1} to {first + FILE}", at=datetime.now(UTC)),
    )
    size = path.stat().st_size
    return keep_volume(key, Volume(number, first + 1, first + FILE, count, made.pages, size, made.sha256, path))


def _running(contents: Contents, root: str, size: int) -> Running:
    return Running(
        left=f"{contents.then.reference} · Change history, {contents.shown(contents.then.name)}",
        right=f"Entries {size - FILE + 1} to {size} · {contents.profile.classification}",
        foot=f"Ledger head <span>{root[:16]}</span> after {size} entries",
    )
