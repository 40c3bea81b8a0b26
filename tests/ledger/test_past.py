"""Inside `past(at)` unmodified code reads the past; afterwards it is today again, whatever happened inside."""

from contextlib import nullcontext
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.models import Counter, Entry
from compliance.ledger.past import NotInstalled, PastIsFixed, install, moment_read, now_read, past, remove, when_today
from compliance.projects.models import AppTarget, Membership, Organisation, Project, ProjectPermission
from compliance.projects.services import add_app_target, end_membership, grant_role, update_project


@pytest.fixture
def target(stridewell: Project, mara: User) -> AppTarget:
    return add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="com.lumaro.old")


def rename(target: AppTarget, app_id: str, by: User) -> datetime:
    """Rename it; gives the moment before."""
    before = timezone.now()
    with change(by=by):
        target.app_id = app_id
        target.save()
    return before


def test_a_row_reads_as_it_was_and_then_as_it_is(target: AppTarget, mara: User) -> None:
    before = rename(target, "com.lumaro.new", mara)

    with past(before):
        then = AppTarget.objects.get().app_id
        moments = moment_read(), now_read()

    assert (then, moments) == ("com.lumaro.old", (before, before))
    assert (AppTarget.objects.get().app_id, moment_read()) == ("com.lumaro.new", None)


def test_a_removed_row_is_there_and_a_row_of_later_is_not(target: AppTarget, stridewell: Project, mara: User) -> None:
    before = timezone.now()
    with change(by=mara, reason="Wrong listing"):
        target.delete()
    add_app_target(project=stridewell, by=mara, platform="android", store="Play", app_id="later")

    with past(before):
        assert [row.app_id for row in AppTarget.objects.in_project(stridewell)] == ["com.lumaro.old"]


def test_joins_counts_and_prefetches_are_of_the_moment(target: AppTarget, stridewell: Project, mara: User) -> None:
    before = timezone.now()
    update_project(project=stridewell, name="Renamed", by=mara)
    add_app_target(project=stridewell, by=mara, platform="android", store="Play", app_id="later")

    with past(before):
        row = AppTarget.objects.select_related("project__organisation").get(project__name="Stridewell")
        assert (row.project.name, AppTarget.objects.count()) == ("Stridewell", 1)
        assert [one.organisation for one in Project.objects.prefetch_related("organisation")] == [
            row.project.organisation
        ]


def test_roles_are_those_of_the_moment_but_permissions_todays(stridewell: Project, ed: User, mara: User) -> None:
    before = timezone.now()
    end_membership(membership=Membership.objects.get(user=ed), by=mara, reason="Left")

    with past(before):
        assert Membership.objects.of(ed).count() == 1
        assert ProjectPermission.objects.filter(user=ed).exists() is False


def test_people_and_catalogues_are_there_before_they_were_loaded(mara: User) -> None:
    with past(mara.history.first().history_date.replace(year=2020)):
        found = User.objects.get(pk=mara.pk)

    assert (found.name, found.password) == ("Mara", mara.password)


def test_entries_end_at_the_moment(target: AppTarget, mara: User) -> None:
    before = rename(target, "later", mara)

    with past(before):
        assert {entry.type for entry in Entry.objects.of(target)} == {"+"}


def test_nothing_is_written(target: AppTarget, mara: User) -> None:
    before = rename(target, "later", mara)
    words = f"This is {before:%-d %b %Y, %H:%M} UTC, and the past cannot be changed. Go back to today first."

    for write in (
        lambda: rename(target, "never", mara),
        lambda: Counter.take("scope", "X"),
        lambda: Session.objects.create(session_key="s", session_data="", expire_date=before),
        lambda: Session.objects.all().delete(),
    ):
        with pytest.raises(PastIsFixed) as refused, past(before), transaction.atomic():
            write()
        assert str(refused.value) == words

    assert (AppTarget.objects.get().app_id, Counter.objects.filter(key="scope/X").count()) == ("later", 0)


def fail() -> None:
    raise KeyError("a view's own mistake")


def ask_nonsense() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense FROM nowhere")


def stop_half_way() -> None:
    """Leave results unread: a page that was broken off."""
    for table in ("django_content_type", "accounts_user"):
        cursor = connection.cursor()
        cursor.execute(f"SELECT * FROM {table}")
        cursor.fetchone()
        kept.append(cursor)


kept: list[Any] = []
INSIDE = ((fail, KeyError), (ask_nonsense, DatabaseError), (stop_half_way, None), (User.objects.count, None))


@pytest.mark.parametrize(("inside", "error"), INSIDE)
def test_afterwards_it_is_today(target: AppTarget, mara: User, inside: Any, error: Any) -> None:
    before = rename(target, "new", mara)

    with pytest.raises(error) if error else nullcontext(), past(before):
        assert AppTarget.objects.get().app_id == "com.lumaro.old"
        inside()

    assert (AppTarget.objects.get().app_id, moment_read(), hidden()) == ("new", None, False)
    rename(target, "newer", mara)


@pytest.mark.parametrize(("inside", "error"), INSIDE)
def test_a_kept_connection_comes_out_clean(mara: User, inside: Any, error: Any) -> None:
    found: list[Any] = []

    def serve() -> None:
        """A thread has a connection of its own, without the transaction of the test."""
        try:
            for _ in range(2):
                with pytest.raises(error) if error else nullcontext(), past(timezone.now()):
                    AppTarget.objects.count()
                    inside()
                found.append((connection.in_atomic_block, connection.get_autocommit(), hidden()))
        except BaseException as problem:  # noqa: BLE001  the thread would swallow it
            found.append(problem)
        finally:
            kept.clear()
            connection.close()

    thread = Thread(target=serve)
    thread.start()
    thread.join()

    assert found == [(False, True, False)] * 2


def hidden() -> bool:
    """Whether something still hides the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) > 0 FROM sqlite_temp_master")
        else:
            cursor.execute("SELECT current_setting('search_path') LIKE '%past%'")
        return bool(cursor.fetchone()[0])


def test_one_page_has_one_moment(mara: User) -> None:
    with pytest.raises(RuntimeError), past(timezone.now()), past(timezone.now()):
        pass


def test_what_reading_leaves_behind_is_done_afterwards(lumaro: Organisation, stridewell: Project, mara: User) -> None:
    done: list[Any] = []
    when_today(lambda: done.append("at once"))
    with past(timezone.now()):
        when_today(lambda: done.append(moment_read()))
        when_today(lambda: grant_role(user=mara, role="auditor", scope=stridewell, by="tests", until=far()))
        assert done == ["at once"]

    assert done == ["at once", None]
    assert Membership.objects.filter(role="auditor").count() == 1


def far() -> datetime:
    return timezone.now().replace(year=2099)


def test_nothing_is_left_behind_by_a_page_that_failed(mara: User) -> None:
    done: list[Any] = []
    with pytest.raises(KeyError), past(timezone.now()):
        when_today(lambda: done.append(1))
        raise KeyError

    assert done == []


def test_without_the_views_of_this_version_nothing_is_shown_as_past(target: AppTarget) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite makes its views when they are asked for.")
    remove()
    with pytest.raises(NotInstalled), past(timezone.now()):
        AppTarget.objects.count()
    install()
    with past(timezone.now()):
        assert AppTarget.objects.count() == 1


def test_a_moment_costs_the_same_queries_as_today(target: AppTarget, stridewell: Project, mara: User) -> None:
    for number in range(5):
        rename(target, f"name {number}", mara)
        add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id=f"app {number}")
    with past(timezone.now()), CaptureQueriesContext(connection) as asked:
        assert len(AppTarget.objects.select_related("project__organisation")) == 6
    assert len(asked) == 1
