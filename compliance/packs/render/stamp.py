"""The running head and foot: drawn once per page shape, laid under every page as an artifact."""

import io
from dataclasses import dataclass
from datetime import datetime
from html import escape

import pikepdf
import weasyprint
from pikepdf import Array, Dictionary, Name, String

from compliance.packs.render.face import Face
from compliance.packs.render.fragment import VARIANT
from compliance.packs.render.metadata import pdf_date
from compliance.packs.render.table import LEFT, WIDTH
from compliance.packs.render.typesetter import layout, set_signs

POINTS = 72 / 25.4
SIZE = 7.2
MARKS = {"BDC", "BMC", "EMC"}
BASELINE = 10.4 * POINTS
STYLE = """
@page { margin: 0 }
@page wide { margin: 0 }
.sheet { position: relative; height: 297mm; break-after: page; font-size: 7.2pt; color: #565c66 }
.wide { page: wide; height: 210mm }
.sheet div { position: absolute; white-space: nowrap }
.head { top: 11mm; left: 18mm; right: 18mm; border-bottom: .35pt solid #c9cbc6; padding-bottom: 1.6mm; height: 3.6mm }
.head .left { left: 0 } .head .right { right: 0 }
.foot { bottom: 9mm; left: 18mm }
.wide .head { left: 16mm; right: 16mm } .wide .foot { left: 16mm }
.foot span { font-family: "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 6.2pt }
.draft { color: #a3162e; font-weight: 600 }
"""


@dataclass(frozen=True)
class Running:
    """What stands on every page."""

    left: str
    right: str
    foot: str
    draft: bool = False


class Stamp:
    """Head, foot and page number for the pages of one pack."""

    def __init__(self, target: pikepdf.Pdf, running: Running, date: datetime) -> None:
        document, written = set_signs(_html(running), "Head and foot", _written)
        pdf = pikepdf.open(io.BytesIO(written))
        for page in pdf.pages:  # an artifact holds no tags
            drawn = [one for one in pikepdf.parse_content_stream(page) if str(one.operator) not in MARKS]
            page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(drawn))
            if Name.StructParents in page.obj:
                del page.obj.StructParents
        numbers = next(font for font in document.fonts.values() if font.family == "Inter" and font.weight == 400)
        self._glyphs = {text: glyph for glyph, text in numbers.to_unicode.items()}
        self._widths = numbers.widths
        self._font = target.copy_foreign(pdf.pages[0].obj.Resources.Font[f"/{numbers.hash}"])
        self._forms = [target.copy_foreign(pdf.pages[index].as_form_xobject()) for index in (0, 1)]
        self._target = target
        # For pages that are put in later and draw the same head.
        piece = Dictionary(LastModified=String(pdf_date(date)), Private=target.make_indirect(self._forms[1]))
        target.Root.PieceInfo = Dictionary(Stamp=piece)

    def put(self, page: pikepdf.Page, number: int, total: int) -> None:
        """Lay head, foot and "Page 3 of 12" under the content of `page`."""
        width, height = (float(value) for value in list(page.mediabox)[2:])
        wide = width > height
        margin = (16 if wide else 18) * POINTS
        text, length = self._encode(f"Page {number} of {total}")
        content = (
            "/Artifact <</Type /Pagination>> BDC q /StampForm Do Q\n"
            f"q BT .337 .361 .4 rg /StampFont {SIZE} Tf 1 0 0 1 {width - margin - length:.2f} {BASELINE:.2f} Tm"
            f" <{text}> Tj ET Q EMC\n"
        )
        resources = page.obj.Resources = _own(page.obj.Resources)
        fonts, forms = _own(resources.get(Name.Font)), _own(resources.get(Name.XObject))
        fonts[Name.StampFont], forms[Name.StampForm] = self._font, self._forms[wide]
        resources[Name.Font], resources[Name.XObject] = fonts, forms
        # Before the page's own content: that leaves the coordinate system turned upside down.
        page.obj.Contents = Array([self._target.make_stream(content.encode()), page.obj.Contents])

    def _encode(self, text: str) -> tuple[str, float]:
        glyphs = [self._glyphs[character] for character in text]
        return "".join(f"{glyph:04x}" for glyph in glyphs), sum(self._widths[glyph] for glyph in glyphs) * SIZE / 1000


def page_number(face: Face, number: int, total: int) -> bytes:
    """The drawing operators of head, foot and page number on a page of the history, whose font is called R."""
    text = f"Page {number} of {total}"
    x = WIDTH - LEFT - face.measure(text) * SIZE / 1000
    return (
        "/Artifact <</Type /Pagination>> BDC q /StampForm Do Q\n"
        f"q BT .337 .361 .4 rg /R {SIZE} Tf 1 0 0 1 {x:.2f} {BASELINE:.2f} Tm <{face.encode(text)}> Tj ET Q EMC\n"
    ).encode()


def _own(resources: pikepdf.Object | None) -> pikepdf.Dictionary:
    """A dictionary of this page's own: WeasyPrint shares one between all pages of a document."""
    return pikepdf.Dictionary(dict(resources.items()) if resources is not None else {})


def _written(html: str) -> tuple[weasyprint.Document, bytes]:
    document = layout(html)
    return document, document.write_pdf(pdf_variant=VARIANT) or b""


def _html(running: Running) -> str:
    mark = '<span class="draft">Draft · </span>' if running.draft else ""
    sheet = (
        f'<div class="head"><div class="left">{escape(running.left)}</div>'
        f'<div class="right">{mark}{escape(running.right)}</div></div>'
        f'<div class="foot">{running.foot}</div>'
    )
    return (
        f'<!doctype html><html lang="en"><head><title>Pack</title><style>{STYLE}</style></head><body>'
        f'<div class="sheet">{sheet}</div><div class="sheet wide">{sheet}</div>'
        '<div class="sheet">Page of 0123456789</div></body></html>'
    )
