"""The auditor's desk: the frozen scope and nothing else, for a window, every look recorded."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.files.models import Disclosure
from compliance.ledger import Refused, change
from compliance.projects.services import accept_invitation
from controls.models import AuditNote, Evidence, Finding
from controls.services.desk import desk_finding, freeze_scope, frozen_scope, verify_at_desk, write_note
from controls.services.finding import answer_finding
from controls.services.review import withdraw_evidence
from controls.services.seat import invite_auditor
from tests.controls.auditing import DAY, acted, put, wait_over
from tests.controls.desks import desk_of, frozen_evidence, somebody, take_seat
from tests.controls.documents import TEXT, publish, write


@pytest.fixture
def rita(stridewell) -> User:
    """Audits Stridewell from outside: no role anywhere, one open seat."""
    user = somebody("Rita")
    take_seat(stridewell, user, since=-DAY, until=DAY)
    return user


def at(name: str, project, *args) -> str:
    return reverse(f"controls:{name}", args=[desk_of(project).pk, *args])


def test_the_desk_shows_what_was_frozen_and_not_what_came_later(rita, stridewell, sign_in):
    browser, shown = sign_in(rita), frozen_evidence(stridewell)
    withdraw_evidence(version=Evidence.objects.get().versions.get(), by=somebody("Other"), reason="Superseded")
    page = browser.get(at("desk_item", stridewell, "evidence", shown["reference"]))
    assert (page.status_code, page.context["item"]["standing"]) == (200, "accepted")
    file = browser.get(at("desk_file", stridewell, shown["sha256"]))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 desk Stridewell"
    assert browser.get(at("desk_file", stridewell, "0" * 64)).status_code == 404
    assert browser.get(at("desk_part", stridewell, "risks")).status_code == 404


def test_documents_in_force_stand_in_the_scope_and_drafts_do_not(stridewell, lumaro, mara, ria, sign_in):
    publish(write(lumaro, mara, "Security policy"), mara, ria)
    publish(write(lumaro, mara, "Salaries", classification="restricted"), mara, ria)
    write(lumaro, mara, "Next year's policy")
    user = somebody("Rita")
    take_seat(stridewell, user, since=-DAY, until=DAY)
    audit = put(desk_of(stridewell), "notified")
    freeze_scope(audit=audit, by=mara)
    put(audit, "fieldwork")
    write(lumaro, mara, "After the freeze")

    browser = sign_in(user)
    shown = browser.get(at("desk_part", stridewell, "documents")).context["part"]["items"]
    assert [(one["reference"], one["title"], one["approved_by"]) for one in shown] == [
        ("DOC-001", "Security policy", "Ria")
    ]
    page = browser.get(at("desk_item", stridewell, "documents", "DOC-001"))
    assert dict(page.context["facts"])["Text"] == TEXT
    assert browser.get(at("desk_item", stridewell, "documents", "DOC-002")).status_code == 404


def test_every_look_and_file_is_in_the_timeline(rita, stridewell, sign_in):
    browser, shown = sign_in(rita), frozen_evidence(stridewell)
    browser.get(at("desk_item", stridewell, "evidence", shown["reference"]))
    b"".join(browser.get(at("desk_file", stridewell, shown["sha256"])).streaming_content)
    browser.head(at("desk", stridewell))
    audit = desk_of(stridewell).reference
    assert {(one.name, one.page, one.subject, one.stream) for one in Disclosure.objects.all()} == {
        (f"Page of {audit}", "controls:desk_item", f"{audit} evidence {shown['reference']}", stridewell.stream),
        ("desk.pdf", "controls:desk_file", f"{audit} {shown['sha256']}"[:64], stridewell.stream),
    }
    row = Disclosure.history.model.objects.first()
    assert (row.history_user_id, row.entry_role) == (f"user:{rita.pk}", "auditor")


def test_the_window_closes_in_an_open_session(stridewell, sign_in, monkeypatch):
    user = somebody("Rita")
    take_seat(stridewell, user, since=-DAY, until=DAY / 24)
    browser = sign_in(user)
    assert browser.get("/").url == at("desk", stridewell)
    assert browser.get(at("desk", stridewell)).status_code == 200
    moment = timezone.now() + DAY / 24
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    names = ("desk", "desk_notes", "desk_findings", "desk_samples", "desk_requests")
    assert {browser.get(at(name, stridewell)).status_code for name in names} == {404}
    assert browser.post(at("desk_notes", stridewell), {"text": "Late"}).status_code == 404
    assert browser.get("/").context["desks"] == []


def test_an_audit_that_is_over_closes_its_desk(rita, stridewell, sign_in):
    put(desk_of(stridewell), "closed")
    assert sign_in(rita).get(at("desk", stridewell)).status_code == 404


def test_auditors_write_notes_findings_samples_and_requests(rita, stridewell, mara, sign_in):
    browser, day = sign_in(rita), timezone.now().date() + DAY
    officer = str(mara.pk)
    sent = {
        "desk_notes": {"about": "K.1", "text": "Asked how backups run."},
        "desk_samples": {"items": "a\nb\nc\nd", "source": "Tickets", "draw": "random_seeded", "size": 2, "seed": "s"},
        "desk_requests": {"title": "Log", "instruction": "Of May", "assignee": officer, "due_date": day},
        "desk_findings": {"grade": "ofi", "title": "T", "statement": "S", "evidence_seen": "E", "issue": "on"},
    }
    for name, form in sent.items():
        assert browser.post(at(name, stridewell), form).status_code == 302, name
        assert browser.get(at(name, stridewell)).status_code == 200
    assert [(note.text, note.author) for note in AuditNote.objects.order_by("reference")] == [
        ("Asked how backups run.", rita),
        ("Drew 2 of 4: Tickets", rita),
        ("Asked Mara for: Log", rita),
    ]
    sample = AuditNote.objects.exclude(sample=None).get().sample
    item = sample.items.first()
    url = at("desk_sample", stridewell, sample.reference)
    assert browser.post(url, {"position": item.position, "verdict": "exception"}).status_code == 422
    assert browser.post(url, {"position": item.position, "verdict": "conforms"}).status_code == 302
    finding = Finding.objects.get()
    assert (finding.state, finding.raised_by, finding.audit) == ("issued", rita, desk_of(stridewell))
    page = browser.get(at("desk_finding", stridewell, finding.reference))
    assert (page.status_code, page.context["finding"]) == (200, finding)


def test_the_desk_is_written_at_only_during_the_audit(rita, stridewell):
    (seat,) = desk_of(stridewell).seats.filter(user=rita)
    put(seat.audit, "response")
    for service, words in ((write_note, {"text": "Late"}), (desk_finding, {"title": "Late"})):
        with pytest.raises(Refused, match=r"is awaiting response: notes and findings are written during fieldwork"):
            service(seat=seat, **words)


def test_an_auditor_verifies_only_what_they_were_named_for(rita, stridewell, ed, mara, ria):
    (seat,) = desk_of(stridewell).seats.filter(user=rita)
    words = {"grade": "minor_nc", "title": "T", "statement": "S", "evidence_seen": "E", "owner": ed}
    finding = desk_finding(seat=seat, issue=True, response_due=timezone.now().date() + DAY, **words)
    answer_finding(finding=finding, agree=True, response="Yes", by=ed)
    action = wait_over(acted(finding, ed, ria, mara))
    given = {"finding": finding, "action": action.reference, "effective": True, "reason": "Seen"}
    with pytest.raises(Refused, match=r"You were not named to verify"):
        verify_at_desk(seat=seat, **given)
    action.verifier = rita
    with change(by="tests"):
        action.save()
    assert verify_at_desk(seat=seat, **given).state == "verified"


def test_somebody_without_an_account_takes_a_seat_by_invitation(stridewell, mara, sign_in):
    audit, now = desk_of(stridewell), timezone.now()
    window = {"since": now - DAY / 24, "until": now + timedelta(hours=9)}
    seat, invitation, _ = invite_auditor(audit=audit, name="Ruben", email="ruben@cert.example", by=mara, **window)
    assert (seat.standing(), invitation.opens) == ("invited", f"auditor of {audit.reference}, and of nothing else")
    ruben = accept_invitation(invitation=invitation, name="Ruben", password="a long sentence of words")
    seat.refresh_from_db()
    assert (seat.standing(), ruben.memberships.exists()) == ("active", False)
    browser = sign_in(ruben)
    assert browser.get("/").url == at("desk", stridewell)
    assert browser.get(stridewell.get_absolute_url()).status_code == 404
    with pytest.raises(Refused, match=r"cannot invite yourself"):
        invite_auditor(audit=audit, name="Mara", email=mara.email, by=mara, override_reason="Short", **window)
    assert mail.outbox == []


def test_an_observer_writes_no_findings(stridewell, mara):
    seat = take_seat(stridewell, somebody("Watcher"), since=-DAY, until=DAY)
    seat.role = "observer"
    with pytest.raises(Refused, match=r"Observers look on"):
        desk_finding(seat=seat, title="T")


def test_the_hash_of_the_scope_is_that_of_its_words(stridewell):
    scope = frozen_scope(desk_of(stridewell))
    assert sha256(scope.snapshot.encode()).hexdigest() == scope.sha256
    assert [one["requirement"] for one in scope.facts["criteria"]] == ["K.1", "K.2", "K.3"]
