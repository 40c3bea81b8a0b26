"""Approved records of processing as files in the order of the letters: JSON, CSV, XLSX, DOCX and PDF.

No text becomes a formula, and none is markup: cells are text, HTML is escaped by its template.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from compliance.ui.export import as_csv, xlsx_book
from compliance.ui.templatetags.ui import moment
from dataflows.approved import Records, Told
from dataflows.letters import Letter

FORMAT = "assay-records-of-processing/1"
BOM = b"\xef\xbb\xbf"


def text_of(letter: Letter) -> str:
    """What stands under a letter, with what is missing, a line each."""
    return "\n".join([*letter.lines, *(f"Missing: {lack}" for lack in letter.missing)])


def as_json(records: Records) -> bytes:
    """Everything as data, with the hash of what was approved."""
    return json.dumps(
        {
            "format": FORMAT,
            "organisation": records.organisation,
            "title": records.title,
            "as_at": records.at,
            "records": [_data(one) for _, rows in records.parts() for one in rows],
            "left_out": records.left_out,
        },
        ensure_ascii=False,
        indent=2,
        default=_plain,
    ).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain data")


def _data(one: Told) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "name": one.name,
        "article": f"GDPR Art. {one.article}",
        "role": one.role,
        "scope": one.scope,
        "approved": {"by": one.approved_by, "at": one.approved_at, "sha256": one.sha256},
        "letters": [
            {"letter": row.letter, "title": row.title, "lines": list(row.lines), "missing": list(row.missing)}
            for row in one.letters
        ],
        "beside": dict(one.beside),
    }


def csv_table(records: Records) -> Iterator[list[Any]]:
    """A line for each letter of each record, then one for each thing that stands beside them."""
    yield ["Article", "Record", "Activity", "Of", "Approved by", "Approved on", "Letter", "What is asked", "Content"]
    for _, rows in records.parts():
        for one in rows:
            approved = one.approved_at.date() if one.approved_at else ""
            head = [f"Art. {one.article}", one.reference, one.name, one.scope, one.approved_by, approved]
            for row in one.letters:
                yield [*head, f"({row.letter})", row.title, text_of(row)]
            for label, text in one.beside:
                yield [*head, "", label, text]
    for text in records.left_out:
        yield ["", "", "", "", "", "", "", "Left out", text]


def _sheet(rows: Iterable[Told]) -> Iterator[list[Any]]:
    """A line for each record, a column for each letter."""
    for number, one in enumerate(rows):
        if not number:
            letters = [f"({row.letter}) {row.title}" for row in one.letters]
            yield ["Record", "Activity", "Of", *letters, "Beside the letters", "Approved by", "Approved on"]
        beside = "\n".join(f"{label}: {text}" for label, text in one.beside)
        approved = one.approved_at.date() if one.approved_at else ""
        cells = [text_of(row) for row in one.letters]
        yield [one.reference, one.name, one.scope, *cells, beside, one.approved_by, approved]


def as_xlsx(records: Records) -> bytes:
    """A sheet for each paragraph of Art. 30, and one for what is left out."""
    names = {"30(1)": "Art. 30(1)", "30(2)": "Art. 30(2)"}
    sheets = [(names[rows[0].article], _sheet(rows)) for _, rows in records.parts()]
    notes = [["About"], [records.organisation], [records.title], [f"As at {moment(records.at)}"]]
    notes += [[f"Left out: {text}"] for text in records.left_out]
    with xlsx_book([*sheets, ("About", iter(notes))], wrap=True) as file:
        return file.read()


def as_docx(records: Records) -> bytes:
    """Numbered headings, a table of letters for each record, pages counted at the foot."""
    from dataflows.record_docx import document  # python-docx takes a while to load

    out = io.BytesIO()
    document(records).save(out)
    return out.getvalue()


def as_pdf(records: Records) -> bytes:
    """The same on paper, archival and tagged."""
    from compliance.packs.render.fragment import VARIANT
    from compliance.packs.render.typesetter import layout  # WeasyPrint takes a while to load

    html = render_to_string("dataflows/print/records.html", {"records": records, "parts": records.parts()})
    return layout(html).write_pdf(pdf_variant=VARIANT, pdf_tags=True) or b""


WRITERS: dict[str, tuple[str, Callable[[Records], bytes]]] = {
    "pdf": ("application/pdf", as_pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_docx),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": ("text/csv; charset=utf-8", lambda records: BOM + as_csv(csv_table(records))),
    "json": ("application/json", as_json),
}


def file_name(records: Records, slug: str, form: str) -> str:
    """What the file is saved as."""
    return f"records-of-processing-{slug}-{records.at.date().isoformat()}.{form}"
