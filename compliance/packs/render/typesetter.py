"""Setting markup with WeasyPrint: it takes seconds and many megabytes to load, so only who sets markup imports this.

WeasyPrint sees markup made from our templates and nothing else: every address it asks for that is not one of our fonts
or a picture inside the page ends the job.
"""

import gc
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache as once
from typing import Any, TypeVar

import pydyf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from compliance.packs.render.fragment import FONTS, STYLESHEET, VARIANT, RenderFailed, font
from compliance.packs.render.signs import printable, spell

Made = TypeVar("Made")
PICTURE = "data:image/png;base64,"


class Fetcher(URLFetcher):
    """Answers for our fonts and for pictures inside the page; anything else ends the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Answer `url` from memory or refuse it."""
        name = url.removeprefix("pack:/fonts/")
        if name in FONTS:
            return URLFetcherResponse(url, font(name), {"Content-Type": "font/ttf"})
        if url.startswith(PICTURE):
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"a pack does not load {url[:80]}")


def render(body: str, *, title: str, prefix: str) -> bytes:
    """Render HTML; `prefix` keeps the names of its table heads apart from those of other fragments."""

    def finish(_: weasyprint.Document, pdf: pydyf.PDF) -> None:
        _prefix_names(pdf, prefix)
        _close_lists(pdf)

    def made(body: str) -> bytes:
        document = layout(
            f'<!doctype html><html lang="en"><head><title>{title}</title></head><body>{body}</body></html>'
        )
        return document.write_pdf(pdf_variant=VARIANT, pdf_tags=True, finisher=finish) or b""

    return set_signs(body, title, made)


def set_signs(markup: str, title: str, make: Callable[[str], Made]) -> Made:
    """Make something of the markup; again with signs spelled out that turn out to have no font."""
    markup = printable(markup)
    while True:
        with _faults(title) as missing:
            made = make(markup)
        if not missing:
            return made
        before, markup = markup, spell(markup, missing)
        if markup == before:
            signs = ", ".join(f"U+{ord(sign):04X}" for sign in sorted(missing))
            raise RenderFailed(f"{title}: no installed font has a sign it uses ({signs}): install a font that has it")


def layout(html: str) -> weasyprint.Document:
    """Lay a whole HTML document out in the pack's clothes."""
    style, fonts = clothes()
    source = weasyprint.HTML(string=html, url_fetcher=Fetcher(), base_url="pack:/")
    return source.render(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT, pdf_tags=True)


@once
def clothes() -> tuple[weasyprint.CSS, FontConfiguration]:
    """The stylesheet and its fonts, read once per process."""
    fonts = FontConfiguration()
    return weasyprint.CSS(string=STYLESHEET.read_text(), url_fetcher=Fetcher(), font_config=fonts), fonts


@contextmanager
def _faults(title: str) -> Iterator[set[str]]:
    """Turn what WeasyPrint only logs, and what it raises past Exception, into RenderFailed; collect missing signs."""
    heard = _Listener()
    logger = logging.getLogger("weasyprint")
    level = logger.level
    logger.setLevel(logging.WARNING)
    logger.addHandler(heard)
    collecting = gc.isenabled()
    gc.disable()  # a render makes many objects and frees hardly any: a fifth of its time
    try:
        yield heard.missing
    except FatalURLFetchingError as error:
        raise RenderFailed(f"{title}: {error}") from error
    finally:
        logger.removeHandler(heard)
        logger.setLevel(level)
        if collecting:
            gc.enable()
    if heard.faults:
        raise RenderFailed(f"{title}: {heard.faults[0]}")


class _Listener(logging.Handler):
    """Collects what makes a PDF invalid; the rest of WeasyPrint's log is advice on CSS."""

    NO_FONT = ".notdef glyph"
    GRAVE = ("Failed to load", "Failed to render", "No anchor", "no required alt", "Missing required")

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.faults: list[str] = []
        self.missing: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's words when they are grave, and the sign when it had no font."""
        text = record.getMessage()
        if self.NO_FONT in text:
            self.missing.add(chr(int(text.rpartition("U+")[2].rstrip(")"), 16)))
        elif any(mark in text for mark in self.GRAVE):
            self.faults.append(text)


def _close_lists(pdf: pydyf.PDF) -> None:
    """Lists as ISO 14289-1 7.6 wants them: of items, each of a label and a body; of `dl.facts`, too."""
    elements: Iterable[Any] = (
        item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/StructElem"
    )
    tags = {item.reference: item for item in elements}
    for item in tags.values():
        if item["S"] == "/L":
            _close_facts(item, tags)
    for item in tags.values():
        if item["S"] == "/LI":
            _close_item(item, tags)


def _kids(item: Any, tags: dict[bytes, Any]) -> list[Any]:
    return [tags[kid] for kid in item["K"] if isinstance(kid, bytes) and kid in tags]


def _close_facts(found: Any, tags: dict[bytes, Any]) -> None:
    """A `div` with `dt` and `dd` is an item; the blank between two of them belongs to the first."""
    last = None
    for kid in _kids(found, tags):
        parts = [part for part in _kids(kid, tags) if part["S"] == "/LI"]
        if kid["S"] == "/Div" and parts:
            kid["S"], last = "/LI", parts[-1]
            for number, part in enumerate(parts):
                part["S"] = "/LBody" if number else "/Lbl"
                for inner in _kids(part, tags):
                    inner["S"] = inner["S"] if inner["S"] != "/LBody" else "/Div" if number else "/Span"
        elif kid["S"] not in {"/L", "/LI", "/Caption"} and last is not None:
            _move(kid, found, last)


def _close_item(item: Any, tags: dict[bytes, Any]) -> None:
    kids = _kids(item, tags)
    body = next((kid for kid in kids if kid["S"] == "/LBody"), None)
    for kid in kids:
        if body is not None and kid["S"] not in {"/Lbl", "/LBody"}:
            _move(kid, item, body)


def _move(kid: Any, before: Any, now: Any) -> None:
    before["K"].remove(kid.reference)
    now["K"].append(kid.reference)
    kid["P"] = now.reference


def _prefix_names(pdf: pydyf.PDF, prefix: str) -> None:
    for item in pdf.objects:
        if not isinstance(item, dict) or item.get("Type") != "/StructElem":
            continue
        if "ID" in item:
            item["ID"] = pydyf.String(f"{prefix}-{item['ID'].string}")
        headers = item.get("A", {}).get("Headers")
        if headers:
            item["A"]["Headers"] = pydyf.Array(pydyf.String(f"{prefix}-{name.string}") for name in headers)
