"""The order of a pack's parts, and each of them as fragments: cover, contents, sections, matrix, history, proof."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from compliance.packs.contents import Contents
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Section, checks
from compliance.packs.render.assemble import Fragment, page_numbers
from compliance.packs.render.fragment import RenderFailed, fragment

CHUNK = 500
SETTLE = 6
Say = Callable[[str, int], None]


@dataclass
class Part:
    """A part of the pack on paper: its heading and the fragments it is printed in."""

    section: Section
    context: Mapping[str, Any]
    number: str = ""
    fragments: list[Fragment] = field(default_factory=list)


@dataclass(frozen=True)
class Frame:
    """What the parts print besides the content."""

    pack: EvidencePack
    requested_by: str
    attached: list[tuple[str, str]]
    exhibits: Sequence[Mapping[str, Any]]
    limits: list[str]
    earlier: list[EvidencePack]
    key: str
    checkpoint: str


def lay_out(contents: Contents, frame: Frame, say: Say) -> list[Fragment]:
    """Render every part; the contents page and the matrix, which print page numbers, until those stand still."""
    base = {
        "contents": contents,
        "pack": frame.pack,
        "draft": frame.pack.is_draft,
        "requested_by": frame.requested_by,
    }
    cover = Fragment.open(fragment(render_to_string("packs/print/cover.html", base), title=contents.project.name))
    parts = _parts(contents, frame, base)
    for number, part in enumerate(parts, start=1):
        part.number = str(number)
    matrix = next(part for part in parts if part.section.key == "matrix")
    for done, part in enumerate(parts):
        say(part.section.title, 10 + 65 * done // len(parts))
        if part is not matrix:
            part.fragments = list(_set(part))
    say("Contents and cross references", 78)
    return _settle(cover, parts, matrix, contents, frame)


def _settle(cover: Fragment, parts: list[Part], matrix: Part, contents: Contents, frame: Frame) -> list[Fragment]:
    pages: dict[str, int] = {}
    for _ in range(SETTLE):
        front = _contents_page(parts, pages, frame)
        matrix.fragments = [_matrix_page(matrix, contents, pages)]
        order = [cover, front, *(piece for part in parts for piece in part.fragments)]
        found = page_numbers(order)
        if found == pages:
            return order
        pages = found
    raise RenderFailed("The page numbers of the contents page do not stand still.")


def _contents_page(parts: list[Part], pages: dict[str, int], frame: Frame) -> Fragment:
    lines = [
        {
            "key": part.section.key,
            "number": part.number,
            "title": part.section.title,
            "page": pages.get(part.section.key, 0),
        }
        for part in parts
    ]
    context = {"lines": lines, "attached": frame.attached}
    return Fragment.open(fragment(render_to_string("packs/print/contents.html", context), title="Contents"))


def _matrix_page(matrix: Part, contents: Contents, pages: dict[str, int]) -> Fragment:
    answers: dict[str, list[dict[str, Any]]] = {}
    for item in contents.citations:
        record = {"record": item.record, "title": item.title, "page": pages.get(item.record)}
        answers.setdefault(item.requirement, []).append(record)
    rows = [{"requirement": requirement, "records": records} for requirement, records in answers.items()]
    return _page(matrix, render_to_string("packs/print/matrix.html", {"rows": rows}), first=True)


def _parts(contents: Contents, frame: Frame, base: Mapping[str, Any]) -> list[Part]:
    warnings = len(contents.findings) - len(contents.blocking)
    guide = {**base, "checks": len(checks), "warnings": warnings, "limits": frame.limits, "earlier": frame.earlier}
    history = {
        "changes": contents.changes,
        "period": contents.period,
        "project": contents.project.name,
        "total": len(contents.changes),
        "size": contents.history.size,
        "at": contents.at,
    }
    proof = {**base, "key": frame.key, "checkpoint": frame.checkpoint}
    return [
        Part(_own("guide", "About this pack"), guide),
        *(Part(section, context) for section, context in contents.parts),
        Part(_own("matrix", "Cross references"), {}),
        Part(_own("exhibits", "Exhibits", wide=bool(frame.exhibits)), {"exhibits": frame.exhibits}),
        Part(_own("history", "Change history", wide=bool(contents.changes), chunk="changes"), history),
        Part(_own("integrity", "Integrity"), proof),
    ]


def _own(key: str, title: str, *, wide: bool = False, chunk: str = "") -> Section:
    return Section(key, title, 0, f"packs/print/{key}.html", lambda *_: {}, wide=wide, chunk=chunk)


def _set(part: Part) -> Iterator[Fragment]:
    """Render a part, its long list in pieces: rows that were printed before come from the cache."""
    rows = part.context.get(part.section.chunk, []) if part.section.chunk else []
    for start in range(0, max(len(rows), 1), CHUNK):
        context = {**part.context, "first": start == 0}
        if part.section.chunk:
            context[part.section.chunk] = rows[start : start + CHUNK]
        yield _page(part, render_to_string(part.section.template, context), first=start == 0)


def _page(part: Part, body: str, *, first: bool) -> Fragment:
    context = {"section": part.section, "number": part.number, "first": first, "body": mark_safe(body)}  # noqa: S308 - rendered by a template just now
    html = render_to_string("packs/print/section.html", context)
    return Fragment.open(fragment(html, title=part.section.title))
