"""Whatever is downloaded leaves an entry: who, in which role, which file, and what was asked for."""

from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.files import middleware
from compliance.files.models import Disclosure
from compliance.ledger import change
from compliance.ledger.models import Entry
from compliance.ledger.redaction import redact
from compliance.projects.models import Project
from compliance.projects.roles import ROLES
from compliance.projects.services import grant_role
from tests.objects import value_for
from tests.test_access import PAGES, Page

# Views that hand out a file only when asked in a form other than a plain GET or ?format=.
FORMATS = ("", "?format=csv")


@pytest.fixture
def register(stridewell: Project) -> str:
    return reverse("risks:project_register", args=[stridewell.slug])


def test_an_export_is_recorded(register: str, stridewell: Project, ed: User, sign_in: Any) -> None:
    answer = sign_in(ed).get(f"{register}?format=csv&q=phone")

    (row,) = Disclosure.objects.all()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.name}"'
    assert (row.stream, row.asked) == (stridewell.stream, "format=csv&q=phone")
    entry = Entry.objects.of(row).get()
    assert (entry.actor, entry.role, entry.origin) == (f"user:{ed.pk}", "product_owner", "page")


def test_a_page_a_head_and_a_prefetch_leave_none(register: str, ed: User, sign_in: Any) -> None:
    client = sign_in(ed)
    client.get(register)
    client.head(f"{register}?format=csv")
    ahead = client.get(f"{register}?format=csv", headers={"sec-purpose": "prefetch;prerender"})

    assert (ahead.status_code, ahead.content, Disclosure.objects.count()) == (204, b"", 0)


def test_what_cannot_be_recorded_is_not_sent(
    register: str, ed: User, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**kwargs: Any) -> None:
        raise DatabaseError("disk full")

    client = sign_in(ed)
    client.raise_request_exception = False
    monkeypatch.setattr(middleware, "record_disclosure", full)

    assert client.get(f"{register}?format=csv").status_code == 500


def test_a_range_is_recorded_like_the_whole(ed: User, register: str, sign_in: Any) -> None:
    sign_in(ed).get(f"{register}?format=csv", headers={"range": "bytes=0-9"})

    assert Disclosure.objects.count() == 1


def test_nobody_changes_an_export_but_its_name_can_be_erased(register: str, ed: User, sign_in: Any) -> None:
    sign_in(ed).get(f"{register}?format=csv")
    row = Disclosure.objects.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), change(by=ed):
        row.name = "harmless.csv"
        row.save()

    redact(
        model=Disclosure,
        key=row.pk,
        fields=["asked"],
        ground="art17_1_d",
        by="tests",
        reason="A name was searched for, ticket 9",
    )

    assert Disclosure.objects.get().asked == "[erased]"


SCOPED = [
    page for page in PAGES if getattr(getattr(page.view, "access", None), "scope", "") in {"project", "organisation"}
]


@pytest.fixture
def everybody(stridewell: Project, mara: User, sign_in: Any) -> Client:
    """A browser of somebody with every role of the organisation."""
    user = stridewell.organisation and mara
    with change(by="tests"):
        person = User.objects.create_user("all@lumaro.example", None, name="All")
    for key, role in ROLES.items():
        scope = stridewell.organisation if role.organisation_wide and key != "auditor" else stridewell
        if key != "auditor":
            grant_role(user=person, role=key, scope=scope, by=user)
    return sign_in(person)


@pytest.mark.timeout(600)
def test_every_view_that_hands_out_a_file_leaves_an_entry(
    everybody: Client, stridewell: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are asked for; pages are answered, and not drawn."""
    monkeypatch.setattr(Template, "render", lambda template, context=None, request=None: "")
    handed_out, silent, shown = set(), set(), set()
    made: dict[tuple[str, ...], object] = {}
    for page, asked in product(SCOPED, FORMATS):
        where = address(page, stridewell, made)
        before = Disclosure.objects.count()
        answer: HttpResponse = everybody.get(where + asked)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        if "attachment" in answer.headers.get("Content-Disposition", ""):
            handed_out.add(page.name)
            if Disclosure.objects.count() != before + 1:
                silent.add(page.name)
        elif Disclosure.objects.count() != before:
            shown.add(page.name)

    assert silent == set()
    assert shown == {"controls:evidence_preview", "controls:project_evidence_preview"}  # looking is as good as taking
    assert {"risks:project_register", "controls:project_evidence_file"} - handed_out == set()


def address(page: Page, project: Project, made: dict[tuple[str, ...], object]) -> str:
    """Where a page stands; what its address names is made once."""
    given: dict[str, object] = {"project": project.slug, "organisation": project.organisation.slug}
    for argument in set(page.arguments) - set(given):
        factory = value_for(argument, page.name)
        assert factory is not None
        given[argument] = made[argument, *factory.urls] = made.get((argument, *factory.urls)) or factory.make(project)
    return reverse(page.name, kwargs={name: given[name] for name in page.arguments})
