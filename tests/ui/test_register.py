import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.test import RequestFactory
from openpyxl import load_workbook

from compliance.ui.register import Column, Listing, Register
from tests.ui.guide import GroupFilter, rows

PLAIN = Register(
    key="groups",
    noun="group",
    columns=(Column("name", "Name", kind="main", sort="name"), Column("id", "Id", kind="number", sort="id")),
)
FILTERED = Register(key="groups", noun="group", columns=PLAIN.columns, filterset=GroupFilter, order="name")


def ask(**query):
    request = RequestFactory().get("/groups/", query)
    request.session = {}
    return request


@pytest.fixture
def groups(db):
    return Group.objects.bulk_create(Group(name=f"risk {n:03}") for n in range(1, 121))


def listing(register=FILTERED, **query):
    return Listing(register, ask(**query), Group.objects.all())


def names(found):
    return [group.name for group in found.page]


def test_a_page_holds_fifty_rows_and_the_next_goes_on(groups):
    assert len(names(listing())) == 50
    assert names(listing(page="3")) == [f"risk {n:03}" for n in range(101, 121)]


@pytest.mark.parametrize(
    ("asked", "given"), [("", 1), ("x", 1), ("1.5", 1), ("-1", 3), ("0", 3), ("9" * 5000, 3), ("\x00", 1), ("٣", 3)]
)
def test_a_junk_page_number_is_bounded(groups, asked, given):
    assert listing(page=asked).page.number == given


def test_the_sort_in_the_url_turns_round_and_junk_falls_back(groups):
    assert names(listing(sort="-name"))[0] == "risk 120"
    assert listing(sort="password").sort == "name"
    assert listing(sort="-name").heads[0]["next"] == "name"
    assert listing(sort="name").heads[0]["next"] == "-name"


def test_filters_read_as_a_sentence_and_can_be_taken_away(groups):
    found = listing(name="risk 00", kind="risk", page="2")

    assert found.total == 9
    assert [term.text for term in found.terms] == ["title contains risk 00", "kind is Risk"]
    assert found.terms[0].without == "?kind=risk"


def test_a_filter_value_that_makes_no_sense_filters_nothing(groups):
    found = listing(kind="\x00; drop table")

    assert found.total == 120
    assert found.terms == []


def test_columns_are_chosen_in_the_url_and_kept_in_the_session(groups):
    request = ask(columns="id")
    assert [c.key for c in Listing(PLAIN, request, Group.objects.all()).shown] == ["name", "id"]

    request = ask(columns="nonsense")
    request.session["columns:groups"] = ["name"]
    assert [c.key for c in Listing(PLAIN, request, Group.objects.all()).shown] == ["name"]


def test_one_row_costs_as_many_queries_as_three(db, django_assert_num_queries):
    Group.objects.create(name="one")
    with django_assert_num_queries(2):
        FILTERED.respond(ask(), Group.objects.all(), url=lambda group: "#")

    Group.objects.create(name="two")
    Group.objects.create(name="three")
    with django_assert_num_queries(2):
        FILTERED.respond(ask(), Group.objects.all(), url=lambda group: "#")


def test_htmx_gets_the_rows_alone(groups):
    request = ask(page="2")
    request.META["HTTP_HX_TARGET"] = "rows"

    response = FILTERED.respond(request, Group.objects.all(), url=lambda group: "#")

    assert response.content.decode().lstrip().startswith('<div id="rows"')
    assert "HX-Target" in response["Vary"]


def test_a_list_of_past_rows_sorts_in_memory_with_blanks_last():
    past = rows(3)
    past[1].owner = None
    register = Register(
        key="p", noun="risk", columns=(Column("reference", "Ref"), Column("owner", "Owner", sort="owner"))
    )

    found = Listing(register, ask(sort="-owner"), past)

    assert [row.owner for row in found.page] == ["Ed Lindqvist", "Ed Lindqvist", None]
    assert found.filters is None


def test_a_column_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="Column 'x' has the kind 'colour'"):
        Column("x", "X", kind="colour")


def test_the_export_is_what_is_seen(groups):
    request = ask(format="csv", name="risk 00", sort="-name", columns="name")

    response = FILTERED.respond(request, Group.objects.all())

    lines = list(csv.reader(io.StringIO(response.getvalue().decode())))
    assert lines == [["Name"], *[[f"risk {n:03}"] for n in range(9, 0, -1)]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", " =1", "＝1"])
def test_no_cell_of_an_export_is_a_formula(db, text):
    Group.objects.create(name=text)

    sheet = FILTERED.respond(ask(format="xlsx"), Group.objects.all())
    plain = FILTERED.respond(ask(format="csv"), Group.objects.all())

    cell = load_workbook(io.BytesIO(sheet.getvalue())).active["A2"]
    assert cell.data_type == "s"
    assert list(csv.reader(io.StringIO(plain.getvalue().decode(), newline="")))[1][0] == f"'{text}"


def test_control_characters_do_not_break_a_spreadsheet():
    request = ask(format="xlsx")
    past = rows(1)
    past[0].title = "a\x00b\x1fc"
    register = Register(
        key="p", noun="risk", columns=(Column("title", "Title"), Column("review_date", "Review", kind="day"))
    )

    line = list(load_workbook(io.BytesIO(register.respond(request, past).getvalue())).active.values)[1]

    assert line[0] == "abc"
    assert line[1].date() == past[0].review_date
