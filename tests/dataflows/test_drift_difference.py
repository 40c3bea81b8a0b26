"""What a release brought is weighed, and what was handed in is taken for papers."""

import json
from dataclasses import replace

import pytest

from compliance.artefacts.formats.app_files import observe
from dataflows.drift import Build, change_class, check, difference
from dataflows.drift.imported import labels_of
from dataflows.drift.labels import table_of_four
from dataflows.drift.papers import APPLE, PLAY, Declared, Label
from dataflows.drift.parties import unknown_parts
from tests.artefacts import app_samples as samples
from tests.dataflows.drift_objects import LIBRARY, PLACE, ROUTE, SDK, android, ios, may, papers, seen

pytestmark = pytest.mark.once
OLD = android(LIBRARY, may("INTERNET"), may("CAMERA"))


@pytest.mark.parametrize(
    ("new", "label", "weight"),
    [
        (may("INTERNET"), None, "patch"),
        (replace(LIBRARY, value="1.1"), None, "patch"),
        (seen("sdk", "pkg:maven/androidx.core/core"), "component androidx.core/core", "patch"),
        (seen("sdk", "pkg:maven/com.unknown/part"), "component com.unknown/part", "minor"),
        (may("POST_NOTIFICATIONS"), "permission POST_NOTIFICATIONS", "minor"),
        (seen("link", "stridewell", "custom"), "link stridewell", "minor"),
        (PLACE, "permission ACCESS_FINE_LOCATION", "major"),
        (SDK, "component com.google.firebase/firebase-analytics", "major"),
    ],
)
def test_what_is_new_weighs_by_what_it_does_to_people(new, label, weight) -> None:
    changes = difference(android(LIBRARY, may("CAMERA"), may("INTERNET"), new), OLD)

    assert [one.label for one in changes if one.new] == ([label] if label else [])
    assert change_class(changes) == weight


def test_what_is_gone_is_told_and_weighs_nothing_and_an_older_system_is_minor() -> None:
    changes = difference(android(LIBRARY, least="24"), OLD)

    assert [(one.label, one.change_class, one.new) for one in changes] == [
        ("oldest system 28 → 24", "minor", True),
        ("permission CAMERA is gone", "patch", False),
    ]


def test_kinds_that_only_one_of_two_builds_can_tell_are_not_compared() -> None:
    manifest_only = Build((replace(OLD.artefacts[0], format="android_manifest"),), "android")
    scanned = ios(seen("tracker", "Adjust"), form="mobsf")

    assert difference(android(SDK, may("CAMERA")), manifest_only) == []
    assert difference(scanned, ios()) == []


def test_parts_nobody_knows_are_listed_for_a_person_and_are_no_finding() -> None:
    build = android(LIBRARY, SDK, seen("sdk", "pkg:maven/androidx.core/core"), seen("sdk", "pkg:maven/com.new/part"))

    assert [one.key for one in unknown_parts(build, papers())] == ["pkg:maven/com.new/part"]


def test_labels_that_were_handed_in_are_papers() -> None:
    play, apple = labels_of([observe(samples.PLAY.encode()), observe(json.dumps(samples.APP_STORE).encode())])

    assert play == Label(PLAY, {"PSL_PRECISE_LOCATION": Declared(True)}, accounts=True)
    assert apple == Label(APPLE, {"PRECISE_LOCATION": Declared(True)})


def test_four_sources_stand_in_one_table() -> None:
    labels = (Label(PLAY, {"PSL_PRECISE_LOCATION": Declared()}), Label(APPLE, {}))
    rows = table_of_four(ios(seen("collected", "PreciseLocation")), papers(ROUTE, labels=labels))

    assert [(one.category, one.manifest, one.flows, one.app_store, one.play, one.agrees) for one in rows] == [
        ("location_precise", True, True, False, True, False)
    ]


def test_whole_apps_of_our_own_making_give_what_was_put_into_them() -> None:
    """The demo story: an attribution SDK nobody declared, an advertising ID, a build left open."""
    checked = check(Build((observe(samples.apk()),), "android"), papers(ROUTE))

    assert [one.mark for one in checked.open] == [
        "DR01:advertising ID",
        "DR09:tracking",
        "DR12:cleartext:deep.stridewell.example",
        "DR12:cleartext:legacy.stridewell.example",
        "DR14:debuggable",
        "DR13:api.stridewell.example",
        "DR15:no_list",
        "DR25:missing",
    ]
