"""Dropping files on a release, watching them being read, and looking at what stands in them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compliance.accounts.models import User
from compliance.artefacts.formats.observation import KINDS
from compliance.artefacts.models import Artefact
from compliance.artefacts.words import WORDS
from compliance.jobs.models import Job
from compliance.jobs.running import run_all
from compliance.projects.models import Release
from tests.artefacts.app_samples import TEXT_MANIFEST
from tests.artefacts.conftest import Hand
from tests.artefacts.hostile import HOSTILE
from tests.queries import assert_steady

SignIn = Callable[[User], Client]
LIST = "/projects/stridewell/releases/REL-001/artefacts/"
MANIFEST = ("AndroidManifest.xml", TEXT_MANIFEST)


def drop(client: Client, *files: tuple[str, bytes], **fields: Any) -> Any:
    given = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(f"{LIST}add/", {"uploads": given, **fields})


def test_files_dropped_together_are_read_while_one_watches(sign_in: SignIn, ed: User, next_release: Release) -> None:
    client = sign_in(ed)
    answer = drop(client, ("AndroidManifest.xml", TEXT_MANIFEST.encode()), ("deep.json", HOSTILE["deep.json"]))
    assert (answer.status_code, answer["Location"]) == (302, LIST)

    page = client.get(LIST).content.decode()
    assert "2 files kept, being read." in page
    assert 'hx-trigger="every 2s"' in page
    watching = {"HX-Request": "true", "HX-Target": "progress"}
    assert client.get(LIST, headers=watching).content.decode().count("<li>") == 2
    run_all()
    assert client.get(LIST, headers=watching)["HX-Refresh"] == "true"

    rows = client.get(LIST).context["listing"].page
    assert sorted((row.state, row.file_name) for row in rows) == [
        ("read", "AndroidManifest.xml"),
        ("refused", "deep.json"),
    ]
    again = drop(client, ("AndroidManifest.xml", TEXT_MANIFEST.encode()))
    assert (
        "AF-001 AndroidManifest.xml is here already, with the same bytes."
        in client.get(again["Location"]).content.decode()
    )


def test_what_cannot_be_kept_is_said_beside_the_form(
    sign_in: SignIn, ed: User, next_release: Release, settings: Any
) -> None:
    settings.ASSAY_EVIDENCE_MAX_BYTES = 100
    client = sign_in(ed)

    assert drop(client).context["form"].errors["uploads"] == ["Choose at least one file."]
    many = drop(client, ("a.json", b"{}"), ("empty.json", b""), ("big.json", b"x" * 101))
    assert many.status_code == 422
    assert many.context["form"].errors["uploads"] == [
        "empty.json is empty.",
        "big.json is larger than 100 bytes, the most a file may have.",
    ]
    assert drop(client, ("a.json", b"{}"), build="z").context["form"].errors["build"][0].startswith("A SHA-256 has")
    assert Artefact.objects.count() == 0


def test_facts_are_grouped_searched_and_paged(sign_in: SignIn, ada: User, hand_in: Hand) -> None:
    hand_in(MANIFEST)
    client, one = sign_in(ada), f"{LIST}AF-001/"

    def found(query: str = "") -> list[str]:
        return [fact.key for fact in client.get(one + query).context["listing"].page]

    assert len(found()) == Artefact.objects.get().total
    assert found("?group=asks&q=ad_id") == ["com.google.android.gms.permission.AD_ID"]
    assert found("?q=AD_ID+com.google") == ["com.google.android.gms.permission.AD_ID"]
    assert found("?group=nonsense&q=%00&page=99") == []
    shown = client.get(one).content.decode()
    assert "Kept, read by nobody yet" in shown  # android:aiHint
    assert "com.<wbr>google.<wbr>android.<wbr>gms.<wbr>permission.<wbr>AD_<wbr>ID" in shown
    assert "artefacts/AF-001/remove/" not in shown  # an auditor only looks
    data = client.get(f"{one}file/")
    assert (b"".join(data.streaming_content).decode(), data["Content-Type"]) == (
        TEXT_MANIFEST,
        "application/octet-stream",
    )


@pytest.mark.parametrize("name", ["billion-laughs.xml", "bomb.apk", "\u202egnp.exe"])
def test_hostile_files_on_the_page_get_a_sentence(name: str, sign_in: SignIn, ed: User, next_release: Release) -> None:
    client = sign_in(ed)
    drop(client, (name, HOSTILE[name]))
    run_all()

    page = client.get(f"{LIST}AF-001/")

    assert (page.status_code, Artefact.objects.get().state) == (200, "refused")
    assert "It could not be read." in page.content.decode()


def test_a_reading_that_broke_off_is_told_and_taken_up_again(sign_in: SignIn, ed: User, hand_in: Hand) -> None:
    [row] = hand_in(MANIFEST, read=False)
    job = Job.objects.get(key=f"artefact:{row.pk}")
    job.state, job.error = Job.State.FAILED, "The worker stopped 3 times while it did this."
    job.save()
    client = sign_in(ed)
    assert "The worker stopped 3 times" in client.get(LIST).content.decode()

    client.post(f"{LIST}AF-001/again/", {"reason": "The worker is back"})
    run_all()
    client.post(f"{LIST}AF-001/remove/", {"reason": "Of another app"})

    page = client.get(f"{LIST}AF-001/").content.decode()
    assert ("Of another app" in page, Artefact.objects.get().state) == (True, "removed")


def test_the_list_asks_as_much_for_three_as_for_one(sign_in: SignIn, ed: User, hand_in: Hand) -> None:
    assert_steady(sign_in(ed), LIST, lambda n: hand_in((f"{n}.json", str(n))))


@pytest.mark.once
def test_every_kind_of_fact_has_a_word() -> None:
    assert set(WORDS) == set(KINDS)
