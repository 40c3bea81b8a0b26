"""A build server hands files in with a token: its own project's, nothing else, and every use is remembered."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts.models import Artefact, UploadToken
from compliance.artefacts.services import make_token, remove_artefact, revoke_token, token_of
from compliance.artefacts.views import api
from compliance.jobs.running import run_all
from compliance.ledger import Refused
from compliance.ledger.models import Entry
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release, update_release
from tests.artefacts.app_samples import TEXT_MANIFEST
from tests.artefacts.hostile import HOSTILE

Push = Callable[..., Any]
BUILD = "ab" * 32


@pytest.fixture
def key(stridewell: Project, mara: User) -> tuple[UploadToken, str]:
    return make_token(project=stridewell, label="Pipeline", by=mara)


@pytest.fixture
def push(key: tuple[UploadToken, str], next_release: Release) -> Push:
    """Send files as curl does."""

    def sent(*files: tuple[str, bytes], release: str = "4.2.0", secret: str = key[1], **fields: Any) -> Any:
        data = {"file": [SimpleUploadedFile(name, content) for name, content in files], **fields}
        headers = {"Authorization": f"Bearer {secret}"}
        return Client(enforce_csrf_checks=True).post(f"/api/releases/{release}/artefacts/", data, headers=headers)

    return sent


def test_a_build_server_hands_in_and_every_use_is_remembered(push: Push, key: tuple[UploadToken, str]) -> None:
    answer = push(("AndroidManifest.xml", TEXT_MANIFEST.encode()), ("bom.json", b"{"), commit="deadbeef", build=BUILD)

    assert answer.status_code == 201
    first = Artefact.objects.get(reference="AF-001")
    assert answer.json()["artefacts"][0] == {
        "reference": "AF-001",
        "file": "AndroidManifest.xml",
        "sha256": first.blob_id,
        "size": len(TEXT_MANIFEST),
        "state": "reading",
        "known": False,
        "url": f"http://testserver{first.get_absolute_url()}",
    }
    assert (first.source, first.token, first.uploaded_by, first.commit, first.build_hash) == (
        "ci_api",
        key[0],
        None,
        "deadbeef",
        BUILD,
    )
    run_all()
    assert [*Artefact.objects.order_by("reference").values_list("state", flat=True)] == ["read", "refused"]
    assert push(("AndroidManifest.xml", TEXT_MANIFEST.encode())).status_code == 200
    used = UploadToken.history.filter(id=key[0].pk).order_by("-history_id")
    assert [(one.history_user_id, one.history_change_reason, one.entry_origin) for one in used[:2]] == [
        ("system:upload UT-01", "200 for 4.2.0", "api"),
        ("system:upload UT-01", "201 for 4.2.0", "api"),
    ]
    assert {one.origin for one in Entry.objects.filter(model="artefacts.artefact", type="+")} == {"api"}


def test_a_release_is_named_by_reference_version_or_build(push: Push, next_release: Release, mara: User) -> None:
    update_release(release=next_release, by=mara, build_sha256=BUILD)
    names = (next_release.reference, "4.2.0", BUILD.upper())

    answers = [push((f"{n}.json", b'{"n": %d}' % n), release=name) for n, name in enumerate(names)]

    assert [(one.status_code, one.json()["version"]) for one in answers] == [(201, "4.2.0")] * 3


def test_a_token_does_nothing_in_another_project(
    push: Push, korvo: Project, otto: User, mara: User, key: tuple[UploadToken, str]
) -> None:
    other = plan_release(project=korvo, name="9.0", by=mara)
    plan_release(project=Project.objects.get(name="Foreign"), name="8.0", by=otto)

    for name in ("9.0", other.reference, "8.0", "..%2f"):
        answer = push(("a.json", b"{}"), release=name)
        assert (answer.status_code, Artefact.objects.count()) == (404, 0), name
    headers = {"Authorization": f"Bearer {key[1]}"}
    pages = (f"/projects/{korvo.slug}/releases/", "/projects/stridewell/releases/", "/api/releases/4.2.0/artefacts/")
    for page in pages:
        assert Client().get(page, headers=headers).status_code in {302, 405}


def test_without_a_token_in_force_nothing_is_taken(
    push: Push, key: tuple[UploadToken, str], mara: User, next_release: Release
) -> None:
    token, secret = key
    assert (token.sha256 in secret, len(secret)) == (False, 52)
    for wrong in ("", "assay_up_", secret[:-1], f"{secret}x", token.sha256, "\u00fc", "Bearer"):
        assert push(("a.json", b"{}"), secret=wrong).status_code == 401
    assert token_of(secret, timezone.now() + timedelta(days=181)) is None
    with pytest.raises(Refused, match="Say why the token is revoked"):
        revoke_token(token=token, by=mara, reason="")
    revoke_token(token=token, by=mara, reason="The server was replaced")

    assert push(("a.json", b"{}")).status_code == 401
    assert (Artefact.objects.count(), token_of(secret)) == (0, None)
    with pytest.raises(Refused, match="UT-01 is revoked already"):
        revoke_token(token=UploadToken.objects.get(), by=mara, reason="Again")


def test_what_is_wrong_is_said_in_json(push: Push, key: tuple[UploadToken, str], ed: User, settings: Any) -> None:
    def told(**given: Any) -> tuple[int, str]:
        answer = push(*given.pop("files", [("a.json", b"{}")]), **given)
        return answer.status_code, answer.json()["error"]

    known = "Known: file, platform, part, build, commit, tool, made."
    assert told(release="5.0") == (404, "Stridewell has no release 5.0: name it by reference, version or build hash.")
    assert told(files=[]) == (422, f"There is no file in the request. {api.HOW}")
    assert told(files=[("empty.json", b"")])[1] == "empty.json is empty."
    assert told(branch="main") == (422, f"branch: there is no such field. {known}")
    assert told(build="abc")[1] == "build: A SHA-256 has 64 digits from 0 to 9 and a to f."
    assert told(made="yesterday")[1] == "made: Write the moment as 2026-11-23T09:10:00Z."
    assert told(platform="symbian")[0] == 422
    assert told(commit="a\0b")[0] == 422
    headers = {"Authorization": f"Bearer {key[1]}"}
    url = "/api/releases/4.2.0/artefacts/"
    assert Client().post(url, b"{}", content_type="application/json", headers=headers).status_code == 415
    broken = Client().post(url, b"--x", content_type="multipart/form-data; boundary=\x00", headers=headers)
    assert broken.status_code == 400
    settings.ASSAY_EVIDENCE_MAX_BYTES = 10
    assert told(files=[("big.json", b"{" * 11)]) == (
        422,
        "big.json is larger than 10 bytes, the most a file may have.",
    )
    assert told(files=[("big.json", b"{" * 2_000_000)])[0] == 413
    assert Artefact.objects.count() == 0

    settings.ASSAY_EVIDENCE_MAX_BYTES = 1000
    push(("a.json", b"{}"))
    run_all()
    remove_artefact(artefact=Artefact.objects.select_related("release").get(), by=ed, reason="Ours no more")
    assert told() == (422, "a.json was removed as AF-001 (Ours no more): have it read again on its page.")


def test_too_many_uploads_wait(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "AN_HOUR", 1)

    assert [push(("a.json", b"{}")).status_code for _ in range(2)] == [201, 429]


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_files_become_refusals_with_a_sentence(name: str, push: Push) -> None:
    assert push((name, HOSTILE[name])).status_code == 201
    run_all()

    row = Artefact.objects.get()
    assert (row.state, bool(row.message), "/" in row.file_name) == ("refused", True, False)


def test_a_token_is_made_on_its_page_and_shown_once(
    sign_in: Callable[[User], Client], ed: User, stridewell: Project, next_release: Release
) -> None:
    client, url = sign_in(ed), "/projects/stridewell/upload-tokens/"

    page = client.post(url, {"label": "Pipeline", "days": "30"})

    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert token_of(secret) == UploadToken.objects.get()
    assert secret not in client.get(url).content.decode()
    assert client.post(url, {"label": " ", "days": "0"}).status_code == 422
    client.post(f"{url}UT-01/revoke/", {"reason": "Done"})
    assert token_of(secret) is None
    listed = client.get(f"/projects/stridewell/releases/{next_release.reference}/artefacts/").content.decode()
    assert "http://testserver/api/releases/REL-001/artefacts/" in listed
    assert io.StringIO(listed).read().count("Bearer $ASSAY_UPLOAD_TOKEN") == 1
