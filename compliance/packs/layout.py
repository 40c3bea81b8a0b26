"""The order of a pack's parts, and each of them as fragments: cover, contents, sections, matrix, history, proof."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from compliance.packs.contents import Contents
from compliance.packs.models import EvidencePack
from compliance.packs.outline import planned
from compliance.packs.preflight import live_ids
from compliance.packs.registry import Section
from compliance.packs.render.assemble import Fragment, page_numbers
from compliance.packs.render.fragment import RenderFailed, fragment

CHUNK = 500
SETTLE = 6
MATRICES = ("matrix", "exhibit_matrix")
Say = Callable[[str, int], None]


@dataclass
class Part:
    """A part of the pack on paper: its heading and the fragments it is printed in."""

    section: Section
    context: Mapping[str, Any]
    number: str
    slot: str
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
    control: Mapping[str, Any] = field(default_factory=dict)


def lay_out(contents: Contents, frame: Frame, say: Say) -> list[Fragment]:
    """Render every part; the contents page and the matrix, which print page numbers, until those stand still."""
    base = {
        "contents": contents,
        "pack": frame.pack,
        "draft": frame.pack.is_draft,
        "requested_by": frame.requested_by,
        "control": frame.control,
    }
    cover = Fragment.open(
        fragment(render_to_string("packs/print/cover.html", base), title=contents.shown(contents.name))
    )
    parts = _parts(contents, frame, base)
    for done, part in enumerate(parts):
        say(part.section.title, 10 + 65 * done // len(parts))
        if part.section.key not in MATRICES:
            part.fragments = list(_set(part))
    say("Contents and cross references", 78)
    return _settle(cover, parts, contents, frame)


def _settle(cover: Fragment, parts: list[Part], contents: Contents, frame: Frame) -> list[Fragment]:
    pages: dict[str, int] = {}
    for _ in range(SETTLE):
        front = _contents_page(parts, pages, frame)
        for part in parts:
            if part.section.key in MATRICES:
                part.fragments = [_page(part, _matrix(part, contents, frame, pages), first=True)]
        order = [cover, front, *(piece for part in parts for piece in part.fragments)]
        found = page_numbers(order)
        if found == pages:
            return order
        pages = found
    raise RenderFailed("The page numbers of the contents page do not stand still.")


def _contents_page(parts: list[Part], pages: dict[str, int], frame: Frame) -> Fragment:
    """The contents, a place of the outline with several sections in two steps."""
    lines: list[dict[str, Any]] = []
    for part in [one for each in parts for one in (each, *each.context.get("joined", ()))]:
        place, _, step = part.number.partition(".")
        key, page = part.section.key, pages.get(part.section.key, 0)
        if step == "1":
            lines.append({"key": key, "number": place, "title": part.slot, "page": page, "sub": False})
        lines.append({"key": key, "number": part.number, "title": part.section.title, "page": page, "sub": bool(step)})
    context = {"lines": lines, "attached": frame.attached}
    return Fragment.open(fragment(render_to_string("packs/print/contents.html", context), title="Contents"))


def _matrix(part: Part, contents: Contents, frame: Frame, pages: dict[str, int]) -> str:
    """The two cross references: which records answer a requirement, which requirements an exhibit answers."""
    if part.section.key == "exhibit_matrix":
        rows = [{**row, "page": pages.get(row["exhibit"].reference)} for row in frame.exhibits]
        return render_to_string("packs/print/exhibit_matrix.html", {"rows": rows})
    numbers = {row["exhibit"].reference: row["number"] for row in frame.exhibits}
    answers: dict[str, list[dict[str, Any]]] = {}
    for item in contents.citations:
        record = {"record": item.record, "title": item.title, "page": pages.get(item.record)}
        answers.setdefault(item.requirement, []).append({**record, "exhibit": numbers.get(item.record, "")})
    rows = [{"requirement": requirement, "records": records} for requirement, records in answers.items()]
    return render_to_string("packs/print/matrix.html", {"rows": rows})


def _parts(contents: Contents, frame: Frame, base: Mapping[str, Any]) -> list[Part]:
    """The rooms' sections and the pack's own parts, each in its place of the outline."""
    history = {
        "changes": contents.changes,
        "period": contents.period,
        "contents": contents,
        "total": len(contents.changes),
    }
    guide = {**base, "limits": frame.limits, "live": sorted(live_ids())}
    proof = {**base, "key": frame.key, "checkpoint": frame.checkpoint}
    own = [
        (_own("control", "Document control", 0), base),
        (_own("guide", "About this pack", 10), guide),
        (_own("matrix", "Requirements and their records", 211), {}),
        (_own("exhibit_matrix", "Exhibits and their requirements", 212), {}),
        (_own("exhibits", "Exhibits", 220, wide=bool(frame.exhibits)), {"exhibits": frame.exhibits}),
        (_own("history", "Changes of the period", 232, wide=bool(contents.changes), chunk="changes"), history),
        (_own("integrity", "Integrity", 240), proof),
    ]
    return [
        Part(item.section, item.context, item.number, item.slot)
        for item in planned(contents.type, [*contents.parts, *own])
    ]


def _own(key: str, title: str, order: int, *, wide: bool = False, chunk: str = "") -> Section:
    return Section(key, title, order, f"packs/print/{key}.html", lambda *_: {}, wide=wide, chunk=chunk)


def _set(part: Part) -> Iterator[Fragment]:
    """Render a part, its long list in pieces: rows that were printed before come from the cache."""
    rows = part.context.get(part.section.chunk, []) if part.section.chunk else []
    for start in range(0, max(len(rows), 1), CHUNK):
        context = {**part.context, "first": start == 0}
        if part.section.chunk:
            context[part.section.chunk] = rows[start : start + CHUNK]
        yield _page(part, render_to_string(part.section.template, context), first=start == 0)


def _page(part: Part, body: str, *, first: bool) -> Fragment:
    slot = part.slot if "." in part.number else ""
    body = mark_safe(body)  # noqa: S308 - rendered by a template just now
    context = {"section": part.section, "number": part.number, "slot": slot, "first": first, "body": body}
    html = render_to_string("packs/print/section.html", context)
    return Fragment.open(fragment(html, title=part.section.title))
