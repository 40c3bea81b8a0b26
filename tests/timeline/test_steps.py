"""One click, seven fields: the timeline reads in steps, each with a page of its own, and by kind."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.models import Entry
from compliance.projects.models import AppTarget, Project
from compliance.projects.services import add_app_target, update_project
from compliance.timeline.steps import SHOWN, one_step, steps


def targets(project: Project, by: User, count: int) -> None:
    """Many records in one step, through the way imports take."""
    with change(by=by, reason=f"Import of {count}"):
        AppTarget.objects.bulk_create(
            AppTarget(project=project, platform="ios", store="App Store", app_id=f"a.{number}")
            for number in range(count)
        )


def test_a_step_is_one_line_of_the_list_however_much_it_wrote(stridewell: Project, mara: User) -> None:
    targets(stridewell, mara, 40)

    found, older = steps(Entry.objects.in_streams(stridewell.stream))

    assert (found[0].total, len(found[0].lines), found[0].more, older) == (40, SHOWN, 40 - SHOWN, None)
    assert found[0].first.reason == "Import of 40"


def test_records_of_one_step_stay_together_when_others_write_between(stridewell: Project, mara: User, ed: User) -> None:
    with change(by=mara, reason="One click") as first:
        add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="a.1")
    update_project(project=stridewell, name="Between", by=ed)
    from compliance.ledger import origin

    with origin("page", change_set=first.change_set), change(by=mara, reason="The same click"):
        add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="a.2")

    found, _ = steps(Entry.objects.in_streams(stridewell.stream))

    assert [(step.total, step.first.actor) for step in found[:2]] == [(2, "Mara"), (1, "Ed")]


def test_a_step_has_a_page_of_its_own(stridewell: Project, mara: User, ed: User, sign_in: Any) -> None:
    targets(stridewell, mara, 12)
    change_set = Entry.objects.in_streams(stridewell.stream).latest("id").change_set
    client = sign_in(ed)

    shown = client.get(f"/projects/{stridewell.slug}/timeline/?kind=record").context["clicks"][0]
    page = client.get(shown["url"])

    assert shown["url"].endswith(f"/timeline/steps/{change_set}/")
    assert (page.status_code, len(page.context["click"]["lines"])) == (200, 12)


def test_a_step_of_another_project_is_not_found(stridewell: Project, korvo: Project, ed: User, sign_in: Any) -> None:
    foreign = Entry.objects.in_streams(korvo.stream).first()

    page = sign_in(ed).get(f"/projects/{stridewell.slug}/timeline/steps/{foreign.change_set}/")

    assert page.status_code == 404


@pytest.mark.parametrize(
    ("kind", "models"),
    [
        ("sign_in", {"accounts.signin"}),
        ("export", {"files.disclosure"}),
        ("permission", {"projects.membership", "projects.projectpermission", "accounts.user"}),
        ("record", {"projects.project"}),
    ],
)
def test_kinds_are_told_apart(
    kind: str, models: set[str], stridewell: Project, ada: User, mara: User, sign_in: Any
) -> None:
    sign_in(ada).get(f"/projects/{stridewell.slug}/risks/?format=csv")

    page = sign_in(mara).get(f"/projects/{stridewell.slug}/timeline/?kind={kind}")

    assert {item["entry"].model for click in page.context["clicks"] for item in click["lines"]} == models


def test_an_auditor_reads_exports_but_nobodys_sign_ins(stridewell: Project, ada: User, sign_in: Any) -> None:
    client = sign_in(ada)
    client.get(f"/projects/{stridewell.slug}/risks/?format=csv")

    page = client.get(f"/projects/{stridewell.slug}/timeline/")

    assert {item["entry"].model for click in page.context["clicks"] for item in click["lines"]} == {
        "files.disclosure",
        "projects.project",
    }
    assert dict(page.context["question"].fields["kind"].choices).keys() == {"", "record", "export", "redaction"}


def test_a_page_of_thousands_of_entries_costs_the_queries_of_a_page_of_ten(
    stridewell: Project, mara: User, ed: User, sign_in: Any
) -> None:
    client, url = sign_in(ed), f"/projects/{stridewell.slug}/timeline/"
    targets(stridewell, mara, 10)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for start in range(3):
        with change(by=mara, reason="Volume"):
            AppTarget.objects.bulk_create(
                AppTarget(project=stridewell, platform="android", store="Play", app_id=f"b.{start}.{number}")
                for number in range(1000)
            )

    with CaptureQueriesContext(connection) as many:
        page = client.get(url)

    assert (page.status_code, len(many)) == (200, len(few))


def test_a_long_step_is_paged(stridewell: Project, mara: User) -> None:
    targets(stridewell, mara, 250)
    entries = Entry.objects.in_streams(stridewell.stream)
    change_set = entries.latest("id").change_set

    first, older = one_step(entries, change_set)
    second, none = one_step(entries, change_set, before=older)

    assert (len(first.lines), first.total, len(second.lines), none) == (200, 250, 50, None)
