"""What an overview shows is drawn once, and again as soon as anything it may show has changed."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.redaction import redact
from compliance.projects import services
from compliance.projects.kept import forget, kept
from compliance.projects.models import KeptBox, Membership, Organisation, Project


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
