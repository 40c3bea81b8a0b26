"""Files reach evidence in pieces and by a plain form; looking at one leaves an entry; hostile ones are refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from compliance.accounts.models import User
from compliance.files.models import Disclosure, Incoming
from compliance.projects.models import Organisation
from controls.models import Evidence, EvidenceVersion, Implementation
from controls.services.control import add_control, implement_control
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from tests.queries import count

SignIn = Callable[[User], Client]
ORG = "/organisations/lumaro"
PIECES = f"{ORG}/evidence/uploads/"
OCTETS = "application/octet-stream"


def form(user: User, **other: object) -> dict:
    facts = {"title": "Log", "shows": "Nightly runs.", "kind": "log_extract", "nature": "period"}
    whence = {"period_start": "2026-10-01", "period_end": "2026-10-31", "source": "Syslog", "method": "automated"}
    return {**facts, **whence, "collected_by": str(user.pk), "classification": "internal", **other}


def announce(client: Client, **about: object) -> dict:
    answer = client.post(PIECES, json.dumps(about), content_type=OCTETS)
    return {"status": answer.status_code, **answer.json()}


def piece(client: Client, key: str, offset: object, data: bytes) -> tuple[int, dict]:
    answer = client.post(f"{PIECES}{key}/?offset={offset}", data, content_type=OCTETS)
    return answer.status_code, answer.json()


def test_a_file_in_pieces_becomes_evidence_and_its_pieces_go(running, mara: User, sign_in: SignIn) -> None:
    client, data = sign_in(mara), b"2026-10-01 run\n" * 50
    one = announce(client, name="../../etc/\u202egol.log", size=len(data), stamp="17")
    assert piece(client, one["id"], 0, data[:200])[1]["offset"] == 200
    assert piece(client, one["id"], 0, data[:200]) == (409, {"offset": 200})
    early = client.post(f"{ORG}/evidence/add/", form(mara, arrived=one["id"], implementations=[running.pk]))
    assert early.context["form"].errors["uploads"] == [
        "../../etc/\u202egol.log has not arrived as a whole: choose it again to go on."
    ]
    assert announce(client, name="../../etc/\u202egol.log", size=len(data), stamp="17")["offset"] == 200
    piece(client, one["id"], 200, data[200:])

    answer = client.post(f"{ORG}/evidence/add/", form(mara, arrived=one["id"], implementations=[running.pk]))

    assert (answer.status_code, Incoming.objects.count()) == (302, 0)
    version = EvidenceVersion.objects.get()
    assert version.blob_id == sha256(data).hexdigest()
    given = client.get(f"{ORG}/evidence/EV-001/1/file/")
    assert b"".join(given.streaming_content) == data
    saved = given["Content-Disposition"]
    assert saved == 'attachment; filename="_.._etc__gol.log"'


def test_another_persons_pieces_are_not_found(running, mara: User, ria: User, sign_in: SignIn) -> None:
    key = announce(sign_in(mara), name="a.log", size=3)["id"]

    assert piece(sign_in(ria), key, 0, b"abc")[0] == 410
    answer = sign_in(ria).post(f"{ORG}/evidence/add/", form(ria, arrived=key))
    assert set(answer.context["form"].errors) == {"uploads"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"name": "a"}', b'{"name": "a", "size": "x"}', b"[" * 4000])
def test_an_announcement_that_says_nothing_is_refused(body: bytes, lumaro, mara: User, sign_in: SignIn) -> None:
    assert sign_in(mara).post(PIECES, body, content_type=OCTETS).status_code == 400


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("..\\..\\con\0.pdf" + "x" * 300, b"%PDF-1.7 x", 302),
        ("bomb.zip", b"PK\x05\x06" + b"\0" * 18, 302),
        ("page.pdf", b"<svg onload=alert(1)>", 422),
        ("photo.jpg", b"<!doctype html><script>", 422),
        ("tool.pdf", b"MZ\x90", 422),
        ("\ud83d\ude00.png", b"\x89PNG\r\n\x1a\n", 302),
    ],
)
def test_hostile_files_are_stored_as_bytes_or_refused(
    name: str, data: bytes, status: int, lumaro, mara: User, sign_in: SignIn
) -> None:
    name = name.encode("utf-16", "surrogatepass").decode("utf-16")
    client = sign_in(mara)

    answer = client.post(f"{ORG}/evidence/add/", form(mara, uploads=SimpleUploadedFile(name, data)))

    assert answer.status_code == status
    for version in EvidenceVersion.objects.all():
        page = f"{ORG}/evidence/EV-001/{version.number}"
        for view, expected in (("preview", {200}), ("file", {200}), ("picture", {200, 422})):
            shown = client.get(f"{page}/{view}/")
            b"".join(shown.streaming_content if shown.streaming else [])
            assert shown.status_code in expected


def test_a_picture_is_shown_drawn_anew_and_whoever_looks_leaves_an_entry(running, mara: User, sign_in: SignIn) -> None:
    target, client = BytesIO(), sign_in(mara)
    Image.new("RGB", (30, 20)).save(target, "PNG")
    client.post(f"{ORG}/evidence/add/", form(mara, uploads=SimpleUploadedFile("shot.png", target.getvalue())))

    answer = client.get(f"{ORG}/evidence/EV-001/1/picture/?page=nonsense")

    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    entry = Disclosure.objects.get()
    assert (entry.name, entry.page, entry.subject) == ("shot.png", "controls:evidence_picture", "EV-001 1")


def test_text_is_escaped(evidence: Evidence, lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    hand_in(lumaro, mara, b"a <b>bold</b> claim & more")

    page = sign_in(mara).get(f"{ORG}/evidence/EV-002/1/preview/").content

    assert b"a &lt;b&gt;bold&lt;/b&gt; claim &amp; more" in page


def hand_in(scope: Organisation, by: User, data: bytes, *shown: Implementation) -> Evidence:
    moment = datetime(2026, 11, 1, 9, tzinfo=UTC)
    facts = Facts(source="Syslog", method="automated", collected_by=by, observed_at=moment)
    about = {"title": "Log", "shows": "Runs.", "kind": "log_extract", "links": Links(implementations=shown)}
    return submit_evidence(scope=scope, facts=facts, upload=Upload(BytesIO(data), "a.log"), by=by, **about)


def test_a_file_that_stands_for_unrelated_controls_is_flagged(
    evidence: Evidence, running: Implementation, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    other = implement_control(
        control=add_control(organisation=lumaro, title="Logging", by=mara), scope=lumaro, owner=mara, by=mara
    )
    same = b"%PDF-1.7 restore report"
    hand_in(lumaro, mara, same, running)
    client = sign_in(mara)
    assert client.get(f"{ORG}/evidence/EV-001/").context["reused"] == []

    hand_in(lumaro, mara, same, other)

    assert client.get(f"{ORG}/evidence/EV-001/").context["reused"] == ["EV-003"]
    flagged = client.get(f"{ORG}/evidence/?reused=true").context["listing"]
    assert [row.evidence.reference for row in flagged.page] == ["EV-003", "EV-002", "EV-001"]


def test_the_evidence_list_costs_the_same_whatever_it_is_linked_to(
    evidence: Evidence, running: Implementation, annex, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    client = sign_in(mara)
    page = f"{ORG}/evidence/?columns=reference,title,standing,reused,reliability"
    client.get(page)
    one = count(client, page)
    for number in range(3):
        hand_in(lumaro, mara, f"log {number}".encode(), running)

    assert count(client, page) == one
