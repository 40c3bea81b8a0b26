"""Many fragments into one file: pages, tags, links, bookmarks and attachments put together by pikepdf."""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from compliance.packs.render.metadata import About, describe
from compliance.packs.render.stamp import Running, Stamp

LINK = re.compile(r"pack:(.+)", re.DOTALL)


@dataclass
class Fragment:
    """A rendered part of the pack, opened: its pages and the places in it that can be linked to."""

    pdf: pikepdf.Pdf | None
    places: dict[str, tuple[int, float]] = field(default_factory=dict)
    kept: int = 0

    @classmethod
    def keep(cls, pages: int, places: Mapping[str, int]) -> "Fragment":
        """Room for pages that are put in when the rest is assembled, and on which of them each name stands."""
        return cls(None, {name: (page, 0.0) for name, page in places.items()}, pages)

    @classmethod
    def open(cls, data: bytes) -> "Fragment":
        """Open a fragment WeasyPrint wrote."""
        pdf = pikepdf.open(io.BytesIO(data))
        numbers = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
        names = pdf.Root.get(Name.Names, Dictionary()).get(Name.Dests)
        tree = pikepdf.NameTree(names) if names is not None else {}
        places = {str(name): (numbers[place[0].objgen], float(place[3])) for name, place in tree.items()}
        return cls(pdf, places)

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self.pdf.pages) if self.pdf else self.kept

    @property
    def stands(self) -> dict[str, int]:
        """On which of its pages, from 0, each place stands."""
        return {name: page for name, (page, _) in self.places.items()}


def page_numbers(fragments: Iterable[Fragment]) -> dict[str, int]:
    """Tell for every place that can be linked to on which page (from 1) it will stand; the first of a name counts."""
    found: dict[str, int] = {}
    first = 1
    for item in fragments:
        for name, (page, _) in item.places.items():
            found.setdefault(name, first + page)
        first += item.pages
    return found


def assemble(fragments: list[Fragment], *, running: Running, about: About, cover: bool = True) -> bytes:
    """Put the fragments together into one tagged PDF/A-3a. The same fragments give the same bytes.

    The first page carries no running head when it is a `cover`. Room kept for pages is counted, and left out.
    """
    target = pikepdf.Pdf.new()
    places, total = _places(fragments), sum(item.pages for item in fragments)
    numbers: list[Any] = []
    tags, number = _Tags(target), 1
    for item in fragments:
        if item.pdf:
            numbers.extend(range(number, number + item.pages))
            start = len(target.pages)
            target.pages.extend(item.pdf.pages)
            tags.adopt(item.pdf, start)
        number += item.pages
    tags.hold_field(target.pages[0])
    _link(target, tags, places)
    _bookmark(target, fragments)
    stamp = Stamp(target, running, about.date)
    for number, page in zip(numbers, target.pages, strict=True):
        if number > 1 or not cover:
            stamp.put(page, number, total)
    first = next(item.pdf for item in fragments if item.pdf)
    target.Root.OutputIntents = _output_intents(target, first)
    describe(target, about)
    return _write(target)


def _output_intents(target: pikepdf.Pdf, source: pikepdf.Pdf) -> Array:
    """The colour profile every colour of the file is meant in."""
    intents = [target.copy_foreign(source.make_indirect(intent)) for intent in source.Root.OutputIntents]
    return Array(intents)


def _write(target: pikepdf.Pdf) -> bytes:
    target.remove_unreferenced_resources()
    buffer = io.BytesIO()
    target.save(
        buffer,
        deterministic_id=True,
        min_version="1.7",
        force_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        fix_metadata_version=False,
    )
    return buffer.getvalue()


def _places(fragments: list[Fragment]) -> dict[str, tuple[int, float] | None]:
    """Where every name leads: a page of the target and a height, or None for a page that is put in later."""
    found: dict[str, tuple[int, float] | None] = {}
    first = 0
    for item in fragments:
        for name, (page, top) in item.places.items():
            found.setdefault(name, (first + page, top) if item.pdf else None)
        first += item.pages if item.pdf else 0
    return found


class _Tags:
    """The structure tree of the whole file, grown fragment by fragment."""

    def __init__(self, target: pikepdf.Pdf) -> None:
        self._target = target
        self._next = 0
        self.owners: dict[int, pikepdf.Object] = {}
        self._numbers = Array()
        self._root = target.make_indirect(
            Dictionary(Type=Name.StructTreeRoot, K=Array(), ParentTree=Dictionary(Nums=self._numbers))
        )
        self._document = target.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=self._root, K=Array(), Lang=String("en"))
        )
        self._root.K.append(self._document)
        target.Root.StructTreeRoot = self._root

    def adopt(self, source: pikepdf.Pdf, first: int) -> None:
        """Hang the fragment's tree into the document as a part and renumber what points into it."""
        tree = self._target.copy_foreign(source.Root.StructTreeRoot)
        for part in tree.K:
            part.P, part.S = self._document, Name.Part
            self._document.K.append(part)
        numbers = list(tree.ParentTree.Nums)
        renumbered = {}
        for old, content in zip(numbers[::2], numbers[1::2], strict=True):
            renumbered[int(old)] = self._next
            self._numbers.extend([self._next, content])  # type: ignore[list-item]
            self.owners[self._next] = content
            self._next += 1
        for page in list(self._target.pages)[first:]:
            page.obj.StructParents = renumbered[int(page.obj.StructParents)]
            for note in page.obj.get(Name.Annots, []):
                note.StructParent = renumbered[int(note.StructParent)]
        self._root.ParentTreeNextKey = self._next

    def hold_field(self, page: pikepdf.Page) -> None:
        """The field the seal goes into: drawn nowhere, and all the same tagged and described (ISO 14289-1 7.18)."""
        widget = self._target.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String("Pack"),
                TU=String("The seal of this file"),
                F=132,
                Rect=[0, 0, 0, 0],
                P=page.obj,
                StructParent=self._next,
            )
        )
        seen = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page.obj)
        self._target.Root.AcroForm = Dictionary(Fields=Array([widget]), SigFlags=3)
        part = self._document.K[0]
        form = Dictionary(Type=Name.StructElem, S=Name.Form, P=part, Pg=page.obj, K=Array([seen]))
        form = self._target.make_indirect(form)
        part.K = Array([*(part.K if isinstance(part.K, Array) else [part.K]), form])
        page.obj.Annots = Array([*page.obj.get(Name.Annots, []), widget])
        self._numbers.extend([self._next, form])  # type: ignore[list-item]
        self._next += 1
        self._root.ParentTreeNextKey = self._next


def _link(target: pikepdf.Pdf, tags: _Tags, places: Mapping[str, tuple[int, float] | None]) -> None:
    """Turn links between records into links between pages; a record that is not in the pack becomes plain text."""
    for page in target.pages:
        notes = [note for note in page.obj.get(Name.Annots, []) if _resolve(target, note, tags, places)]
        if notes:
            page.obj.Annots = Array(notes)
        elif Name.Annots in page.obj:
            del page.obj[Name.Annots]
    names = Array()
    for name, place in sorted(places.items()):
        if place:
            names.extend([String(name), _destination(target, place)])
    target.Root.Names = Dictionary(Dests=target.make_indirect(Dictionary(Names=names)))


def _resolve(
    target: pikepdf.Pdf, note: pikepdf.Object, tags: _Tags, places: Mapping[str, tuple[int, float] | None]
) -> bool:
    """Give a link its page; False when it leads to nothing in this pack."""
    aim = _aim(note)
    if not aim:
        return True
    if aim not in places:
        _unlink(note, tags)
        return False
    if Name.A in note:
        del note[Name.A]
    place = places[aim]
    note.Dest = _destination(target, place) if place else String(aim)
    note.Contents = String(f"Go to {aim}")
    return True


def _aim(note: pikepdf.Object) -> str:
    """The name of the place a link wants to go to, or nothing for one that leaves the pack."""
    if Name.Dest in note:
        return str(note.Dest)
    match = LINK.fullmatch(str(note.get(Name.A, Dictionary()).get(Name.URI, "")))
    return match[1] if match else ""


def _unlink(note: pikepdf.Object, tags: _Tags) -> None:
    owner = tags.owners[int(note.StructParent)]
    owner.K = Array([kid for kid in owner.K if not _points_at(kid, note)])
    owner.S = Name.Span
    del note[Name.StructParent]


def _points_at(kid: pikepdf.Object, note: pikepdf.Object) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and Name.Obj in kid and kid.Obj.objgen == note.objgen


def _destination(target: pikepdf.Pdf, place: tuple[int, float]) -> Array:
    page, top = place
    return Array([target.pages[page].obj, Name.XYZ, None, round(top, 2), None])


def _bookmark(target: pikepdf.Pdf, fragments: list[Fragment]) -> None:
    start = 0
    with target.open_outline() as outline:
        for item in fragments:
            if item.pdf:
                numbers = {page.obj.objgen: index for index, page in enumerate(item.pdf.pages)}
                with item.pdf.open_outline() as source:
                    outline.root.extend(_shifted(target, numbers, start, entry) for entry in source.root)
                start += item.pages
    target.Root.PageMode = Name.UseOutlines


def _shifted(target: pikepdf.Pdf, numbers: dict[tuple[int, int], int], start: int, entry: OutlineItem) -> OutlineItem:
    page, _, _, top, _ = entry.destination
    place = (start + numbers[page.objgen], float(top))
    copy = OutlineItem(entry.title, _destination(target, place))
    copy.children.extend(_shifted(target, numbers, start, child) for child in entry.children)
    copy.is_closed = True
    return copy
