"""Approved records of processing as a text document that can be opened and edited in any word processor."""

from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from compliance.ui.export import UNPRINTABLE
from compliance.ui.templatetags.ui import day, moment
from dataflows.approved import Records, Told

WIDTHS = (Mm(14), Mm(46), Mm(114))
INK = RGBColor(0x19, 0x1C, 0x20)
SIZES = {"Title": 20, "Heading 1": 15, "Heading 2": 12, "Normal": 9.5}


def document(records: Records) -> Docx:
    """The whole document."""
    made = Document()
    _dress(made, records)
    made.add_heading("Records of processing activities", 0)
    _say(made, f"{records.organisation}. {records.title}. As at {moment(records.at)}, GDPR Art. 30.")
    _say(made, "Each record stands as it was approved last.")
    for number, (head, rows) in enumerate(records.parts(), 1):
        made.add_heading(f"{number}  {head}", 1)
        for place, one in enumerate(rows, 1):
            _record(made, f"{number}.{place}", one)
    if not records.told:
        _say(made, "No record has been approved yet.")
    if records.left_out:
        made.add_heading(f"{len(records.parts()) + 1}  Left out", 1)
        for text in records.left_out:
            made.add_paragraph(_clean(text), style="List Bullet")
    return made


def _record(made: Docx, number: str, one: Told) -> None:
    made.add_heading(_clean(f"{number}  {one.reference} {one.name}"), 2)
    approved = f"{one.role}, {one.scope}. Approved by {one.approved_by} on {day(one.approved_at)}; SHA-256 {one.sha256}"
    _say(made, approved)
    table = made.add_table(rows=1, cols=3, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = width  # word processors ask the grid, others the cells
    _fill(table.rows[0], ("Letter", "What is asked", "What stands here"), bold=True)
    _repeat(table.rows[0])
    for row in one.letters:
        _fill(
            table.add_row(),
            (f"({row.letter})", row.title, "\n".join(row.lines)),
            [f"Missing: {x}" for x in row.missing],
        )
    for label, text in one.beside:
        _fill(table.add_row(), ("", label, text))


def _fill(row: Any, texts: tuple[str, str, str], missing: Any = (), *, bold: bool = False) -> None:
    for cell, text, width in zip(row.cells, texts, WIDTHS, strict=True):
        cell.width = width
        said = cell.paragraphs[0]
        said.paragraph_format.space_before = said.paragraph_format.space_after = Pt(2)
        said.add_run(_clean(text)).bold = bold
    for lack in missing:
        last = row.cells[2].paragraphs[-1]
        if last.text:
            last = row.cells[2].add_paragraph()
            last.paragraph_format.space_after = Pt(0)
        last.add_run(_clean(lack)).bold = True
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    """Let the head of a table stand on each of its pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _say(made: Docx, text: str) -> None:
    made.add_paragraph(_clean(text))


def _clean(text: str) -> str:
    """Without what no XML document may hold."""
    return UNPRINTABLE.sub("", text)


def _dress(made: Docx, records: Records) -> None:
    """A4, one face, numbered pages; says who made it and in which language."""
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin = page.bottom_margin = Mm(20)
    for name, size in SIZES.items():
        style: Any = made.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
    page.header.paragraphs[0].text = _clean(f"{records.organisation}, records of processing, {day(records.at)}")
    foot = page.footer.paragraphs[0]
    foot.add_run("Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    about = made.core_properties
    about.title, about.author, about.language = "Records of processing activities", _clean(records.organisation), "en"
    about.comments, about.created, about.modified = "", records.at, records.at


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
