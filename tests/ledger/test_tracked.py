"""Every save leaves one history row, one ledger entry and one leaf; nothing is written outside a change."""

import pytest

from compliance.accounts.models import User
from compliance.ledger import Forged, OutsideChange, StaleWrite, change
from compliance.ledger.models import Checkpoint, Entry, Leaf
from compliance.projects.models import AppTarget, Project
from compliance.projects.services import add_app_target


def test_saving_outside_a_change_is_refused(stridewell: Project) -> None:
    stridewell.name = "Other"

    with pytest.raises(OutsideChange):
        stridewell.save()


def test_a_change_leaves_actor_reason_and_old_values(stridewell: Project, mara: User) -> None:
    with change(by=mara, reason="Renamed by marketing"):
        stridewell.name = "Stridewell Plus"
        stridewell.save()

    newest, oldest = stridewell.history.order_by("-history_id")
    assert (newest.name, oldest.name) == ("Stridewell Plus", "Stridewell")
    assert newest.history_user_id == f"user:{mara.pk}"
    assert newest.history_change_reason == "Renamed by marketing"
    entry = Entry.objects.of(stridewell).first()
    assert (entry.type, entry.reference, entry.stream) == ("~", "P-001", stridewell.stream)


def test_everything_written_is_sealed_at_once_on_sqlite(stridewell: Project) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL seals in batches")
    assert Entry.objects.unsealed().count() == 0
    assert Leaf.objects.count() == Entry.objects.count()
    assert Checkpoint.objects.order_by("-size").first().note.startswith("assay.local/ledger\n")


def test_references_are_never_used_again(stridewell: Project, mara: User) -> None:
    first = add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="a.b")
    with change(by=mara, reason="Wrong listing"):
        first.delete()
    second = add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="a.b")

    assert (first.reference, second.reference) == ("APP-001", "APP-002")


def test_a_stale_copy_is_not_written_over_a_newer_one(stridewell: Project, mara: User) -> None:
    stale = Project.objects.get(pk=stridewell.pk)
    with change(by=mara):
        stridewell.summary = "First"
        stridewell.save()

    with pytest.raises(StaleWrite) as conflict, change(by=mara):
        stale.name = "Second"
        stale.save()

    assert conflict.value.theirs.summary == "First"


def test_a_forged_author_is_refused(stridewell: Project, mara: User, otto: User) -> None:
    stridewell._history_user = otto

    with pytest.raises(Forged), change(by=mara):
        stridewell.save()


def test_bulk_create_gives_references_and_history(stridewell: Project, mara: User) -> None:
    rows = [AppTarget(project=stridewell, platform="ios", store="App Store", app_id=f"app.{n}") for n in range(3)]

    with change(by=mara):
        AppTarget.objects.bulk_create(rows)

    assert [row.reference for row in AppTarget.objects.order_by("reference")] == ["APP-001", "APP-002", "APP-003"]
    assert AppTarget.history.count() == 3
