"""A framework of one's own: from a spreadsheet or OSCAL, seen by its owner only, updated without losing an answer."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.exchange.models import Import, State
from compliance.exchange.registry import sheets
from compliance.exchange.services import confirm, imports, preview, receive
from compliance.ledger import Refused
from compliance.projects.models import Organisation
from controls.models import Applicability, Edition, Requirement
from controls.services.applicability import adopt_edition
from controls.services.catalogue_load import load_catalogues
from tests.exchange.conftest import changes, told

HOUSE = {"name": "House rules", "label": "House rules 2026"}
CSV = """Number,Title,Group,Title of the group,Under,Assessed
H1,Doors,H,Building,,no
H1.1,Lock doors,H,Building,H1,
H2,Keys,H,Building,,
"""
ABOUT = {"title": "Safe houses", "version": "1.0", "oscal-version": "1.1.2", "last-modified": "2026-01-01T00:00:00Z"}


@pytest.fixture
def bring(lumaro: Organisation, mara: User) -> Callable[..., Import]:
    """Hand a file in as a framework of Lumaro, and bring it in unless told not to."""

    def brought(content: bytes | str | dict[str, Any], *, go: bool = True, **asked: str) -> Import:
        file = json.dumps(content) if isinstance(content, dict) else content
        stream = BytesIO(file if isinstance(file, bytes) else file.encode())
        item = receive(
            sheet=sheets["frameworks"], scope=lumaro, stream=stream, name="rules", by=mara, asked=asked or HOUSE
        )
        preview(item)
        if go:
            confirm(item=item, by=mara, reason="House rules for everybody")
        return item

    return brought


def control(number: str, title: str, *inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    props = [{"name": "label", "value": number}, *more.pop("props", [])]
    return {
        "id": number.lower().replace("(", ".").replace(")", ""),
        "title": title,
        "props": props,
        "controls": [*inner],
    }


def catalog(*controls: dict[str, Any]) -> dict[str, Any]:
    groups = [{"id": "ac", "title": "Access", "controls": [*controls]}]
    return {"catalog": {"uuid": "6a8e0c4e-0000-4000-8000-000000000000", "metadata": ABOUT, "groups": groups}}


def rows_of(edition: Edition) -> list[tuple[str, str, str, bool]]:
    rows = edition.requirements.filter(retired_at=None).select_related("parent").order_by("position")
    return [(row.ref, row.title, row.parent.ref if row.parent else "", row.assessable) for row in rows]


def test_a_spreadsheet_becomes_a_framework(bring: Any, lumaro: Organisation):
    item = bring(CSV)

    edition = Edition.objects.get(owner=lumaro)
    assert (item.state, item.added) == (State.APPLIED, 3)
    assert (edition.key, edition.label, edition.framework.name) == (
        "lumaro-house-rules-2026", "House rules 2026", "House rules",
    )  # fmt: skip
    assert rows_of(edition) == [
        ("H1", "Doors", "", False),
        ("H1.1", "Lock doors", "H1", True),
        ("H2", "Keys", "", True),
    ]


def test_an_update_keeps_the_answers(bring: Any, lumaro: Organisation, mara: User):
    bring(CSV)
    edition = Edition.objects.get(owner=lumaro)
    adopt_edition(scope=lumaro, edition=edition, by=mara)
    answers = {row.requirement.ref: row.pk for row in Applicability.objects.all()}

    item = bring("Number,Title\nH2,Keys and cards\nH3,Windows\nH1,Doors\n", go=False, into=f"edition:{edition.key}")

    assert changes(item) == [
        (2, "Title", "Keys", "Keys and cards"), (3, "Number", "", "H3"), (3, "Title", "", "Windows"),
    ]  # fmt: skip
    assert [(line.verdict, line.label) for line in item.lines.all()] == [
        ("changed", "H2"), ("added", "H3"), ("retired", "H1.1 Lock doors"),
    ]  # fmt: skip
    confirm(item=item, by=mara, reason="New edition of the rules")

    assert [row[:2] for row in rows_of(edition)] == [("H2", "Keys and cards"), ("H3", "Windows"), ("H1", "Doors")]
    assert {row.requirement.ref: row.pk for row in Applicability.objects.all()} == answers
    assert Requirement.objects.get(edition=edition, ref="H1.1").is_retired
    bring(CSV, into=f"edition:{edition.key}")
    assert [row.is_retired for row in edition.requirements.order_by("ref")] == [False, False, False, True]
    assert {row.requirement.ref: row.pk for row in Applicability.objects.all()} == answers


def test_an_oscal_catalog_and_a_profile_of_it_are_read(bring: Any, lumaro: Organisation):
    gone = control("AC-3", "Gone", props=[{"name": "status", "value": "withdrawn"}])
    bring(catalog(control("AC-1", "Doors", control("AC-1(1)", "Locks")), control("AC-2", "Keys"), gone), name="")
    whole = Edition.objects.get(label="Safe houses 1.0")

    assert rows_of(whole) == [
        ("AC-1", "Doors", "", True), ("AC-1(1)", "Locks", "AC-1", True), ("AC-2", "Keys", "", True),
    ]  # fmt: skip
    about = {**ABOUT, "title": "Low houses"}
    picks = [{"href": "#x", "include-controls": [{"with-ids": ["ac-1.1", "ac-2"]}]}]
    low = {"profile": {"uuid": "6a8e0c4e-0000-4000-8000-000000000001", "metadata": about, "imports": picks}}
    assert bring(low, go=False, name="").note.startswith("This is a profile: say which edition it picks from.")
    bring(low, base=whole.key)
    assert rows_of(Edition.objects.get(label="Low houses 1.0")) == [
        ("AC-1(1)", "Locks", "", True),
        ("AC-2", "Keys", "", True),
    ]


HOSTILE = {
    "deep": ('{"catalog":' + '{"a":' * 100_000, "nested far deeper"),
    "groups_in_groups": (json.dumps({"catalog": {"metadata": {"title": "x"}, "groups": []}}).replace(
        "[]", '[{"title":"g","groups":' * 30 + "[]" + "}]" * 30), "lies deeper than 20 levels"),
    "twice": ('{"catalog": {}, "catalog": {}}', "“catalog” stands twice"),
    "nan": ('{"catalog": NaN}', "NaN is no JSON number"),
    "digits": ('{"catalog": ' + "9" * 9_000 + "}", "too many digits"),
    "cut": ('{"catalog": {', "Line 1, column 14 is no JSON"),
    "other": ('{"system-security-plan": {}}', "neither an OSCAL catalog nor a profile"),
    "list": ("[1]", "the file is not an object"),
    "no_metadata": ('{"catalog": {"controls": []}}', "catalog.metadata is not an object"),
    "types": (json.dumps(catalog({"id": 7, "title": "x"})), "controls[0].id is missing, or is not text"),
    "lists": ('{"catalog": {"metadata": {"title": "x"}, "controls": {}}}', "catalog.controls is not a list"),
    "empty": ('{"catalog": {"metadata": {"title": "x"}}}', "holds no controls"),
    "letters": (b'{"catalog": "\xfc"}', "is not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_with_its_place(name: str, bring: Any, monkeypatch: Any):
    monkeypatch.setattr(imports, "TYPES", None)  # which types are kept is another test's concern
    content, words = HOSTILE[name]
    item = bring(content, go=False)

    assert (item.state, words in item.note) == (State.REFUSED, True), item.note


def test_errors_name_row_and_column(bring: Any):
    twice = told(bring(catalog(control("AC-1", "Doors"), control("AC-1", "Keys")), go=False))
    rows = bring("Number,Title,Under\n=cmd,Doors,\nH2,,H9\n", go=False)

    assert twice == [(2, "Number", "Row 1 is about it already: keep one of them.")]
    shape = "It begins with a letter or digit and holds letters, digits, blanks and . : ( ) / _ - only."
    assert told(rows) == [(2, "Number", shape), (3, "Title", "It is empty: a new row needs it.")]


def test_nobody_else_finds_it(
    bring: Any, lumaro: Organisation, otto: User, mara: User, sign_in: Callable[[User], Client]
):
    bring(CSV)
    edition, elsewhere = Edition.objects.get(owner=lumaro), otto.memberships.first().organisation
    urls = [
        reverse("controls:framework", args=["whose", edition.key]),
        reverse("controls:requirement", args=["whose", edition.key, "H1"]),
        reverse("controls:licensed_text", args=["whose", edition.key, "H1"]),
        reverse("controls:statement", args=["whose", edition.key]),
    ]
    assert [sign_in(otto).get(url.replace("whose", elsewhere.slug)).status_code for url in urls] == [404] * 4
    assert [sign_in(mara).get(url.replace("whose", "lumaro")).status_code for url in urls[:3]] == [200] * 3
    lists = ["frameworks", "requirements", "crosswalk", "adopt"]
    seen = [sign_in(otto).get(reverse(f"controls:{name}", args=[elsewhere.slug])).content.decode() for name in lists]
    assert [text.count("House rules") + text.count("Lock doors") for text in seen] == [0] * 4
    with pytest.raises(Refused, match="belongs to another organisation"):
        adopt_edition(scope=elsewhere, edition=edition, by=otto)


def test_two_of_one_name_are_refused_and_shipped_ones_stay(bring: Any, small: Any, lumaro: Organisation):
    bring(CSV)
    again = bring(CSV, go=False)

    assert again.note == "There is already a framework cited as House rules 2026: choose to update it, or another name."
    assert bring(CSV, go=False, into="edition:law-1", name="x").added == 3  # not ours to update: it is a new one
    assert [one.did_something for one in load_catalogues(folder=small, by="tests")] == [False] * 3
    assert Requirement.objects.filter(owner=lumaro).count() == 3
