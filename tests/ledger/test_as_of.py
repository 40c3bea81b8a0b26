"""The past reads as it was: rows, links and names of that moment, one query per table."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import as_of, change, remembering
from compliance.projects.models import AppTarget, Membership, Project, Release
from compliance.projects.services import add_app_target, update_project


@pytest.fixture
def target(stridewell: Project, mara: User) -> AppTarget:
    return add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="com.lumaro.old")


def now() -> datetime:
    return timezone.now()


def test_a_row_reads_as_it_was(target: AppTarget, stridewell: Project, mara: User) -> None:
    before = now()
    with change(by=mara):
        target.app_id = "com.lumaro.new"
        target.save()

    then = as_of(AppTarget, before, stream=stridewell.stream).instances()
    today = as_of(AppTarget, now(), stream=stridewell.stream).instances()

    assert [row.app_id for row in then] == ["com.lumaro.old"]
    assert [row.app_id for row in today] == ["com.lumaro.new"]


def test_a_removed_row_was_there_before(target: AppTarget, stridewell: Project, mara: User) -> None:
    before = now()
    with change(by=mara, reason="Wrong listing"):
        target.delete()

    assert as_of(AppTarget, before, stream=stridewell.stream).count() == 1
    assert as_of(AppTarget, now(), stream=stridewell.stream).count() == 0


def test_a_row_of_later_was_not_there(stridewell: Project, mara: User) -> None:
    before = now()
    add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="a.b")

    assert as_of(AppTarget, before, stream=stridewell.stream).exists() is False


def test_keys_lead_to_rows_of_the_same_moment(target: AppTarget, stridewell: Project, mara: User) -> None:
    before = now()
    update_project(project=stridewell, name="Renamed", by=mara)

    row = as_of(AppTarget, before, stream=stridewell.stream).instances("project__organisation")[0]

    assert (row.project.name, row.project.organisation.name) == ("Stridewell", "Lumaro")


def test_two_changes_in_one_instant_are_one_row(target: AppTarget, stridewell: Project, mara: User) -> None:
    with change(by=mara):
        for store in ("One", "Two"):
            target.store = store
            target.save()

    assert [row.store for row in as_of(AppTarget, now(), stream=stridewell.stream)] == ["Two"]


def test_filters_and_order_apply_to_the_rows_of_the_moment(stridewell: Project, mara: User) -> None:
    for app_id in ("b", "a", "c"):
        add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id=app_id)

    rows = as_of(AppTarget, now(), stream=stridewell.stream).filter(app_id__in=["a", "b"]).order_by("app_id")

    assert [row.app_id for row in rows] == ["a", "b"]


def test_the_past_costs_one_query_per_table(stridewell: Project, mara: User, queries: Any) -> None:
    for number in range(3):
        add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id=f"a.{number}")

    with queries(3):  # listings, their project, its organisation
        as_of(AppTarget, now(), stream=stridewell.stream).instances("project__organisation")


def test_what_a_history_never_held_is_asked_once_for_all_tables(
    target: AppTarget, stridewell: Project, queries: Any
) -> None:
    at, stream = now(), stridewell.stream
    with remembering():
        with queries(2):
            assert [as_of(model, at, stream=stream).count() for model in (AppTarget, Release)] == [1, 0]
        with queries(2):
            assert as_of(AppTarget, at, stream=stream).instances() == [target]
            assert as_of(Release, at, stream=stream).instances() == []
        with queries(1):
            assert as_of(Release, at, ids=[target.pk]).instances() == []


def test_people_count_too(stridewell: Project, ed: User) -> None:
    rows = as_of(Membership, now(), stream=stridewell.stream).instances("user")

    assert [(row.user.name, row.role) for row in rows] == [("Ed", "product_owner")]


def test_a_past_row_cannot_be_written(target: AppTarget, stridewell: Project, mara: User) -> None:
    before = now()
    with change(by=mara):
        target.store = "New"
        target.save()
    past = as_of(AppTarget, before, stream=stridewell.stream).instances()[0]

    with pytest.raises(Exception, match="changed by somebody else"), change(by=mara):
        past.save()
