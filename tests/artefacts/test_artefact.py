"""Artefacts come in, are read by a worker, take each other's place, and stay."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts import facts, reading
from compliance.artefacts.formats.app_files import observe
from compliance.artefacts.models import MOVES, Artefact, State
from compliance.artefacts.registry import Observer, observers
from compliance.artefacts.services import WrongMove, read_again, read_artefact, remove_artefact
from compliance.artefacts.services.artefact import check_move, part_in
from compliance.artefacts.services.read import split_tool
from compliance.files.uploads import FilesRefused
from compliance.jobs.models import Job
from compliance.jobs.running import run_all
from compliance.ledger import Refused, change
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release, publish_release, withdraw_release
from tests.artefacts.app_samples import INFO, PRIVACY, TEXT_MANIFEST, apk, plist
from tests.artefacts.conftest import Hand
from tests.artefacts.samples import CYCLONEDX, written

SBOM = written(CYCLONEDX)


def test_a_file_is_read_and_says_what_stands_in_it(hand_in: Hand, next_release: Release) -> None:
    manifest, privacy = hand_in(("AndroidManifest.xml", TEXT_MANIFEST), ("Adspire.xcprivacy", plist(PRIVACY)))

    assert (manifest.state, manifest.kind, manifest.platform, manifest.subject) == (
        "read",
        "android_manifest",
        "android",
        "com.lumaro.stridewell",
    )
    assert manifest.counts["permission"] == 4
    assert (privacy.part, privacy.platform) == ("Adspire", "ios")
    [told] = reading.build_of(next_release, "android")
    assert told == observe(TEXT_MANIFEST.encode())
    assert {one.by for one in reading.build_of(next_release, "ios")[0].observations} == {"Adspire"}
    assert reading.platforms_of(reading.artefacts_of(next_release)) == ("android", "ios")


def test_what_names_no_platform_counts_for_each(hand_in: Hand, next_release: Release) -> None:
    [listed] = hand_in(("bom.json", SBOM))

    assert (listed.platform, listed.kind) == ("", "cyclonedx")
    assert [one.format for one in reading.build_of(next_release, "ios")] == ["cyclonedx"]


def test_facts_are_the_same_after_they_were_written() -> None:
    for data in (TEXT_MANIFEST.encode(), SBOM, apk(), plist(INFO)):
        observed = observe(data)
        assert facts.read(facts.written(observed)) == observed
        assert facts.written(observed) == facts.written(observe(data))


def test_what_cannot_be_read_is_a_record_with_a_sentence(hand_in: Hand, next_release: Release) -> None:
    [row] = hand_in(("bom.json", '{"bomFormat": "CycloneDX"'))

    assert (row.state, row.facts) == ("refused", None)
    assert row.message.startswith("Line 1")
    assert reading.build_of(next_release) == ()


def test_a_newer_file_takes_the_place_of_the_older_and_both_stay(hand_in: Hand, next_release: Release) -> None:
    [older] = hand_in(("AndroidManifest.xml", TEXT_MANIFEST))
    before = timezone.now()
    [newer] = hand_in(("AndroidManifest.xml", TEXT_MANIFEST.replace("AD_ID", "AD_X")))

    older.refresh_from_db()
    assert (older.state, older.message) == ("superseded", f"{newer.reference} took its place.")
    assert reading.artefacts_of(next_release) == [newer]
    assert reading.artefacts_of(next_release, before) == [older]
    keys = [
        {one.key for one in reading.build_of(next_release, "android", at)[0].of("permission")} for at in (before, None)
    ]
    assert [sorted(key for key in one if "AD_" in key) for one in keys] == [
        ["com.google.android.gms.permission.AD_ID"],
        ["com.google.android.gms.permission.AD_X"],
    ]


def test_manifests_of_two_sdks_stand_beside_each_other(hand_in: Hand) -> None:
    rows = hand_in(
        ("Adspire.xcprivacy", plist(PRIVACY)),
        ("Meterly.xcprivacy", plist(PRIVACY)),
        ("PrivacyInfo.xcprivacy", plist(PRIVACY)),
    )

    assert [(one.part, one.state) for one in rows] == [("Adspire", "read"), ("Meterly", "read"), ("", "read")]


def test_the_same_bytes_are_told_and_not_doubled(hand_in: Hand, ed: User) -> None:
    [first] = hand_in(("bom.json", SBOM))
    [again] = hand_in(("other.json", SBOM))
    assert again.pk == first.pk

    [newer] = hand_in(("bom.json", SBOM.replace(b'"version": 1', b'"version": 2') + b" "))
    [back] = hand_in(("bom.json", SBOM))
    newer.refresh_from_db()
    assert (back.pk, back.state, newer.state) == (first.pk, "read", "superseded")

    remove_artefact(artefact=back, by=ed, reason="Of another app")
    with pytest.raises(WrongMove, match=r"was removed as AF-001 .Of another app.: have it read again"):
        hand_in(("bom.json", SBOM))


def test_what_was_removed_counts_no_more_until_it_is_read_again(hand_in: Hand, next_release: Release, ed: User) -> None:
    [row] = hand_in(("bom.json", SBOM))
    with pytest.raises(Refused, match="Say why it is removed"):
        remove_artefact(artefact=row, by=ed, reason=" ")

    remove_artefact(artefact=row, by=ed, reason="Of another app")
    assert reading.build_of(next_release) == ()
    read_again(artefact=row, by=ed, reason="It was ours")
    run_all()
    assert [one.format for one in reading.build_of(next_release)] == ["cyclonedx"]


@pytest.mark.parametrize(("here", "there"), [*product(State.values, State.values)])
def test_a_state_goes_only_where_the_table_says(here: str, there: str) -> None:
    row = Artefact(reference="AF-001", state=here)
    if there in MOVES[here]:
        check_move(row, there)
    else:
        with pytest.raises(WrongMove, match=r"AF-001 is .*: it cannot become"):
            check_move(row, there)


def test_a_worker_that_comes_twice_reads_once(hand_in: Hand) -> None:
    [row] = hand_in(("bom.json", SBOM), read=False)
    stale = Artefact.objects.select_related("blob", "release").get(pk=row.pk)
    done = read_artefact(artefact=row)
    again = read_artefact(artefact=stale)

    assert (done.state, again.state, again.version) == ("read", "read", done.version)


def test_reading_and_its_job_are_written_together(hand_in: Hand, ed: User) -> None:
    [row] = hand_in(("bom.json", SBOM), read=False)
    job = Job.objects.get(kind="artefacts.read")
    assert (row.state, job.key, job.requested_by) == ("reading", f"artefact:{row.pk}", ed)

    with pytest.raises(FilesRefused, match=r"empty\.json is empty"):
        hand_in(("fine.json", b"{}"), ("empty.json", b""))
    assert Artefact.objects.count() == 1


def test_observers_are_told_once_for_what_came_together(
    hand_in: Hand, next_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []

    def look(release: Release) -> None:
        told.append((release.name, len(reading.artefacts_of(release))))

    kept: dict[str, tuple[int, Observer]] = {"look": (0, look)}
    monkeypatch.setattr(observers, "_items", kept)
    hand_in(("bom.json", SBOM), ("AndroidManifest.xml", TEXT_MANIFEST), ("broken", b"?"))

    assert told == [("4.2.0", 2)]


def test_a_report_names_the_build_it_is_about(hand_in: Hand) -> None:
    data = apk()
    [row] = hand_in(("app.apk", data), build_hash="ab" * 32)

    assert (row.build_hash, row.remarks[-1][:45]) == (row.blob_id, "It was handed in for build abababababab…, but")


def test_releases_before_it_are_those_published_earlier(
    hand_in: Hand, stridewell: Project, next_release: Release, mara: User
) -> None:
    old, bare, withdrawn = (plan_release(project=stridewell, name=name, by=mara) for name in ("4.0.0", "4.1.0", "9.9"))
    moment = timezone.now()
    publish_release(release=old, by=mara, at=moment - timedelta(days=40))
    publish_release(release=bare, by=mara, at=moment - timedelta(days=20))
    hand_in(("AndroidManifest.xml", TEXT_MANIFEST), release=old)
    hand_in(("AndroidManifest.xml", TEXT_MANIFEST + "\n"), release=withdrawn)

    assert [one.name for one in reading.releases_before(next_release)] == ["4.1.0", "4.0.0"]
    for at in (None, timezone.now()):
        assert reading.release_before(next_release, "android", at) == old
        assert reading.release_before(next_release, "ios", at) is None

    withdraw_release(release=next_release, by=mara, reason="Never built")
    with pytest.raises(Refused, match=r"Release 4\.2\.0 is withdrawn"):
        hand_in(("bom.json", SBOM))


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("PrivacyInfo.xcprivacy", ""),
        ("PrivacyInfo (3).xcprivacy", ""),
        ("Adspire-PrivacyInfo.xcprivacy", "Adspire"),
        ("Adspire.xcprivacy", "Adspire"),
        ("Adspire.json", ""),
    ],
)
def test_a_privacy_manifest_is_of_the_sdk_its_file_is_called_after(name: str, part: str) -> None:
    assert part_in(name) == part


@pytest.mark.once
def test_a_tool_is_told_from_its_version() -> None:
    given: dict[str, Any] = {"MobSF 4.1.3": ("MobSF", "4.1.3"), "CycloneDX": ("CycloneDX", ""), "a, b": ("a, b", "")}
    assert {name: split_tool(name) for name in given} == given
    assert json.loads(facts.written(observe(SBOM)))["edition"] == facts.EDITION


def test_facts_changed_on_the_disk_are_noticed(hand_in: Hand, next_release: Release) -> None:
    from compliance.files.store import FileDamaged

    [row] = hand_in(("bom.json", SBOM))
    assert row.facts is not None
    row.facts.path.chmod(0o600)
    row.facts.path.write_bytes(row.facts.path.read_bytes().replace(b"sdk", b"xdk"))
    with pytest.raises(FileDamaged):
        reading.build_of(next_release)
    with change(by="tests"):  # and nothing else in the house is touched by it
        assert Artefact.objects.get().state == "read"
