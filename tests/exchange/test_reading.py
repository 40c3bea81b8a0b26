"""Files nobody trusts: each is read, or refused as a whole with what to do about it."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from compliance.exchange import reading
from compliance.exchange.models import State
from compliance.exchange.services import imports
from compliance.projects.models import Organisation
from tests.exchange.conftest import book, changes, told

HEAD = "Reference,Control,Description,Kind\n"


def changed_part(content: bytes, name: str, change: Any) -> bytes:
    """A workbook with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            part = old.read(member)
            new.writestr(member, change(part) if member == name else part)
    return out.getvalue()


def merged() -> bytes:
    made = Workbook()
    made.active.append(["Reference", "Control"])
    made.active.append([None, "One"])
    made.active.merge_cells("B2:B3")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = book([["Reference", "Control"], [None, "One"]])
FAR = changed_part(PLAIN, SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="99999999999"'))
ENTITY = changed_part(PLAIN, SHEET, lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part)
BROKEN = changed_part(PLAIN, SHEET, lambda part: part[:-40])
HUGE = changed_part(PLAIN, "docProps/app.xml", lambda part: b" " * 130_000_000)
REFUSED = {
    "letters_of_windows": ((HEAD + ",Übung,,\n").encode("cp1252"), "not UTF-8 near line"),
    "nothing": (b"\n", "names none of the columns"),
    "no_labels": (b"one,two\n1,2\n", "names none of the columns"),
    "identity_missing": (b"Control,Kind\nOne,Preventive\n", "The column Reference is missing"),
    "label_twice": (b"Reference,Control,Control\n,One,Two\n", "The column Control stands twice"),
    "open_quote": ((HEAD + ',"One,,\n,Two,,\n').encode(), "is a quotation mark opened"),
    "too_wide": ((HEAD + ",One,,,,,six\n").encode(), "Row 2 has more cells"),
    "too_long": ((HEAD + ",x,,\n" * 41).encode(), "more than 40 rows"),
    "merged": (merged(), "The cells B2:B3 are merged"),
    "entity": (ENTITY, "declares entities"),
    "damaged": (BROKEN, "is damaged"),
    "bomb": (HUGE, "unpacks to far more"),
    "row_far_away": (FAR, "claims rows beyond"),
    "other_sheet": (book([["a", "b"], [1, 2]]), "No sheet of the workbook begins with"),
    "no_workbook": (b"PK\x03\x04" + b"x" * 200, "damaged or protected"),
    "empty_list": (book([]), "No sheet of the workbook begins with"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_what_to_do(name: str, lumaro: Organisation, hand_in: Any, monkeypatch: Any):
    monkeypatch.setattr(imports, "TYPES", None)  # which types are kept is another test's concern
    monkeypatch.setattr(reading, "MAX_ROWS", 40)
    content, words = REFUSED[name]

    item = hand_in("controls", lumaro, content)

    assert (item.state, item.lines.count(), words in item.note) == (State.REFUSED, 0, True), item.note


@pytest.mark.parametrize(
    "content",
    [
        ("\ufeff" + HEAD + ",Übung,Zweite\r\n").encode(),
        (HEAD.replace(",", ";") + ";Übung;Zweite\n").encode(),
        (HEAD + ",Übung,Zweite\n").encode("utf-16"),
        (HEAD.replace(",", "\t") + "\tÜbung\tZweite\n\n\n").encode(),
        book([["Control", "reference", " DESCRIPTION "], ["Übung", None, "Zweite"], [], []]),
    ],
    ids=["bom", "semicolons", "utf16", "tabs", "workbook"],
)
def test_what_spreadsheet_programs_save_is_read(content: bytes, lumaro: Organisation, hand_in: Any):
    item = hand_in("controls", lumaro, content)

    assert (item.note, changes(item)) == ("", [(2, "Control", "", "Übung"), (2, "Description", "", "Zweite")])


def test_cells_are_read_as_what_they_mean(lumaro: Organisation, hand_in: Any, running: Any):
    heads = ["Reference", "Planned for", "Next review", "Version"]
    made = Workbook()
    made.active.append(heads)
    made.active.append(["CI-001", date(2027, 1, 2), datetime.fromisoformat("2027-02-03"), 1])
    out = io.BytesIO()
    made.save(out)
    days = [f"CI-001,{one},{two},1" for one, two in [("2027-01-02", "3.2.2027"), ("2 Jan 2027", "2027-02-03T00:00:00")]]
    files = [out.getvalue(), *(f"{','.join(heads)}\n{day}\n".encode() for day in days)]

    read = [changes(hand_in("implementations", lumaro, file)) for file in files]

    assert read == [[(2, "Planned for", "", "2027-01-02"), (2, "Next review", "", "2027-02-03")]] * 3


def test_cells_that_mean_nothing_are_named(lumaro: Organisation, hand_in: Any, running: Any):
    made = Workbook()
    made.active.append(["Reference", "Planned for", "How it is done", "Version"])
    made.active.append(["CI-001", "11/22/2026", "=A1", "soon"])
    out = io.BytesIO()
    made.save(out)

    assert told(hand_in("implementations", lumaro, out.getvalue())) == [
        (2, "Planned for", "“11/22/2026” is not a day: write it as 2026-11-22."),
        (2, "How it is done", "It holds a formula or an error: copy the column, and paste its values only."),
        (2, "Version", "“soon” is not a whole number between 0 and 1,000,000,000."),
    ]
