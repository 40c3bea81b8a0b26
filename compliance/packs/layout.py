"""The order of a pack's parts, and each of them as fragments: cover, contents, sections, matrix, history, proof."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from compliance.ledger.proof.canonical import canonical
from compliance.packs import cache
from compliance.packs.contents import Contents
from compliance.packs.models import EvidencePack
from compliance.packs.outline import elsewhere, missing, planned
from compliance.packs.preflight import live_ids
from compliance.packs.printer import Printer
from compliance.packs.registry import Section
from compliance.packs.render.assemble import Fragment, page_numbers
from compliance.packs.render.block import Block
from compliance.packs.render.fragment import RenderFailed, fragment, is_kept, workshop
from compliance.packs.render.pool import Workers
from compliance.packs.volumes import Volume

CHUNK = 500
SMALL = 20_000  # signs of markup: less is set here, where the libraries are loaded already
LITTLE = 75_000  # signs of longer markup in all: a child would load the libraries for longer than it sets them
LONG = 20_000  # entries of a history beside which there is no memory to spare for that
SHORT = 4_000  # signs of markup, about a third of a page: such a part goes on below the one before it
SETTLE = 6
CONTENTS_HEAD, PLACE, STEP, SHEET = 13, 6.9, 4.8, 250  # millimetres of the contents page: heading, lines, room
MATRICES = ("matrix", "exhibit_matrix")
BLOCKS = "history"  # behind its own page come those of the entries, which are set apart
Say = Callable[[str, int], None]


@dataclass
class Part:
    """A part of the pack on paper: its heading, the fragments it is printed in, and the short parts below it."""

    section: Section
    context: Mapping[str, Any]
    number: str
    slot: str
    bodies: list[str] = field(default_factory=list)
    joined: list["Part"] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
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
    volumes: Sequence[Volume] = ()


@dataclass(frozen=True)
class Laid:
    """The parts set: fragments to assemble, and the blocks to put in before page `at` (from 0) of these."""

    fragments: list[Fragment]
    blocks: list[Block]
    at: int


def lay_out(contents: Contents, frame: Frame, printer: Printer, workers: Workers, say: Say) -> Laid:
    """Render every part; the contents page and the matrices, which print page numbers, until those stand still."""
    base = {
        "contents": contents,
        "pack": frame.pack,
        "draft": frame.pack.is_draft,
        "requested_by": frame.requested_by,
        "control": frame.control,
    }
    parts = joined(_parts(contents, frame, printer, base))
    alone = LITTLE if contents.history.size < LONG else 0
    begun = _begin([part for part in parts if part.section.key not in MATRICES], workers, alone)
    for group in printer.begin(printer.plan.here):
        say(f"Change history, entries {group.first + 1} to {group.last + 1}", 20)
    cover = _set(render_to_string("packs/print/cover.html", base), contents.shown(contents.name))
    for done, part in enumerate(parts):
        say(part.section.title, 20 + 50 * done // len(parts))
        for waiting in begun.get(part.section.key, []):
            waiting.result()
        part.fragments = [_set(html, part.section.title) for html in part.sheets]
    say("Change history", 72)
    blocks = printer.blocks(printer.plan.here)
    say("Contents and cross references", 80)
    return _settle(cover, parts, contents, frame, blocks)


def _begin(parts: list[Part], workers: Workers, alone: int) -> "dict[str, list[Future[None]]]":
    """Make the markup of the parts, and have the long ones set beside our own work if they are over `alone` signs."""
    long: list[tuple[Section, str]] = []
    for part in parts:
        part.sheets, section = list(_sheets(part)), part.section
        long += [
            (section, html) for html in part.sheets if len(html) > SMALL and not is_kept(html, title=section.title)
        ]
    begun: dict[str, list[Future[None]]] = {}
    if sum(len(html) for _, html in long) > alone:
        for section, html in long:
            work = {"kind": "fragment", "title": section.title, "body": html}
            begun.setdefault(section.key, []).append(workers.submit(work))
    return begun


def _settle(cover: Fragment, parts: list[Part], contents: Contents, frame: Frame, blocks: list[Block]) -> Laid:
    """Set what prints page numbers, supposing first that it is as long as in the last pack of this shape."""
    matrices = {part.section.key: part for part in parts if part.section.key in MATRICES}
    shape = _shape(parts, contents, frame)
    front, *supposed = _supposed(shape, parts, matrices)
    for part, one in zip(matrices.values(), supposed, strict=True):
        part.fragments = [one]
    order, at = _order(cover, front, parts, blocks)
    pages = page_numbers(order)
    for _ in range(SETTLE):
        front = _contents_page(parts, pages)
        for part in matrices.values():
            html = _page(part, _matrix(part, contents, frame, pages) + _below(part), first=True)
            part.fragments = [_set(html, part.section.title)]
        order, at = _order(cover, front, parts, blocks)
        found = page_numbers(order)
        if found == pages:
            settled = {"contents": front, **{key: part.fragments[0] for key, part in matrices.items()}}
            cache.keep(shape, canonical({key: [one.pages, one.stands] for key, one in settled.items()}))
            return Laid(order, blocks, at)
        pages = found
    raise RenderFailed("The page numbers of the contents page do not stand still.")


def _shape(parts: list[Part], contents: Contents, frame: Frame) -> Path:
    """Where the lengths of what prints page numbers are kept: packs with as many lines mostly have as many pages."""
    counts = [len(parts), len(frame.exhibits), len(contents.citations)]
    name = sha256(canonical([workshop(), contents.type.key, contents.profile.key, *counts])).hexdigest()
    return cache.path_of("fragments", f"{name}.shape")


def _supposed(shape: Path, parts: list[Part], matrices: Mapping[str, Part]) -> list[Fragment]:
    """The contents and the matrices as they were in the last pack of this shape; else a matrix takes a page."""
    likely: dict[str, tuple[int, dict[str, int]]] = {"contents": (_length(parts), {"contents": 0})}
    for key, part in matrices.items():
        likely[key] = 1, {one.section.key: 0 for one in (part, *part.joined)}
    kept = json.loads(cache.read(shape) or b"{}")
    return [Fragment.keep(*kept.get(key, guess)) for key, guess in likely.items()]


def _length(parts: list[Part]) -> int:
    """About how many pages the contents take: a wrong guess costs setting them twice."""
    lines = [one.number for each in parts for one in (each, *each.joined)]
    steps = sum("." in number for number in lines)
    places = len({number.partition(".")[0] for number in lines})
    return math.ceil((CONTENTS_HEAD + PLACE * places + STEP * steps) / SHEET)


def _order(cover: Fragment, front: Fragment, parts: list[Part], blocks: list[Block]) -> tuple[list[Fragment], int]:
    """The fragments as they follow each other, and before which of their pages the blocks come."""
    order, at = [cover, front], 0
    for part in parts:
        order.extend(part.fragments)
        if part.section.key == BLOCKS and blocks:
            at = sum(item.pages for item in order)
            order.append(_room(blocks))
    return order, at


def _room(blocks: list[Block]) -> Fragment:
    places: dict[str, int] = {}
    pages = 0
    for block in blocks:
        for name, (page, _) in block.places.items():
            places.setdefault(name, pages + page)
        pages += block.pages
    return Fragment.keep(pages, places)


def _contents_page(parts: list[Part], pages: dict[str, int]) -> Fragment:
    """The contents, a place of the outline with several sections in two steps."""
    lines: list[dict[str, Any]] = []
    for part in [one for each in parts for one in (each, *each.joined)]:
        place, _, step = part.number.partition(".")
        key, page = part.section.key, pages.get(part.section.key, 0)
        if step == "1":
            lines.append({"key": key, "number": place, "title": part.slot, "page": page, "sub": False})
        lines.append({"key": key, "number": part.number, "title": part.section.title, "page": page, "sub": bool(step)})
    return _set(render_to_string("packs/print/contents.html", {"lines": lines}), "Contents")


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


def _parts(contents: Contents, frame: Frame, printer: Printer, base: Mapping[str, Any]) -> list[Part]:
    """The rooms' sections and the pack's own parts, each in its place of the outline."""
    history = {
        "period": contents.told,
        "contents": contents,
        "total": printer.plan.printed,
        "here": sum(group.size for group in printer.plan.here),
        "volumes": frame.volumes,
    }
    guide = {
        **base,
        "limits": frame.limits,
        "elsewhere": elsewhere(contents.type),
        "attached": frame.attached,
        "live": sorted(live_ids()),
    }
    proof = {**base, "key": frame.key, "checkpoint": frame.checkpoint}
    own = [
        (_own("control", "Document control", 0), base),
        (_own("guide", "About this pack", 10), guide),
        (_own("matrix", "Requirements and their records", 211), {}),
        _exhibit_matrix(frame),
        (_own("exhibits", "Exhibits", 220, wide=bool(frame.exhibits)), {"exhibits": frame.exhibits}),
        (_own(BLOCKS, "Changes of the period", 232, wide=True), history),
        (_own("integrity", "Integrity", 240), proof),
    ]
    return [
        Part(item.section, item.context, item.number, item.slot, _bodies(item.section, item.context))
        for item in planned(contents.type, [*contents.parts, *own])
    ]


def joined(parts: list[Part]) -> list[Part]:
    """Let what is short go on below the part before it: a table in its own place, a sentence anywhere."""
    found: list[Part] = []
    for part in parts:
        if found and _goes_on(part, found[-1]):
            found[-1].joined.append(part)
        else:
            found.append(part)
    return found


def _goes_on(part: Part, before: Part) -> bool:
    if BLOCKS in {part.section.key, before.section.key} or len(part.bodies) != 1 or len(part.bodies[0]) > SHORT:
        return False
    return _is_said(part.bodies[0]) or _is_beside(part, before)


def _is_said(body: str) -> bool:
    """Whether it is a sentence or two, which stand on any paper."""
    return not any(mark in body for mark in ("<table", "<svg"))


def _is_beside(part: Part, before: Part) -> bool:
    return (part.slot, part.section.wide) == (before.slot, before.section.wide)


def _exhibit_matrix(frame: Frame) -> tuple[Section, Mapping[str, Any]]:
    title = "Exhibits and their requirements"
    if frame.exhibits:
        return _own("exhibit_matrix", title, 212), {}
    return missing("no_exhibits", title, 21, "No evidence is cited in this pack.")


def _own(key: str, title: str, order: int, *, wide: bool = False, chunk: str = "") -> Section:
    return Section(key, title, order, f"packs/print/{key}.html", lambda *_: {}, wide=wide, chunk=chunk)


def _bodies(section: Section, context: Mapping[str, Any]) -> list[str]:
    """The markup below the heading, a long list in pieces: rows that were printed before come from the cache."""
    if section.key in MATRICES:
        return []
    rows = context.get(section.chunk, []) if section.chunk else []
    pieces: list[str] = []
    for start in range(0, max(len(rows), 1), CHUNK):
        piece = {**context, "first": start == 0}
        if section.chunk:
            piece[section.chunk] = rows[start : start + CHUNK]
        pieces.append(render_to_string(section.template, piece))
    return pieces


def _sheets(part: Part) -> Iterator[str]:
    """The pages of a part; the short ones it takes along stand below its last piece."""
    last = len(part.bodies) - 1
    for at, body in enumerate(part.bodies):
        yield _page(part, body + _below(part) if at == last else body, first=at == 0)


def _below(part: Part) -> str:
    return "".join(
        render_to_string("packs/print/joined.html", {"part": one, "body": _markup(one.bodies[0])})
        for one in part.joined
    )


def _page(part: Part, body: str, *, first: bool) -> str:
    slot = part.slot if "." in part.number else ""
    context = {"section": part.section, "number": part.number, "slot": slot, "first": first, "body": _markup(body)}
    return render_to_string("packs/print/section.html", context)


def _markup(body: str) -> str:
    return mark_safe(body)  # noqa: S308 - rendered by a template just now


def _set(html: str, title: str) -> Fragment:
    return Fragment.open(fragment(html, title=title))
