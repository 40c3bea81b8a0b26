"""The timeline says who changed what, when, why and from where."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.models import Entry
from compliance.ledger.story import changes, compare, diff, story
from compliance.projects.models import Organisation, Project
from compliance.projects.services import add_app_target, update_project

SignIn = Callable[[User], Client]


def rename(project: Project, name: str, by: User, reason: str) -> Entry:
    update_project(project=project, name=name, by=by, reason=reason)
    return Entry.objects.of(project).first()


def test_a_line_tells_who_what_and_why(stridewell: Project, ed: User) -> None:
    line = story([rename(stridewell, "Stridewell Plus", ed, "Marketing asked")])[0]

    assert (line.actor, line.what, line.title, line.reason) == (
        "Ed",
        "project",
        "P-001 Stridewell Plus",
        "Marketing asked",
    )
    assert [(one.label, one.old, one.new) for one in line.changes] == [("name", "Stridewell", "Stridewell Plus")]


def test_choices_and_keys_are_told_in_words(stridewell: Project, mara: User) -> None:
    target = add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="a.b")

    told = {one.label: one.new for one in diff(Entry.objects.of(target).get())}

    assert told == {
        "platform": "iOS", "store": "App Store", "package or bundle id": "a.b", "project": "P-001 Stridewell",
    }  # fmt: skip


def test_changes_of_a_period(stridewell: Project, ed: User) -> None:
    first = rename(stridewell, "One", ed, "a")
    second = rename(stridewell, "Two", ed, "b")

    assert list(changes(stridewell.stream, since=second.at)) == [second]
    assert first in changes(stridewell.stream, until=first.at)


def test_two_moments_of_a_record_are_compared(stridewell: Project, ed: User) -> None:
    first = rename(stridewell, "One", ed, "a")
    second = rename(stridewell, "Two", ed, "b")

    assert [(one.old, one.new) for one in compare(stridewell, first.at, second.at)] == [("One", "Two")]


def test_the_page_shows_one_click_with_its_reason(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    rename(stridewell, "Stridewell Plus", ed, "Marketing asked")

    page = sign_in(ed).get(f"/projects/{stridewell.slug}/timeline/?kind=record")

    first = page.context["clicks"][0]["first"]
    assert (page.status_code, first.actor, first.reason) == (200, "Ed", "Marketing asked")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reference": "p-001"}, 2),
        ({"origin": "page"}, 0),
        ({"what": "projects.project"}, 2),
        ({"since": "2001-01-01", "until": "2001-01-02"}, 0),
    ],
)
def test_filters_narrow(asked: dict[str, str], found: int, stridewell: Project, ed: User, sign_in: SignIn) -> None:
    rename(stridewell, "Stridewell Plus", ed, "Marketing asked")

    page = sign_in(ed).get(f"/projects/{stridewell.slug}/timeline/", asked)

    assert sum(len(click["lines"]) for click in page.context["clicks"]) == found


def test_a_period_that_ends_before_it_starts_is_named(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    asked = {"since": "2026-05-02", "until": "2026-05-01"}
    page = sign_in(ed).get(f"/projects/{stridewell.slug}/timeline/", asked)

    assert page.context["question"].errors["until"] == ["The period ends before it starts: choose a later day."]


@pytest.mark.parametrize("junk", ["before=99999999999999999999", "before=x", "what=nothing", "change_set=1", "who=%00"])
def test_junk_in_the_url_is_no_error(junk: str, stridewell: Project, ed: User, sign_in: SignIn) -> None:
    assert sign_in(ed).get(f"/projects/{stridewell.slug}/timeline/?{junk}").status_code == 200


def test_older_entries_are_a_link_away(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    for number in range(60):
        rename(stridewell, f"Name {number}", ed, "")
    client = sign_in(ed)

    first = client.get(f"/projects/{stridewell.slug}/timeline/")
    second = client.get(f"/projects/{stridewell.slug}/timeline/{first.context['older']}")

    newest, oldest = first.context["clicks"][-1]["first"].entry, second.context["clicks"][0]["first"].entry
    assert newest.pk == oldest.pk + 1


def test_a_page_costs_the_same_queries_whatever_it_shows(
    stridewell: Project, ed: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = sign_in(ed), f"/projects/{stridewell.slug}/timeline/?what=projects.project"
    rename(stridewell, "One", ed, "")
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for number in range(5):
        rename(stridewell, f"Name {number}", ed, "")

    with django_assert_max_num_queries(len(few)):
        client.get(url)


def test_a_record_of_another_organisation_is_not_found(
    lumaro: Organisation, otto: User, mara: User, sign_in: SignIn
) -> None:
    foreign = Project.objects.get(name="Foreign")

    page = sign_in(mara).get(f"/organisations/{lumaro.slug}/timeline/projects.project/{foreign.pk}/")

    assert page.status_code == 404


def test_an_auditor_reads_no_entries_about_people(stridewell: Project, ada: User, mara: User, sign_in: SignIn) -> None:
    url = f"/projects/{stridewell.slug}/timeline/"

    def shown(user: User) -> set[str]:
        page = sign_in(user).get(url)
        return {item["entry"].model for click in page.context["clicks"] for item in click["lines"]}

    assert "projects.membership" in shown(mara)
    assert shown(ada) == {"projects.project"}


def test_a_change_in_one_transaction_reads_as_one_click(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    with change(by=ed, reason="Both at once"):
        for number in (1, 2):
            add_app_target(project=stridewell, by=ed, platform="ios", store="App Store", app_id=f"a.{number}")

    page = sign_in(ed).get(f"/projects/{stridewell.slug}/timeline/?kind=record")

    assert [item["entry"].reference for item in page.context["clicks"][0]["lines"]] == ["APP-002", "APP-001"]


def test_a_project_timeline_shows_no_record_of_the_organisation(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    organisation = stridewell.organisation
    url = f"/projects/{stridewell.slug}/timeline/projects.organisation/{organisation.pk}/"

    assert sign_in(ed).get(url).status_code == 404
