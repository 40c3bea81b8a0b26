"""The sealer takes every committed entry once, looks no further back than it must, and never makes up a key."""

import pytest
from django.db import connection
from django.urls import reverse

from compliance.ledger import change, keys, sealing
from compliance.ledger.models import Checkpoint, Entry, Leaf
from compliance.ledger.sealing import seal
from compliance.projects.models import Project

POSTGRESQL = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer: nothing commits late"
)


@pytest.fixture
def sealed(stridewell: Project) -> Project:
    keys.make_signing_key()
    seal()
    return stridewell


def summary(project: Project, text: str, by) -> Entry:
    with change(by=by, reason="For the record"):
        project.summary = text
        project.save()
    return Entry.objects.of(project).first()


def test_every_entry_has_one_leaf_in_the_order_it_was_written(sealed, mara):
    for text in ("one", "two", "three"):
        summary(sealed, text, mara)
    seal()

    assert Entry.objects.unsealed().count() == 0
    leaves = Leaf.objects.filter(stream=sealed.stream).order_by("seq").values_list("seq", "entry_id")
    assert [seq for seq, _ in leaves] == list(range(len(leaves)))
    assert [entry for _, entry in leaves] == sorted(entry for _, entry in leaves)


def test_a_second_seal_does_nothing(sealed):
    before = list(Checkpoint.objects.values_list("size", "note"))

    assert seal() == 0
    assert list(Checkpoint.objects.values_list("size", "note")) == before


def test_more_than_one_batch_is_sealed_at_once(sealed, mara, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 3)
    with change(by=mara, reason="For the record"):
        for number in range(8):
            sealed.summary = str(number)
            sealed.save()
    seal()

    assert Entry.objects.unsealed().count() == 0


@POSTGRESQL
def test_a_tick_without_work_costs_six_small_queries(sealed, queries):
    with queries(6):  # savepoint, lock, newest checkpoint, snapshot, entries behind the floor, release
        seal()


def test_an_entry_whose_history_row_is_gone_does_not_hold_up_the_others(sealed, mara):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite seals in the same transaction: nothing waits")
    from compliance.ledger import guard

    lost = summary(sealed, "lost", mara)
    kept = summary(sealed, "kept", mara)
    connection.check_constraints()
    guard.lift()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM projects_historicalproject WHERE history_id = %s", [lost.history_id])
    guard.install()

    assert seal() == 1
    assert list(Entry.objects.unsealed()) == [lost]
    assert Leaf.objects.filter(entry=kept).exists()


@POSTGRESQL
def test_a_page_that_writes_needs_no_signing_key(key_file, stridewell, mara, sign_in):
    key_file.parent.mkdir()
    key_file.write_text("whoever reads this stumbles")
    key_file.chmod(0o600)
    page = reverse("projects:project_edit", args=[stridewell.slug])
    browser = sign_in(mara)
    form = browser.get(page).context["form"]
    data = {name: value for name, value in form.initial.items() if value is not None}

    assert browser.post(page, {**data, "summary": "Written by a page"}).status_code == 302
    stridewell.refresh_from_db()
    assert stridewell.summary == "Written by a page"
