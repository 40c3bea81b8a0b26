"""`?at=` shows a page as it stood: nothing of later, nothing to change, and links that stay there."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger.moment import moment_read
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.past import Unreadable, moment_asked, written
from compliance.projects.services import create_project, end_membership, grant_role, plan_release, update_project
from tests.queries import count

SignIn = Callable[[User], Client]


@pytest.fixture
def before(stridewell: Project, ed: User, mara: User) -> str:
    """The moment before Stridewell was renamed and got a release, as it stands in an address."""
    moment = written(timezone.now())
    update_project(project=stridewell, name="Renamed", by=mara)
    plan_release(project=stridewell, name="9.9.9", by=mara)
    return moment


def home(project: Project) -> str:
    return reverse("projects:project", args=[project.slug])


def test_a_page_shows_what_was_and_says_so(stridewell: Project, mara: User, before: str, sign_in: SignIn) -> None:
    page = sign_in(mara).get(home(stridewell), {"at": before}).content.decode()

    assert re.search(r"<h1>.*Stridewell\s*</h1>", page)
    assert f"As it stood on {timezone.now():%-d %b %Y}, " in page
    assert ("9.9.9" in page, "Renamed" in page) == (False, False)


def test_the_next_page_is_todays(stridewell: Project, mara: User, before: str, sign_in: SignIn) -> None:
    browser = sign_in(mara)
    browser.get(home(stridewell), {"at": before})

    page = browser.get(home(stridewell)).content.decode()

    assert ("9.9.9" in page, "past-note" in page, moment_read()) == (True, False, None)


def test_links_and_filters_stay_in_the_past(stridewell: Project, mara: User, before: str, sign_in: SignIn) -> None:
    page = sign_in(mara).get(reverse("projects:releases", args=[stridewell.slug]), {"at": before}).content.decode()

    links = re.findall(r'(?<!data-today )href="(/(?:projects|organisations)/[^"]*)"', page)
    assert links
    assert [link for link in links if f"at={before}" not in link] == []
    forms = re.findall(r'<form\b(?![^>]*(?:data-today|method="post"))[^>]*>(.{20})', page)
    assert [start for start in forms if start != '<input type="hidden"'] == []


def test_the_way_back_leads_to_the_same_page(stridewell: Project, mara: User, before: str, sign_in: SignIn) -> None:
    url = reverse("projects:releases", args=[stridewell.slug])

    page = sign_in(mara).get(url, {"at": before, "sort": "name"}).content.decode()

    assert f'<a data-today href="{url}?sort=name">Back to today</a>' in page


def test_nothing_can_be_changed(stridewell: Project, mara: User, before: str, sign_in: SignIn) -> None:
    browser = sign_in(mara)
    page = browser.get(home(stridewell), {"at": before}).content.decode()
    edit = reverse("projects:project_edit", args=[stridewell.slug])

    assert edit not in page
    assert re.findall(r'<form[^>]*method="post"[^>]*action="(?!/accounts/logout/)', page) == []
    assert browser.get(edit, {"at": before}).status_code == 409
    assert browser.post(f"{edit}?at={before}", {"name": "Never"}).status_code == 409
    assert Project.objects.get(pk=stridewell.pk).name == "Renamed"


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        ("2999-01-01", 400, "is still to come"),
        ("2001-01-01", 404, "Its history begins on"),
        ("yesterday", 400, "is no date"),
        ("2026-02-30", 400, "is no date"),
    ],
)
def test_a_moment_that_is_none_is_told(
    stridewell: Project, mara: User, sign_in: SignIn, at: str, status: int, words: str
) -> None:
    answer = sign_in(mara).get(home(stridewell), {"at": at})

    assert answer.status_code == status
    assert words in answer.content.decode()


def test_today_as_a_whole_is_the_present(stridewell: Project, mara: User, sign_in: SignIn) -> None:
    answer = sign_in(mara).get(home(stridewell), {"at": timezone.now().date().isoformat()})

    assert (answer.status_code, answer["Location"]) == (302, home(stridewell))


def test_a_day_is_meant_to_its_end_and_a_time_exactly() -> None:
    day, minute = moment_asked({"at": "2026-03-01"}), moment_asked({"at": "2026-03-01", "time": "14:30"})

    assert f"{day:%H:%M:%S.%f} {minute:%H:%M:%S.%f}" == "23:59:59.999999 14:30:00.000000"
    assert [written(one) for one in (day, minute) if one] == ["2026-03-01", "2026-03-01T14:30"]
    assert moment_asked({"at": "2026-03-01T14:30+02:00"}) == minute - timedelta(hours=2)  # type: ignore[operator]
    with pytest.raises(Unreadable):
        moment_asked({"at": "2026-03-01T25:00"})


def test_todays_rights_decide(stridewell: Project, ed: User, mara: User, before: str, sign_in: SignIn) -> None:
    """Ed saw it then and may not now; an auditor of today sees what was before their time."""
    end_membership(membership=Membership.objects.get(user=ed), by=mara, reason="Left")
    late = User.objects.get(pk=ed.pk)
    assert sign_in(ed).get(home(stridewell), {"at": before}).status_code == 404

    grant_role(user=late, role="auditor", scope=stridewell, by=mara, until=timezone.now() + timedelta(days=9))
    assert sign_in(ed).get(home(stridewell), {"at": before}).status_code == 200


def test_a_project_of_today_does_not_open_others(
    lumaro: Organisation, stridewell: Project, korvo: Project, ed: User, mara: User, sign_in: SignIn
) -> None:
    """Ed had Korvo once; the list of projects as of then shows him only what he may see today."""
    held = grant_role(user=ed, role="product_owner", scope=korvo, by=mara)
    then = written(timezone.now())
    end_membership(membership=held, by=mara, reason="Moved on")

    page = sign_in(ed).get(reverse("projects:projects", args=[lumaro.slug]), {"at": then}).content.decode()

    assert ("Stridewell" in page, "Korvo Wallet" in page) == (True, False)


def test_members_are_those_of_then(lumaro: Organisation, ed: User, mara: User, sign_in: SignIn) -> None:
    url = reverse("projects:members", args=[lumaro.slug])
    then = written(timezone.now())
    end_membership(membership=Membership.objects.get(user=ed), by=mara, reason="Left")
    browser = sign_in(mara)

    assert "ed@lumaro.example" in browser.get(url, {"at": then}).content.decode()
    assert "ed@lumaro.example" not in browser.get(url).content.decode()


def test_an_export_is_of_the_moment(lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    create_project(organisation=lumaro, name="Old", by=mara)
    then = timezone.now()
    create_project(organisation=lumaro, name="New", by=mara)
    url = reverse("projects:projects", args=[lumaro.slug])

    answer = sign_in(mara).get(url, {"at": written(then), "format": "csv"})

    text = answer.getvalue().decode()
    assert ("Old" in text, "New" in text) == (True, False)
    assert answer["Content-Disposition"] == f'attachment; filename="projects-as-of-{then.date()}.csv"'


def test_a_page_of_the_past_costs_two_queries_more(
    stridewell: Project, mara: User, before: str, sign_in: SignIn
) -> None:
    """The scope as it was, and the viewer's roles as they are; PostgreSQL also needs the way there and back."""
    browser = sign_in(mara)
    url = reverse("projects:releases", args=[stridewell.slug])
    browser.get(url)
    then = written(timezone.now() - timedelta(microseconds=1))

    assert count(browser, f"{url}?at={then}") - count(browser, url) <= (3 if connection.vendor == "sqlite" else 6)


def test_a_moment_travels_whole() -> None:
    moment = datetime.fromisoformat("2026-03-01T14:30:05.000123+00:00")

    assert moment_asked({"at": written(moment)}) == moment
