import re
from datetime import date
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from compliance.ui.pictures import FILLS, CoverageRow, coverage, heat_map, months, trend
from tests.ui.guide import pictures

NAMES = {"heat": "heat_map", "coverage": "coverage", "trend": "trend", "months": "months"}
CSS = Path(__file__).parents[2] / "compliance/ui/static/ui/app.css"


def test_likelihood_goes_up_and_consequence_to_the_right():
    picture = heat_map(
        {(1, 1): 2, (2, 3): 1}, {(1, 1): "low", (2, 3): "high"}, ("Rare", "Likely"), ("Small", "Some", "Great")
    )

    first, last = picture.cells[0], picture.cells[-1]
    assert (first.label, last.label) == ("0 risks, no level: Likely, Small", "0 risks, no level: Rare, Great")
    assert first.y < last.y
    assert first.x < last.x
    assert [cell.count for cell in picture.cells] == [0, 0, 1, 2, 0, 0]
    assert picture.table.rows == [["Likely", "0", "0", "1 (high)"], ["Rare", "2 (low)", "0", "0"]]
    assert last.x + last.width == pytest.approx(picture.width, abs=0.1)


def test_only_cells_with_risks_lead_somewhere():
    picture = heat_map({(1, 1): 2}, {}, ("Rare",), ("Small", "Great"), url=lambda a, b: f"?l={a}&c={b}")

    assert [cell.url for cell in picture.cells] == ["?l=1&c=1", ""]


def test_coverage_never_rounds_up_to_all():
    picture = coverage([CoverageRow("A", 199, 0, 200), CoverageRow("B", 0, 0, 0)])

    assert [bar.figure for bar in picture.bars] == ["99% · 199 of 200", "– · 0 of 0"]
    assert picture.bars[0].met == 477.6
    assert picture.table.rows == [["A", "199", "0", "1", "99%"], ["B", "0", "0", "0", "–"]]


def test_a_trend_starts_at_zero_and_keeps_its_labels_apart():
    one, two = date(2026, 1, 1), date(2026, 1, 11)
    picture = trend({"Open": [(one, 10), (two, 5)], "Late": [(two, 5)]})

    assert picture.lines[0].path == "M34 12 L392 81"
    assert [line.label.y for line in picture.lines] == [85, 100]
    assert picture.table.rows == [["1 Jan 2026", "10", ""], ["11 Jan 2026", "5", "5"]]


def test_pictures_of_nothing_are_still_pictures():
    assert trend({}).description == "Nothing has been counted yet."
    assert coverage([]).description == "No framework chosen yet."
    assert months({}, date(2026, 1, 1)).squares == []


def test_months_run_over_the_year_and_say_gaps():
    picture = months({"Review": ["ok", "bad", ""]}, date(2026, 11, 1))

    assert picture.table.heads == ["", "Nov 2026", "Dec 2026", "Jan 2027"]
    assert picture.table.rows == [["Review", "covered", "gap", "not due"]]
    assert picture.description == "1 rows over 3 months, 1 gap."


@pytest.mark.parametrize("key", NAMES)
def test_every_picture_has_title_description_literal_fills_and_a_twin(key):
    drawn = render_to_string(f"ui/pictures/{NAMES[key]}.html", {"picture": pictures()[key]})
    bare = render_to_string(f"ui/pictures/{NAMES[key]}.html", {"picture": pictures()[key], "bare": True})

    assert len(re.findall(r'<title id="[\w-]+">[^<]+</title><desc id="[\w-]+">[^<]+</desc>', drawn)) == 1
    assert re.findall(r"<(?:rect|text)(?![^>]*\bfill=)[^>]*>", drawn) == []
    assert (drawn.count("<details"), bare.count("<details")) == (1, 0)
    assert "style=" not in drawn


def test_the_literal_fills_are_the_light_tokens():
    css = CSS.read_text()

    assert {level: re.search(rf"--{level}: light-dark\((#\w+)", css)[1] for level in FILLS} == FILLS
