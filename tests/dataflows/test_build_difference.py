"""What a build brought: on the page of its release, proposed at gate G0, and in the pack; now and in the past."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts.pack_sections import artefacts
from compliance.packs.registry import Period
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release, publish_release
from compliance.releases.models import Verdict
from compliance.releases.proposing import is_lower, proposed
from compliance.releases.services import classify_release
from dataflows.build_difference import differences_of
from dataflows.pack_builds import build_differences
from tests.artefacts.app_samples import TEXT_MANIFEST
from tests.artefacts.conftest import Hand, hand_in, next_release

__all__ = ["hand_in", "next_release"]
BEFORE = TEXT_MANIFEST.replace('<uses-permission android:name="com.google.android.gms.permission.AD_ID" />', "")
PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def published(stridewell: Project, mara: User, hand_in: Hand) -> Release:
    """Version 4.1.2, out since ten days, without the advertising ID."""
    release = plan_release(project=stridewell, name="4.1.2", by=mara)
    publish_release(release=release, by=mara, at=timezone.now() - timedelta(days=10))
    hand_in(("AndroidManifest.xml", BEFORE), release=release)
    return release


def test_a_new_permission_is_told_and_makes_the_change_major(
    published: Release,
    next_release: Release,
    hand_in: Hand,
    sign_in: Callable[[User], Client],
    ed: User,
    stridewell: Project,
) -> None:
    assert [*proposed(next_release, timezone.now())] == []
    bare = timezone.now()
    hand_in(("AndroidManifest.xml", TEXT_MANIFEST))

    [android] = differences_of(next_release)
    assert (android.before, android.change_class) == (published, "major")
    assert [one.label for one in android.new] == ["permission com.google.android.gms.permission.AD_ID"]
    [(kind, said)] = proposed(next_release, timezone.now())
    assert (kind, said.change_class, said.because) == (
        "release",
        "major",
        "Android, new since 4.1.2: permission com.google.android.gms.permission.AD_ID.",
    )
    page = sign_in(ed).get(f"/projects/stridewell/releases/{next_release.reference}/").content.decode()
    assert "permission com.google.android.gms.permission.AD_ID" in page
    now = build_differences(stridewell, timezone.now(), PERIOD, subject=next_release.reference)
    assert [(row["version"], row["at_least"], len(row["changes"])) for row in now["rows"]] == [("4.2.0", "major", 1)]
    assert build_differences(stridewell, bare, PERIOD)["rows"] == []


def test_a_lower_class_is_a_deviation_with_its_reason(
    published: Release,
    next_release: Release,
    hand_in: Hand,
    sign_in: Callable[[User], Client],
    ed: User,
) -> None:
    hand_in(("AndroidManifest.xml", TEXT_MANIFEST))
    client, url = sign_in(ed), f"/projects/stridewell/releases/{next_release.reference}/gates/confirm/"
    form = client.get(url)
    assert form.context["points"] == [
        "At least major: Android, new since 4.1.2: permission com.google.android.gms.permission.AD_ID."
    ]

    client.post(url, {"change_class": "minor", "reason": "The permission is removed before publication"})

    next_release.refresh_from_db()
    made = next_release.gate_decisions.get()
    assert (next_release.change_class, made.verdict, made.deviation) == (
        "minor",
        Verdict.WITH_DEVIATION,
        "Lower than what was found: major",
    )
    again = plan_release(project=next_release.project, name="5.0", by=ed, change_class="patch")
    assert classify_release(release=again, by=ed, reason="Nothing new").verdict == Verdict.PASSED


@pytest.mark.once
def test_an_emergency_is_no_size() -> None:
    assert [is_lower(one, "major") for one in ("patch", "minor", "major", "emergency")] == [True, True, False, False]
    assert is_lower("patch", "") is False


def test_the_pack_lists_what_was_handed_in_by_then(
    published: Release,
    next_release: Release,
    hand_in: Hand,
    stridewell: Project,
) -> None:
    [older] = hand_in(("AndroidManifest.xml", TEXT_MANIFEST), build_hash="ab" * 32)
    then = timezone.now()
    [newer, broken] = hand_in(("AndroidManifest.xml", TEXT_MANIFEST + " "), ("bom.json", "{"))

    def told(at: object) -> list[tuple[str, str]]:
        rows = artefacts(stridewell, at, PERIOD, subject=next_release.reference)["releases"]  # type: ignore[arg-type]
        return [(row["reference"], row["state"]) for one in rows for row in (*one["rows"], *one["others"])]

    assert told(then) == [(older.reference, "read")]
    assert told(timezone.now()) == [
        (newer.reference, "read"),
        (older.reference, "superseded"),
        (broken.reference, "refused"),
    ]
    whole = artefacts(stridewell, timezone.now(), PERIOD)
    assert {(one.reference, one.sha256) for one in whole["exhibits"]} == {
        (newer.reference, newer.blob_id),
        ("AF-001", published.artefacts.get().blob_id),
    }
