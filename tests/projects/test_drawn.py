"""A list is drawn once for a person, and again as soon as anything it may show has changed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.past import past
from compliance.projects import drawn, services
from compliance.projects.drawn import Keep
from compliance.projects.models import Organisation, Project
from compliance.projects.reads import reading
from compliance.tasks.models import Task
from compliance.tasks.services import add_task


def save(row, **values) -> None:
    with change(by="tests", reason="For the record"):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def seen(scope: Organisation | Project, user: User) -> list[str]:
    """Who was drawn anew: nobody when it was kept."""
    drawings: list[str] = []
    Keep(scope, user.pk)("list", lambda: drawings.append(user.name))
    return drawings


def test_each_person_has_their_own_and_what_changed_is_drawn_again(
    mara: User, ed: User, stridewell: Project, korvo: Project, lumaro: Organisation
) -> None:
    assert [seen(stridewell, one) for one in (mara, ed, mara, ed)] == [["Mara"], ["Ed"], [], []]
    assert seen(lumaro, mara) == ["Mara"]
    save(korvo, name="Korvo X")
    assert [seen(stridewell, mara), seen(lumaro, mara), seen(lumaro, mara)] == [[], ["Mara"], []]
    save(ed, name="Eduard")
    assert [seen(stridewell, mara), seen(lumaro, mara)] == [["Mara"], ["Mara"]]


def test_a_role_that_ends_is_not_outlived(mara: User, ada: User, stridewell: Project, monkeypatch) -> None:
    seen(stridewell, mara)
    soon = timezone.now() + timedelta(minutes=1)
    services.grant_role(user=ada, role="auditor", scope=stridewell, by="tests", until=soon)
    assert [seen(stridewell, mara), seen(stridewell, mara)] == [["Mara"], []]
    monkeypatch.setattr(timezone, "now", lambda: soon)
    assert seen(stridewell, mara) == ["Mara"]


def test_what_was_recorded_while_drawing_is_not_missed(mara: User, stridewell: Project) -> None:
    Keep(stridewell, mara.pk)("list", lambda: save(stridewell, summary="Meanwhile"))
    assert seen(stridewell, mara) == ["Mara"]


def test_a_moment_of_the_past_is_kept_apart(mara: User, stridewell: Project) -> None:
    keep = Keep(stridewell, mara.pk)
    with past(timezone.now()):
        assert keep("what", lambda: "then") == "then"
    assert keep("what", lambda: "now") == "now"


def test_a_process_keeps_so_many(mara: User, ed: User, stridewell: Project, monkeypatch) -> None:
    monkeypatch.setattr(drawn, "LISTS", 1)
    assert [seen(stridewell, one) for one in (mara, ed, mara)] == [["Mara"], ["Ed"], ["Mara"]]


def test_too_much_to_compare_is_drawn_for_every_request(mara: User, stridewell: Project, monkeypatch) -> None:
    monkeypatch.setattr(drawn, "recorded_since", lambda mark, scope: None)
    assert [seen(stridewell, mara), seen(stridewell, mara)] == [["Mara"], ["Mara"]]


@pytest.mark.parametrize("past", [False, True])
def test_a_list_asks_nothing_of_its_rows_until_one_is_new(
    past: bool, mara: User, stridewell: Project, lumaro: Organisation, sign_in
) -> None:
    client, url = sign_in(mara), reverse("projects:projects", args=[lumaro.slug])
    url += f"?at={timezone.now():%Y-%m-%dT%H:%M:%S.%f}" if past else ""
    first = client.get(url).content.decode()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).content.decode().count("Stridewell") == first.count("Stridewell")
    assert [one["sql"] for one in asked if "COUNT(" in one["sql"]] == []
    services.create_project(organisation=lumaro, name="Northlight", by=mara)
    assert ("Northlight" in client.get(url).content.decode()) is not past


def test_a_list_holds_until_something_it_was_drawn_from_has_changed(
    mara: User, stridewell: Project, lumaro: Organisation, sign_in
) -> None:
    client, url = sign_in(mara), reverse("projects:releases", args=[stridewell.slug])

    def drawn_again() -> bool:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return any('FROM "projects_release"' in one["sql"] for one in asked)

    assert [drawn_again(), drawn_again()] == [True, False]
    add_task(scope=stridewell, title="Look", assignee=mara, due_date=date(2030, 1, 1), by=mara)
    assert drawn_again() is False
    services.plan_release(project=stridewell, name="9.9", by="tests")
    assert [drawn_again(), drawn_again()] == [True, False]


def test_what_a_request_read_before_it_drew_counts(mara: User, stridewell: Project) -> None:
    keep = Keep(stridewell, mara.pk)
    with reading() as keep.read:
        found = Task.objects.count()
        keep.text("tasks", lambda: str(found))
    add_task(scope=stridewell, title="Look", assignee=mara, due_date=date(2030, 1, 1), by=mara)
    assert Keep(stridewell, mara.pk).text("tasks", lambda: "drawn") == "drawn"
