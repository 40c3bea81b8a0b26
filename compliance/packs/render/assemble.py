"""Many fragments into one file: pages, tags, links, bookmarks and attachments put together by pikepdf."""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from compliance.packs.render.metadata import About, describe, pdf_date
from compliance.packs.render.stamp import Running, Stamp

LINK = re.compile(r"pack:(.+)", re.DOTALL)


@dataclass
class Fragment:
    """A rendered part of the pack, opened: its pages and the places in it that can be linked to."""

    pdf: pikepdf.Pdf
    places: dict[str, tuple[int, float]] = field(default_factory=dict)

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
        return len(self.pdf.pages)


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside the PDF."""

    name: str
    data: bytes
    content_type: str
    description: str
    relationship: str = "Data"


def page_numbers(fragments: Iterable[Fragment]) -> dict[str, int]:
    """Tell for every place that can be linked to on which page (from 1) it will stand; the first of a name counts."""
    found: dict[str, int] = {}
    first = 1
    for item in fragments:
        for name, (page, _) in item.places.items():
            found.setdefault(name, first + page)
        first += item.pages
    return found


def assemble(
    fragments: list[Fragment], *, running: Running, about: About, attachments: list[Attachment], cover: bool = True
) -> bytes:
    """Put the fragments together into one tagged PDF/A-3a. The same fragments give the same bytes.

    The first page carries no running head when it is a `cover`.
    """
    target = pikepdf.Pdf.new()
    places = _places(fragments)
    tags = _Tags(target)
    starts = []
    for item in fragments:
        starts.append(len(target.pages))
        target.pages.extend(item.pdf.pages)
        tags.adopt(item, starts[-1])
    _link(target, tags, places)
    _bookmark(target, fragments, starts)
    stamp = Stamp(target, running)
    for number, page in enumerate(target.pages, start=1):
        if number > 1 or not cover:
            stamp.put(page, number, len(target.pages))
    target.Root.OutputIntents = _output_intents(target, fragments[0].pdf)
    _attach(target, attachments, about.date)
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


def _places(fragments: list[Fragment]) -> dict[str, tuple[int, float]]:
    found: dict[str, tuple[int, float]] = {}
    first = 0
    for item in fragments:
        for name, (page, top) in item.places.items():
            found.setdefault(name, (first + page, top))
        first += item.pages
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

    def adopt(self, item: Fragment, first: int) -> None:
        """Hang the fragment's tree into the document as a part and renumber what points into it."""
        tree = self._target.copy_foreign(item.pdf.Root.StructTreeRoot)
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


def _link(target: pikepdf.Pdf, tags: _Tags, places: Mapping[str, tuple[int, float]]) -> None:
    """Turn links between records into links between pages; a record that is not in the pack becomes plain text."""
    for page in target.pages:
        notes = [note for note in page.obj.get(Name.Annots, []) if _resolve(target, note, tags, places)]
        if notes:
            page.obj.Annots = Array(notes)
        elif Name.Annots in page.obj:
            del page.obj[Name.Annots]
    names = Array()
    for name in sorted(places):
        names.extend([String(name), _destination(target, places[name])])
    target.Root.Names = Dictionary(Dests=target.make_indirect(Dictionary(Names=names)))


def _resolve(target: pikepdf.Pdf, note: pikepdf.Object, tags: _Tags, places: Mapping[str, tuple[int, float]]) -> bool:
    """Give a link its page; False when it leads to nothing in this pack."""
    aim = _aim(note)
    if not aim:
        return True
    if aim not in places:
        _unlink(note, tags)
        return False
    if Name.A in note:
        del note[Name.A]
    note.Dest = _destination(target, places[aim])
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


def _bookmark(target: pikepdf.Pdf, fragments: list[Fragment], starts: list[int]) -> None:
    with target.open_outline() as outline:
        for item, start in zip(fragments, starts, strict=True):
            numbers = {page.obj.objgen: index for index, page in enumerate(item.pdf.pages)}
            with item.pdf.open_outline() as source:
                outline.root.extend(_shifted(target, numbers, start, entry) for entry in source.root)
    target.Root.PageMode = Name.UseOutlines


def _shifted(target: pikepdf.Pdf, numbers: dict[tuple[int, int], int], start: int, entry: OutlineItem) -> OutlineItem:
    page, _, _, top, _ = entry.destination
    place = (start + numbers[page.objgen], float(top))
    copy = OutlineItem(entry.title, _destination(target, place))
    copy.children.extend(_shifted(target, numbers, start, child) for child in entry.children)
    copy.is_closed = True
    return copy


def _attach(target: pikepdf.Pdf, attachments: list[Attachment], date: datetime) -> None:
    """Attach the machine-readable twin. All dates are the request's, so the bytes do not depend on the clock."""
    specs, names = Array(), Array()
    for item in sorted(attachments, key=lambda attachment: attachment.name):
        stream = target.make_stream(item.data)
        stream.Type, stream.Subtype = Name.EmbeddedFile, Name(f"/{item.content_type}")
        stream.Params = Dictionary(
            Size=len(item.data),
            CreationDate=String(pdf_date(date)),
            ModDate=String(pdf_date(date)),
            CheckSum=String(md5(item.data, usedforsecurity=False).digest()),
        )
        spec = target.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(item.name),
                UF=String(item.name),
                Desc=String(item.description),
                AFRelationship=Name(f"/{item.relationship}"),
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        specs.append(spec)
        names.extend([String(item.name), spec])
    target.Root.AF = specs
    target.Root.Names.EmbeddedFiles = target.make_indirect(Dictionary(Names=names))
