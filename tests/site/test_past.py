"""Every page as it stood: recorded as text at some moments, then asked for again with `?at=` after everything changed.

The edits know nothing of any room: random rows of every tracked table get other words, or are removed.
"""

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, as_of, change
from compliance.ledger.guard.tables import tracked_models
from compliance.ledger.models import Entry
from compliance.ledger.past import past
from compliance.projects.models import Organisation, Project
from compliance.projects.past import written
from compliance.projects.services import grant_role
from tests.matrix import REQUESTS, server
from tests.objects import value_for
from tests.test_access import PAGES, Page

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

# What a page shows of the present on purpose, or of its own reading.
NOT_OF_THE_PAST = {
    "packs:download": "a file that never changes",
    "packs:organisation_download": "a file that never changes",
    "artefacts:artefact_file": "a file that never changes",
    "controls:document_file": "a file that never changes",
    **{
        f"controls:{scope}{page}": "a file that never changes"
        for scope in ("", "project_")
        for page in ("evidence_file", "evidence_preview", "sample_population", "test_population")
    },
    **dict.fromkeys(
        (
            "exchange:export",
            "exchange:project_export",
            "dataflows:records_file",
            "dataflows:project_records_file",
            "dataflows:declaration_file",
            "dataflows:told_file",
            "dataflows:told_proof",
            "risks:threat_model_export",
        ),
        "taking it leaves an entry, which the pages before it do not show",
    ),
    "packs:organisation_pack": "the packs made in one instant come in no order",
    **{
        f"controls:{scope}{page}": "made and dated anew whenever it is asked for"
        for scope in ("", "project_")
        for page in ("oscal_catalog", "oscal_components", "oscal_profile", "oscal_results")
    },
    "tasks:organisation": "work to be done",
    "tasks:project": "work to be done",
    "tasks:organisation_task": "work to be done",
    "timeline:organisation_compare": "has two moments of its own",
    "timeline:project_compare": "has two moments of its own",
    "timeline:organisation_record_compare": "has two moments of its own",
    "timeline:project_record_compare": "has two moments of its own",
}
KEPT = {"register", "slug", "email", "role", "state", "status", "reference", "country", "label"}


@pytest.fixture
def reader(stridewell: Project, mara: User) -> User:
    """Somebody who may look at everything and change nothing: no buttons on any page."""
    with change(by="tests"):
        user = User.objects.create_user("reader@lumaro.example", None, name="Reader")
    grant_role(
        user=user, role="auditor", scope=stridewell.organisation, by=mara, until=timezone.now() + timedelta(days=9)
    )
    return user


def shown(project: Project) -> Iterator[tuple[str, str]]:
    """Every page that only shows, filled with records of the project or its organisation."""
    for page in PAGES:
        access = getattr(page.view, "access", None)
        if not access or access.scope not in ("project", "organisation") or access.verb != "view":
            continue
        if page.name not in NOT_OF_THE_PAST:
            yield page.name, reverse(page.name, kwargs=_arguments(page, project))


def _arguments(page: Page, project: Project) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in page.arguments:
        if name in ("project", "organisation"):
            found[name] = project.slug if name == "project" else project.organisation.slug
        else:
            found[name] = value_for(name, page.name).make(project)  # type: ignore[union-attr]
    return found


def text_of(client: Client, url: str, **asked: str) -> str:
    """What stands on a page, without its frame; and of a register its file."""
    request = REQUESTS.get(url, asked)
    request.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
    answer = server().get_response(request)
    page = b"".join(answer).decode()  # type: ignore[arg-type]
    body = re.search(r"<main\b.*?</main>", page, re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", body[0] if body else page)
    return f"{answer.status_code} " + " ".join(unescape(words).split())


def unlike(then: str, now: str) -> list[tuple[str, str]]:
    """Where two texts differ."""
    one, other = then.split(), now.split()
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [(" ".join(one[a:b]), " ".join(other[c:d])) for kind, a, b, c, d in steps if kind != "equal"][:3]


def rows_of(model: Any) -> dict[Any, list[Any]]:
    names = [field.attname for field in model.history.model.tracked_fields]
    return {row.pk: [getattr(row, name) for name in names] for row in model._base_manager.all()}


def disturb(chance: random.Random, by: User, reader: User) -> int:
    """Change or remove random rows of every table but the reader's rights; gives how many it could."""
    done = 0
    for model in tracked_models():
        rows = [row for row in model._base_manager.all() if reader.pk not in (row.pk, getattr(row, "user_id", None))]
        for row in chance.sample(rows, min(3, len(rows))):
            if isinstance(row, (User, Organisation, Project)) and chance.random() < 0.3:
                continue
            try:
                with transaction.atomic(), change(by=by, reason="To see whether it shows"):
                    _write(row, chance)
                done += 1
            except (Refused, DatabaseError, models.ProtectedError, models.RestrictedError, NotImplementedError):
                continue
    return done


def _write(row: Any, chance: random.Random) -> None:
    words = [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in KEPT
        and not field.unique
        and (field.max_length or 99) >= 40
    ]
    if not words or (chance.random() < 0.3 and not isinstance(row, User)):
        row.delete()
        return
    field = chance.choice(words)
    setattr(row, field.attname, f"Other {chance.randrange(10**6)}")
    row.save()


def test_every_page_and_every_table_is_what_it_was(stridewell: Project, mara: User, reader: User, sign_in: Any) -> None:
    """Other rows are changed on each engine."""
    chance, browser = random.Random(connection.vendor), sign_in(reader)
    urls = list(shown(stridewell))
    moments: list[tuple[datetime, dict[str, str], dict[Any, Any]]] = []
    for _ in range(2):
        pages = {name: text_of(browser, url) for name, url in urls}
        tables = {model: rows_of(model) for model in tracked_models() if not model.always_today}
        moments.append((timezone.now(), pages, tables))
        assert disturb(chance, mara, reader) > 10

    for at, pages, tables in moments:
        for model, rows in tables.items():
            with past(at):
                assert rows_of(model) == rows, f"{model.__name__} through past()"
            then = as_of(model, at).instances()
            assert {row.pk for row in then} == set(rows), f"{model.__name__} through as_of()"
        now = {name: text_of(browser, url, at=written(at)) for name, url in urls}
        assert {name: unlike(pages[name], now[name]) for name in pages if pages[name] != now[name]} == {}
    assert Entry.objects.exists()
