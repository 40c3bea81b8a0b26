"""An outside authority time-stamps the newest checkpoint, and nothing waits for it."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from compliance.ledger import change, guard, keys, tasks
from compliance.ledger.models import Checkpoint, Timestamp
from compliance.ledger.sealing import newest, seal
from compliance.ledger.timestamp import NoTimestamp, authority, check_token, digest_of, request_token, stamp_newest
from compliance.ledger.verification import verify
from tests.ledger.authority import made, serving

DIGEST = bytes(range(32))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder of an authority."""
    found = tmp_path_factory.mktemp("authority") / "ours"
    made(found)
    return found


@pytest.fixture
def server(place, settings):
    """The authority, serving, and configured."""
    with serving(place) as server:
        settings.ASSAY_TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/stamp"
        settings.ASSAY_TIMESTAMP_CERTIFICATES = str(place / "ca.pem")
        yield server


@pytest.fixture
def sealed(stridewell, mara):
    keys.make_signing_key()
    seal()
    return stridewell


def summary(project, text, mara) -> None:
    with change(by=mara, reason="For the record"):
        project.summary = text
        project.save()
    seal()


def test_the_newest_checkpoint_gets_a_token_that_holds(sealed, server):
    tasks.timestamp()

    stamp = Timestamp.objects.get()
    assert stamp.checkpoint == newest()
    assert check_token(bytes(stamp.token), digest_of(newest())) == stamp.at
    assert [str(finding) for finding in verify()] == []


def test_one_token_an_hour_is_enough(sealed, server, mara, settings):
    assert stamp_newest() is not None
    summary(sealed, "Soon after", mara)
    assert stamp_newest() is None
    settings.ASSAY_TIMESTAMP_MINUTES = 0

    assert stamp_newest() is not None
    assert (Timestamp.objects.count(), server.asked) == (2, 2)


def test_nothing_is_asked_when_none_is_configured(sealed, server, settings):
    settings.ASSAY_TIMESTAMP_URL = ""
    tasks.timestamp()

    assert (Timestamp.objects.count(), server.asked, authority()) == (0, 0, None)


def test_an_authority_that_is_down_holds_nothing_back(sealed, server, mara, settings, caplog):
    there = settings.ASSAY_TIMESTAMP_URL
    settings.ASSAY_TIMESTAMP_URL = "http://127.0.0.1:9/stamp"
    before = newest().size
    summary(sealed, "While it is down", mara)
    tasks.timestamp()
    assert (newest().size > before, Timestamp.objects.count()) == (True, 0)
    assert "127.0.0.1 does not answer" in caplog.text
    settings.ASSAY_TIMESTAMP_URL = there

    tasks.timestamp()

    assert Timestamp.objects.get().checkpoint == newest()


SPOILT = {
    "a redirect": (lambda status, kind, body: (302, kind, body), "answered 302"),
    "an error": (lambda status, kind, body: (500, kind, body), "answered 500"),
    "a page": (lambda status, kind, body: (status, "text/html", body), "answered 200 text/html"),
    "too much": (lambda status, kind, body: (status, kind, body + bytes(70_000)), "more than 65536 bytes"),
    "nonsense": (lambda status, kind, body: (status, kind, b"hello"), "cannot be read"),
    "a cut answer": (lambda status, kind, body: (status, kind, body[:-20]), "cannot be read"),
    "a changed signature": (lambda status, kind, body: (status, kind, body[:-1] + bytes([body[-1] ^ 1])), "not signed"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_answer_that_does_not_hold_is_refused(name, server):
    server.spoil, words = SPOILT[name]

    with pytest.raises(NoTimestamp, match=words):
        request_token(DIGEST)


def test_an_old_answer_is_refused(server):
    answers = []
    server.spoil = lambda *answer: answers.append(answer) or answers[0]
    request_token(DIGEST)

    with pytest.raises(NoTimestamp, match="in answer to our question"):
        request_token(DIGEST)


def test_a_token_over_something_else_is_refused(server):
    token = request_token(DIGEST)

    assert check_token(token, DIGEST) is not None
    with pytest.raises(NoTimestamp, match="over something else"):
        check_token(token, bytes(32))


def test_another_authority_is_not_trusted(server, settings, tmp_path):
    settings.ASSAY_TIMESTAMP_CERTIFICATES = str(made(tmp_path / "theirs"))

    with pytest.raises(NoTimestamp, match="not signed by a trusted authority"):
        request_token(DIGEST)


@pytest.mark.parametrize("url", ["http://tsa.example/", "ftp://tsa.example/", "https://", "tsa.example"])
def test_only_https_addresses_are_taken(url, settings):
    settings.ASSAY_TIMESTAMP_URL = url

    with pytest.raises(ImproperlyConfigured, match="https"):
        authority()


def test_without_certificates_nothing_could_be_checked(server, settings):
    settings.ASSAY_TIMESTAMP_CERTIFICATES = ""

    with pytest.raises(ImproperlyConfigured, match="ASSAY_TIMESTAMP_CERTIFICATES"):
        authority()


def test_a_token_moved_to_another_checkpoint_is_found(sealed, server, mara):
    stamp_newest()
    size = newest().size
    summary(sealed, "Later", mara)
    connection.check_constraints()
    guard.lift()
    Timestamp.objects.filter(pk=size).update(checkpoint=Checkpoint.objects.order_by("-size").first())
    connection.check_constraints()
    guard.install()

    assert [str(finding) for finding in verify()] == [
        f"time-stamp of checkpoint {newest().size}: the token is over something else"
    ]
