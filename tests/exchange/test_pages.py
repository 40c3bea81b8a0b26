"""The pages of import and export: who may, what they show, and what a worker does."""

from collections.abc import Callable
from io import BytesIO
from time import process_time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.exchange import views
from compliance.exchange.models import Import, State
from compliance.exchange.registry import sheets
from compliance.exchange.services import begin, receive
from compliance.jobs.models import Job
from compliance.jobs.running import run_all
from compliance.projects.models import Organisation, Project
from controls.models import Control, Evidence, Implementation
from tests.exchange.conftest import book, out, rows_of

SignIn = Callable[[User], Client]
HEADS = [
    "Reference", "Title", "What it shows", "Kind", "Source", "Address at the source", "How it was collected",
    "Observed at",
]  # fmt: skip


def at(page: str, organisation: Organisation, *args: str) -> str:
    return reverse(f"exchange:{page}", args=[organisation.slug, *args])


def upload(client: Client, url: str, content: bytes, name: str = "list.csv") -> Any:
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def test_every_sheet_is_guarded_by_the_kind_of_its_records():
    kinds = {one.key: one.kind for one in sheets}
    for pages, verb in ((views.sheet_import, "edit"), (views.sheet_item, "edit"), (views.sheet_export, "view")):
        for view in pages:
            guards = {kind: (guard.access.verb, guard.access.kind) for kind, guard in view.guards.items()}
            assert guards == {kind: (verb, kind) for kind in kinds.values()}


def test_a_list_goes_out_and_comes_back(lumaro: Organisation, running: Implementation, mara: User, sign_in: SignIn):
    client = sign_in(mara)
    file = b"".join(client.get(at("export", lumaro, "controls"), {"format": "csv"}).streaming_content)
    page = upload(client, at("import", lumaro, "controls"), file.replace(b"Backups", b"=Backups"))
    item = Import.objects.get()

    assert page.url == at("item", lumaro, "controls", item.reference)
    shown = client.get(page.url).content.decode()
    assert "<del>Backups</del> <ins>=Backups</ins>" in shown
    assert client.post(page.url, {"confirm": "yes", "reason": ""}).status_code == 422
    assert Control.objects.get().title == "Backups"
    client.post(page.url, {"confirm": "yes", "reason": "Named better"})

    item.refresh_from_db()
    assert (Control.objects.get().title, item.state, item.reason) == ("=Backups", State.APPLIED, "Named better")
    page = client.get(at("index", lumaro)).content.decode()
    assert (item.reference in page, '<th scope="row" class="main">Controls</th>' in page) == (True, True)


def test_what_is_no_list_is_refused_on_the_form(lumaro: Organisation, mara: User, sign_in: SignIn):
    client, url = sign_in(mara), at("import", lumaro, "controls")

    answers = [
        upload(client, url, content) for content in (b"%PDF-1.7", "Ü".encode("cp1252"), b"", b"\xd0\xcf\x11\xe0")
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert "hand in a CSV file in UTF-8, or an XLSX workbook" in answers[0].content.decode()
    assert Import.objects.count() == 0


def test_an_import_is_discarded_and_nobody_else_s_is_found(
    lumaro: Organisation, stridewell: Project, ed: User, otto: User, mara: User, sign_in: SignIn
):
    upload(sign_in(mara), at("import", lumaro, "controls"), b"Reference,Control\n,New\n")
    item = Import.objects.get()
    url = at("item", lumaro, "controls", item.reference)

    own = reverse("exchange:project_item", args=[stridewell.slug, "implementations", item.reference])
    assert [sign_in(person).get(url).status_code for person in (ed, otto)] == [403, 404]
    assert sign_in(ed).get(own).status_code == 404
    sign_in(mara).post(url, {"discard": "yes"})
    item.refresh_from_db()
    assert (item.state, item.lines.count(), Control.objects.count()) == (State.DISCARDED, 0, 0)


@pytest.mark.parametrize("count", [5_000])
def test_a_long_list_is_read_by_a_worker_in_seconds(
    count: int, lumaro: Organisation, mara: User, sign_in: SignIn, settings: Any
):
    row = ["", "Report", "It runs.", "System report", "Console", "https://console.example/1", "Automated", "2026-11-01"]
    rows = [HEADS, *([*row] for _ in range(count))]
    for number in range(0, count, count // 20):
        rows[number + 1][3] = "Rumour"
    item = receive(sheet=sheets["evidence"], scope=lumaro, stream=BytesIO(book(rows)), name="all.xlsx", by=mara)
    begin(item)
    client, url = sign_in(mara), at("item", lumaro, "evidence", item.reference)
    assert "Waiting for a worker" in client.get(url).content.decode()

    began = process_time()
    run_all()

    assert process_time() - began < 15
    item.refresh_from_db()
    assert (item.state, item.added, item.broken, Evidence.objects.count()) == (State.READ, count - 20, 20, 0)
    page = client.get(url)
    assert [line.number for line in page.context["page"]] == [2 + n for n in range(0, count, count // 20)]
    assert "<b>Kind:</b> “Rumour” is not known: use Policy, Procedure" in page.content.decode()
    assert client.post(url, {"confirm": "yes", "reason": "All of them"}).status_code == 422


def test_many_rows_are_brought_in_by_a_worker(
    lumaro: Organisation, mara: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
):
    titles = "".join(f",Control {number}\n" for number in range(101))
    client = sign_in(mara)
    page = upload(client, at("import", lumaro, "controls"), f"Reference,Control\n{titles}".encode())

    client.post(page.url, {"confirm": "yes", "reason": "The library"})
    assert (Import.objects.get().state, Control.objects.count()) == (State.APPLYING, 0)
    run_all()

    assert (Import.objects.get().state, Control.objects.count()) == (State.APPLIED, 101)
    assert Job.objects.get().state == "done"
    assert len(rows_of(out("controls", lumaro))) == 102
