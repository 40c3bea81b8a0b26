"""Two moments side by side: what came, went and changed, field by field."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.past.comparison import Became, told, touched
from compliance.projects.models import Project
from compliance.projects.past import written
from compliance.projects.services import (
    add_app_target,
    end_membership,
    grant_role,
    plan_release,
    publish_release,
    update_project,
)

SignIn = Callable[[User], Client]


@pytest.fixture
def year(stridewell: Project, mara: User) -> tuple[datetime, datetime]:
    """Two moments: between them one listing came, one went, one came and went, and the project was renamed twice."""
    old = add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="old")
    same = add_app_target(project=stridewell, by=mara, platform="ios", store="App Store", app_id="same")
    since = timezone.now()
    add_app_target(project=stridewell, by=mara, platform="android", store="Play", app_id="new")
    brief = add_app_target(project=stridewell, by=mara, platform="android", store="Play", app_id="brief")
    with change(by=mara, reason="Wrong"):
        old.delete()
        brief.delete()
    for app_id in ("other", "same"):
        with change(by=mara):
            same.app_id = app_id
            same.save()
    update_project(project=stridewell, name="One", by=mara)
    update_project(project=stridewell, name="Two", by=mara)
    until = timezone.now()
    update_project(project=stridewell, name="Three", by=mara)
    return since, until


def between(project: Project, since: datetime, until: datetime) -> list[Became]:
    return told(touched(project.stream, since=since, until=until), since=since, until=until)


def test_records_that_came_went_and_changed(stridewell: Project, year: tuple[datetime, datetime]) -> None:
    found = {
        one.title: (one.touched.kind, [(c.label, c.old, c.new) for c in one.changes])
        for one in between(stridewell, *year)
    }

    assert found["P-001 Two"] == ("changed", [("name", "Stridewell", "Two")])
    assert found["APP-002"] == ("changed", [])
    assert found["APP-004"] == ("added and removed", [])
    assert found["APP-003"][0] == "added"
    assert ("store", "", "Play") in found["APP-003"][1]
    assert found["APP-001"][0] == "removed"
    assert ("package or bundle id", "old", "not recorded") in found["APP-001"][1]
    assert len(found) == 5


def test_it_costs_the_same_for_one_and_many(stridewell: Project, mara: User, queries: Any) -> None:
    since = timezone.now()
    plan_release(project=stridewell, name="1", by=mara)
    with queries(4):
        between(stridewell, since, timezone.now())
    for name in "234":
        plan_release(project=stridewell, name=name, by=mara)
    with queries(4):
        assert len(between(stridewell, since, timezone.now())) == 4


def page(client: Client, project: Project, **asked: str) -> str:
    answer = client.get(reverse("timeline:project_compare", args=[project.slug]), asked)
    return b"".join(answer if answer.streaming else [answer.content]).decode()  # type: ignore[arg-type]


def test_the_page_tells_fields_and_counts(
    stridewell: Project, year: tuple[datetime, datetime], ada: User, sign_in: SignIn
) -> None:
    shown = page(sign_in(ada), stridewell, since=written(year[0]), until=written(year[1]))

    assert "<del>Stridewell</del>" in shown
    assert "<ins>Two</ins>" in shown
    assert "<span>2 changed</span>" in shown


def test_filters_leave_what_is_asked(
    stridewell: Project, year: tuple[datetime, datetime], ada: User, sign_in: SignIn
) -> None:
    shown = page(sign_in(ada), stridewell, since=written(year[0]), kind="removed", text="app-")

    assert ("APP-001" in shown, "APP-003" in shown) == (True, False)


def test_the_export_has_a_line_per_field(
    stridewell: Project, year: tuple[datetime, datetime], ada: User, sign_in: SignIn
) -> None:
    lines = page(sign_in(ada), stridewell, since=written(year[0]), until=written(year[1]), format="csv").splitlines()

    assert lines[0] == "Room,Change,Kind of record,Reference,Record,Field,Before,After"
    assert "Projects,changed,project,P-001,P-001 Two,name,Stridewell,Two" in lines


def test_one_record_is_compared_alone(
    stridewell: Project, year: tuple[datetime, datetime], ada: User, sign_in: SignIn
) -> None:
    url = reverse("timeline:project_record_compare", args=[stridewell.slug, "projects.project", stridewell.pk])

    shown = sign_in(ada).get(url, {"since": written(year[0])}).content.decode()

    assert ("<ins>Three</ins>" in shown, "APP-001" in shown) == (True, False)


def test_people_stay_hidden_from_those_who_do_not_see_them(
    stridewell: Project, ada: User, mara: User, sign_in: SignIn
) -> None:
    since = written(timezone.now())
    late = grant_role(user=mara, role="contributor", scope=stridewell, by="tests")
    end_membership(membership=late, by="tests", reason="Mistake")

    assert "membership" in page(sign_in(mara), stridewell, since=since)
    assert "membership" not in page(sign_in(ada), stridewell, since=since)


def test_moments_the_wrong_way_round_are_put_in_order(
    stridewell: Project, year: Any, ada: User, sign_in: SignIn
) -> None:
    there = page(sign_in(ada), stridewell, since=written(year[0]), until=written(year[1]))
    back = page(sign_in(ada), stridewell, since=written(year[1]), until=written(year[0]))

    assert there.count("<ins>") == back.count("<ins>") > 0


def test_a_moment_that_is_none_is_told(stridewell: Project, ada: User, sign_in: SignIn) -> None:
    later = (timezone.now() + timedelta(days=40)).date().isoformat()

    assert "is still to come" in page(sign_in(ada), stridewell, until=later)


def test_presets_lead_to_named_moments(stridewell: Project, mara: User, sign_in: SignIn) -> None:
    release = plan_release(project=stridewell, name="4.2.0", by=mara)
    publish_release(release=release, by=mara)

    assert ">release 4.2.0</a>" in page(sign_in(mara), stridewell)
