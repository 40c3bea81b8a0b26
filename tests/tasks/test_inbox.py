from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects import services as projects
from compliance.projects.models import Membership, Organisation, Project
from compliance.tasks import services
from compliance.tasks.registry import Due, Reminder, reminders
from compliance.tasks.services import Inbox
from compliance.tasks.services.inbox import tasks_open
from tests.queries import assert_steady, count

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def give(scope, assignee: User, title: str, days: int = 5) -> None:
    day = NOW.date() + timedelta(days=days)
    services.add_task(scope=scope, title=title, assignee=assignee, due_date=day, by="tests")


@pytest.fixture
def reviews(mara: User):
    """A room that reminds of a review Mara owes, and one nobody owns."""

    def find(scope, at):
        yield Due("Review R-0001", "/r1", date(2026, 11, 20), owner=mara, reference="R-0001")
        yield Due("Review R-0002", "/r2", date(2026, 12, 24), reference="R-0002")

    reminders.add("test-reviews", Reminder("test-reviews", "risk", find))
    yield
    reminders._items.pop("test-reviews")


def test_tasks_and_reminders_stand_in_one_list(
    reviews: None, mara: User, lumaro: Organisation, stridewell: Project, sign_in
) -> None:
    give(stridewell, mara, "Rotate the keys")
    page = sign_in(mara).get(reverse("tasks:organisation", args=[lumaro.slug]))
    assert page.status_code == 200, page.content
    assert [line.title for line in page.context["listing"].page] == [
        "Review R-0001",
        "Rotate the keys",
        "Review R-0002",
    ]


def test_my_tasks_are_mine(reviews: None, mara: User, ed: User, lumaro: Organisation, stridewell: Project) -> None:
    give(stridewell, mara, "Mine")
    give(stridewell, ed, "Not mine")
    found = [(line.title, line.state) for line in services.waiting_for(mara, NOW)]
    assert found == [("Review R-0001", "overdue"), ("Mine", "due")]


def test_my_tasks_come_from_every_organisation(
    mara: User, otto: User, stridewell: Project, lumaro: Organisation
) -> None:
    elsewhere = Organisation.objects.get(name="Elsewhere")
    projects.grant_role(user=otto, role="contributor", scope=stridewell, by=mara)
    give(stridewell, otto, "Here", days=2)
    give(elsewhere, otto, "At home", days=1)
    assert [line.title for line in services.waiting_for(otto, NOW)] == ["At home", "Here"]


def test_a_role_that_ended_takes_its_tasks_along(mara: User, ed: User, stridewell: Project) -> None:
    give(stridewell, ed, "Mine")
    projects.end_membership(membership=Membership.objects.get(user=ed), by=mara, reason="Moved")
    assert services.waiting_for(ed, NOW) == []


def test_an_auditor_sees_no_tasks(ada: User, stridewell: Project, sign_in) -> None:
    assert sign_in(ada).get(reverse("tasks:project", args=[stridewell.slug])).status_code == 403


@pytest.mark.parametrize("page", ["mine", "organisation", "project"])
def test_three_tasks_cost_what_one_costs(page: str, mara: User, stridewell: Project, sign_in) -> None:
    slug = {"mine": [], "organisation": [stridewell.organisation.slug], "project": [stridewell.slug]}[page]
    assert_steady(sign_in(mara), reverse(f"tasks:{page}", args=slug), lambda n: give(stridewell, mara, f"Task {n}"))


@pytest.mark.parametrize("sort", ["", "-date", "title", "-owner", "state", "-reference"])
def test_pages_follow_each_other_whatever_is_told_between_the_rows(
    sort: str, reviews: None, mara: User, ria: User, lumaro: Organisation, stridewell: Project
) -> None:
    for n, title in enumerate("eabdcfg"):
        give((lumaro, stridewell)[n % 2], (mara, ria)[n % 3 == 0], title, days=(n * 5) % 35 - 3)
    column = sort.removeprefix("-") or "date"
    order = (F(column).desc() if sort.startswith("-") else F(column).asc(), "pk") if sort else ()
    found = Inbox(lumaro, NOW, (tasks_open, reminders["test-reviews"].find))

    every = sorted(found.order_by(), key=lambda line: (line.date, line.title))
    every.sort(key=lambda line: str(getattr(line, column) or ""), reverse=sort.startswith("-"))

    for size in (1, 2, 4):
        pages = [found.page(order, "", start, start + size) for start in range(0, 10, size)]
        assert [line.title for page in pages for line in page] == [line.title for line in every]
    assert found.numbers == (9, sum(line.date < NOW.date() for line in every))


def test_all_that_falls_due_is_read_by_one_query(mara: User, lumaro: Organisation, sign_in) -> None:
    give(lumaro, mara, "One")
    client, url = sign_in(mara), reverse("tasks:organisation", args=[lumaro.slug])
    client.get(url)
    assert count(client, url) <= 12
    with CaptureQueriesContext(connection) as again:
        client.get(url)
    assert len(again) == 5  # nothing was recorded since
