"""What an overview shows is drawn once, and again as soon as anything it may show has changed."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.models import Entry
from compliance.ledger.redaction import redact
from compliance.projects import drawn, panels, services
from compliance.projects.kept import forget, kept
from compliance.projects.models import KeptBox, Membership, Organisation, Project
from compliance.tasks.models import Task
from compliance.tasks.services import add_task
from risks.models import Risk
from risks.services import identify_risk
from tests.risks.conftest import SCENARIO

YEAR_LATER = timezone.now() + timedelta(days=365)


class Box:
    """Tells how often it was drawn."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"drawn {self.times}"


@pytest.fixture
def look() -> Callable[..., Box]:
    """A box that `look(scope)` shows."""
    box = Box()

    def shown(scope: Organisation | Project) -> Box:
        text = kept({"box": box}, scope)["box"]
        assert text == f"drawn {box.times}"
        return box

    return shown


def save(row, **values) -> None:
    with change(by="tests", reason="For the record"):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def test_an_unchanged_overview_is_not_drawn_again(look, stridewell: Project) -> None:
    assert [look(stridewell).times for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("what", "project", "organisation"),
    [("stridewell", 2, 2), ("lumaro", 2, 2), ("mara", 2, 2), ("korvo", 1, 2), ("elsewhere", 1, 1)],
)
def test_what_was_recorded_around_a_scope_is_shown_at_once(
    what: str, project: int, organisation: int, request, look, stridewell: Project, lumaro: Organisation, otto: User
) -> None:
    request.getfixturevalue("korvo")
    row = Organisation.objects.get(name="Elsewhere") if what == "elsewhere" else request.getfixturevalue(what)
    for scope, times in ((stridewell, project), (lumaro, organisation)):
        forget()
        before = look(scope).times
        save(row, name=f"{row.name} X")
        assert look(scope).times - before + 1 == times


def body_of(page) -> str:
    """Without the frame, where a token is new with every answer."""
    return page.content.decode().partition("<main")[2].partition("</main>")[0]


def read_project() -> str:
    return f"{Project.objects.count()} projects"


def read_release_by_hand() -> str:
    """SQL of our own, a table inside another question: also read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM projects_release AS r WHERE r.name <> '') found")
        return f"{cursor.fetchone()[0]} releases"


def read_ledger() -> str:
    return f"{Entry.objects.count()} entries"


@pytest.mark.parametrize(
    ("draw", "drawn_again"),
    [(read_project, False), (read_release_by_hand, True), (read_ledger, True)],
)
def test_a_box_is_drawn_again_when_what_it_was_drawn_from_has_changed(draw, drawn_again, stridewell: Project) -> None:
    times = []

    def box() -> str:
        times.append(1)
        return draw()

    kept({"box": box}, stridewell)
    services.plan_release(project=stridewell, name="9.9", by="tests")
    assert kept({"box": box}, stridewell)["box"] == draw()
    assert len(times) == 1 + drawn_again
    save(stridewell, name="Stridewell X")  # the scope stands around every box
    kept({"box": box}, stridewell)
    assert len(times) == 2 + drawn_again


def test_a_box_that_held_for_long_gets_a_newer_mark(look, stridewell: Project, monkeypatch) -> None:
    """Nothing of these tests is sealed on PostgreSQL, so the newest entry stands for what is."""
    monkeypatch.setattr("compliance.projects.kept.FEW", 1)
    monkeypatch.setattr("compliance.projects.kept.settled", lambda: Entry.objects.aggregate(last=Max("id"))["last"])
    services.plan_release(project=stridewell, name="9.9", by="tests")
    look(stridewell)
    before = KeptBox.objects.get().mark
    for name in ("9.10", "9.11"):
        services.plan_release(project=stridewell, name=name, by="tests")
    assert look(stridewell).times == 1
    assert (KeptBox.objects.get().mark > before, look(stridewell).times) == (True, 1)


def test_what_a_box_has_read_through_the_scope_is_read_again_for_the_next(mara: User, lumaro, stridewell) -> None:
    """Else the next would not be seen to read it."""
    one, other = panels._alone(stridewell), panels._alone(stridewell)
    assert one == other == stridewell
    assert len({id(scope) for scope in (one, other, stridewell)}) == 3
    assert len({id(scope.organisation) for scope in (one, other, stridewell)}) == 3


def test_overviews_show_every_change_at_once(mara: User, ed: User, lumaro, stridewell: Project, sign_in) -> None:
    """What is kept is what would be drawn, whatever changes: the tables of no box are missed."""
    client = sign_in(mara)

    def shown() -> list[str]:
        return [body_of(client.get(one.get_absolute_url())) for one in (stridewell, lumaro)]

    def fresh() -> list[str]:
        forget()
        drawn.forget()
        return shown()

    changes: list[Callable[[], object]] = [
        lambda: services.plan_release(project=stridewell, name="9.9", planned_date=date(2030, 1, 1), by="tests"),
        lambda: identify_risk(organisation=lumaro, project=stridewell, by=mara, **SCENARIO),
        lambda: save(Risk.objects.get(), title="Another title", review_date=date(2020, 1, 1)),
        lambda: add_task(scope=stridewell, title="Look", assignee=ed, due_date=date(2030, 1, 1), by=mara),
        lambda: save(Task.objects.get(), state="cancelled"),
        lambda: save(ed, name="Eduard"),
        lambda: services.grant_role(user=ed, role="auditor", scope=lumaro, by="tests", until=YEAR_LATER),
    ]
    shown()
    for act in changes:
        act()
        assert shown() == fresh(), act


def test_who_comes_in_changes_nothing(look, mara: User, stridewell: Project, sign_in) -> None:
    look(stridewell)
    sign_in(mara).get("/")
    assert look(stridewell).times == 1


def test_what_was_recorded_while_drawing_is_not_missed(mara: User, stridewell: Project) -> None:
    def draw() -> str:
        found = Project.objects.get().summary
        save(stridewell, summary="Meanwhile")
        return found

    kept({"box": draw}, stridewell)
    assert KeptBox.objects.count() == 0


def test_a_role_that_ends_is_not_outlived(look, ada: User, stridewell: Project) -> None:
    look(stridewell)
    ends = datetime.combine(timezone.now().date() + timedelta(days=1), datetime.min.time(), UTC)
    assert KeptBox.objects.get().until == ends

    membership = Membership.objects.get(user=ada)
    services.end_membership(membership=membership, by="tests", reason="Over")
    now = timezone.now()
    soon = now + (ends - now) / 2
    services.grant_role(user=ada, role="auditor", scope=stridewell, by="tests", until=soon)
    look(stridewell)
    assert KeptBox.objects.get().until == soon


def test_a_value_that_was_erased_is_not_kept(
    mara: User, stridewell: Project, sign_in, django_capture_on_commit_callbacks
) -> None:
    sign_in(mara).get(stridewell.get_absolute_url())
    assert KeptBox.objects.filter(text__contains="Mara").exists()
    with django_capture_on_commit_callbacks(execute=True):
        redact(
            model=User, key=mara.pk, fields=["name"], ground="art17_1_a", by="tests", reason="Asked by mail, ticket 7"
        )
    assert KeptBox.objects.count() == 0


def test_two_roles_are_shown_two_things(mara: User, ada: User, stridewell: Project, sign_in) -> None:
    adopt = reverse("controls:project_adopt", args=[stridewell.slug])
    pages = [sign_in(one).get(stridewell.get_absolute_url()).content.decode() for one in (mara, ada, mara)]
    assert [adopt in page for page in pages] == [True, False, True]


@pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite has one writer: nothing commits late"
)
@pytest.mark.xdist_group("installation")
def test_an_older_entry_that_commits_later_is_shown(installation) -> None:
    done = installation.run("-m", "tests.projects.late")
    assert done.stdout.split("\n")[:-1] == ["- soon", "- soon", "late soon", "late soon", "2"]
