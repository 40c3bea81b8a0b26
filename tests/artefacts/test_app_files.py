"""What an app says about itself is read into facts with places, told by content alone."""

import json
from collections import Counter

import pytest

from compliance.artefacts import formats
from compliance.artefacts.formats.app_files import LABELS, observe
from compliance.artefacts.formats.observation import KINDS, Observed
from tests.artefacts import app_samples as samples
from tests.artefacts.making import axml, protobuf, zipped
from tests.artefacts.samples import CYCLONEDX, MOBSF

pytestmark = pytest.mark.once

ALL = {
    "android_manifest": samples.TEXT_MANIFEST.encode(),
    "network_security_config": samples.NETWORK.encode(),
    "apk": samples.apk(),
    "aab": samples.aab(),
    "info_plist": samples.plist(samples.INFO),
    "entitlements": samples.plist(samples.RIGHTS),
    "provisioning_profile": b"\x30\x82\x01\x00" + samples.plist(samples.PROFILE) + b"\x00signature",
    "privacy_manifest": samples.plist(samples.PRIVACY, binary=True),
    "ipa": samples.ipa(),
    "app_store_privacy": json.dumps(samples.APP_STORE).encode(),
    "play_data_safety": samples.PLAY.encode(),
    "spdx": json.dumps(samples.SPDX).encode(),
}


def facts(observed: Observed, *kinds: str) -> list[tuple[str, str, str]]:
    return [(one.kind, one.key, one.value) for one in observed.of(*kinds)]


@pytest.mark.parametrize("key", ALL)
def test_a_file_is_told_by_its_content_and_says_only_what_is_known_to_be_said(key: str) -> None:
    observed = observe(ALL[key])

    assert (observed.format, key in LABELS) == (key, True)
    assert {one.kind for one in observed.observations} <= set(KINDS)
    assert all(one.where for one in observed.observations)


def test_a_manifest_says_the_same_as_text_in_an_apk_and_in_a_bundle() -> None:
    text = observe(samples.TEXT_MANIFEST.encode())
    compiled = [axml(samples.TEXT_MANIFEST), axml(samples.TEXT_MANIFEST, False), protobuf(samples.TEXT_MANIFEST)]

    for data in (*compiled, axml(samples.TEXT_MANIFEST, nameless=True)):
        other = observe(data)
        assert [(one.identity, one.value, one.more) for one in other.observations] == [
            (one.identity, one.value, one.more) for one in text.observations
        ]
    assert (text.subject, text.version, text.value("os", "min"), text.value("os", "target")) == (
        "com.lumaro.stridewell",
        "4.2.0",
        "28",
        "36",
    )


def test_a_manifest_says_permissions_switches_parts_and_links_with_lines() -> None:
    observed = observe(samples.TEXT_MANIFEST.encode())

    assert [(one.key.rpartition(".")[2], dict(one.more)) for one in observed.of("permission")] == [
        ("ACCESS_FINE_LOCATION", {}),
        ("WRITE_EXTERNAL_STORAGE", {"max_sdk": "28"}),
        ("BLUETOOTH_SCAN", {"never_for_location": "true"}),
        ("AD_ID", {}),
    ]
    assert facts(observed, "flag") == [
        ("flag", "debuggable", "true"),
        ("flag", "allow_backup", "true"),
        ("flag", "cleartext", "false"),
        ("flag", "network_security_config", "@xml/network"),
    ]
    assert facts(observed, "link") == [
        ("link", "https://stridewell.example", "app_link"),
        ("link", "stridewell", "custom"),
    ]
    assert [(one.key, one.said("exported"), one.said("filtered")) for one in observed.of("component")] == [
        ("com.lumaro.stridewell.Main", "true", "true"),
        ("com.adspire.Install", "true", ""),
        ("com.lumaro.Track", "false", ""),
    ]
    assert observed.of("permission")[0].where == "AndroidManifest.xml:5"
    assert ("other", "uses-feature", "name=android.hardware.bluetooth_le required=true") in facts(observed, "other")
    assert observed.remarks == ("1 values are references to resources and stay as they are written.",)


def test_a_network_configuration_says_cleartext_trust_and_pins_apart_from_debug_builds() -> None:
    observed = observe(samples.NETWORK.encode())

    assert facts(observed, "cleartext") == [
        ("cleartext", "*", "false"),
        ("cleartext", "legacy.stridewell.example", "true"),
        ("cleartext", "deep.stridewell.example", "true"),
    ]
    assert [(one.key, one.said("scope")) for one in observed.of("trust")] == [("system", "base"), ("user", "debug")]
    assert [(one.key, one.value, one.said("count")) for one in observed.of("pins")] == [
        ("api.stridewell.example", "2026-12-31", "2")
    ]


def test_an_apk_resolves_references_and_names_sdks() -> None:
    observed = observe(samples.apk())

    assert observed.value("flag", "network_security_config") == "res/a1.xml"
    assert len(observed.of("cleartext")) == 3
    assert facts(observed, "sdk", "library") == [
        ("sdk", "pkg:maven/com.adspire/install", "3.1.0"),
        ("sdk", "meterly-analytics", "17.0"),
        ("library", "libstride", "arm64-v8a"),
    ]
    assert facts(observe(samples.aab()), "sdk") == [("sdk", "pkg:maven/com.adspire/install", "3.1.0")]
    assert len(observe(samples.aab()).of("cleartext")) == 3


def test_an_ipa_says_what_the_app_and_what_each_sdk_declares() -> None:
    observed = observe(samples.ipa())

    assert [(one.key, one.by) for one in observed.of("tracking_domain")] == [
        ("track.adspire.example", ""),
        ("track.adspire.example", "Adspire"),
    ]
    assert [(one.key, one.value, one.said("manifest")) for one in observed.of("sdk")] == [
        ("Adspire", "", "true"),
        ("Meterly", "17.0", "false"),
    ]
    own = [one for one in observed.of("entitlement") if not one.said("allowed_only")]
    assert [(one.key, one.value) for one in own][1::2] == [
        ("com.apple.developer.associated-domains", '["applinks:stridewell.example?mode=developer"]'),
        ("get-task-allow", "true"),
    ]
    assert Counter(one.by for one in observed.of("usage_string")) == {"": 1, "Widget": 1}
    assert [one.value for one in observed.of("collected") if not one.by] == ["AppFunctionality"]


def test_lists_of_an_app_keep_what_nobody_reads_yet() -> None:
    info, privacy = observe(samples.plist(samples.INFO)), observe(samples.plist(samples.PRIVACY))

    assert facts(info, "other", "ats", "pins", "link", "ad_network") == [
        ("other", "NSFutureKey", '{"deep": [1]}'),
        ("ats", "NSAllowsArbitraryLoads", "false"),
        ("ats", "NSExceptionAllowsInsecureHTTPLoads", "true"),
        ("pins", "api.stridewell.example", ""),
        ("link", "stridewell", "custom"),
        ("ad_network", "abc.skadnetwork", ""),
    ]
    assert facts(privacy, "accessed_api", "other") == [
        ("accessed_api", "UserDefaults", "CA92.1"),
        ("other", "NSPrivacyFuture", "kept"),
    ]
    assert info.of("ats")[1].where == (
        "Info.plist: NSAppTransportSecurity.NSExceptionDomains.Legacy.Stridewell.example"
        ".NSExceptionAllowsInsecureHTTPLoads"
    )


def test_spdx_gives_components_as_cyclonedx_does() -> None:
    report = formats.read(json.dumps(samples.SPDX).encode())

    assert (report.tool, report.subject, report.version) == ("sbom-maker-2.0", "stridewell", "4.2.0")
    assert [(one.label, one.licence, one.supplier, one.key) for one in report.components] == [
        ("netcore 4.9.0", "Apache-2.0", "Example", "pkg:maven/com.example/netcore")
    ]


def test_store_labels_say_which_types_people_are_told_of() -> None:
    play, apple = observe(samples.PLAY.encode()), observe(json.dumps(samples.APP_STORE).encode())

    assert [(one.key, one.said("collected"), one.said("shared")) for one in play.of("label")] == [
        ("PSL_PRECISE_LOCATION", "true", "false")
    ]
    assert facts(play, "label_answer") == [
        ("label_answer", "PSL_SUPPORTED_ACCOUNT_CREATION_METHODS:PSL_ACM_USER_ID_PASSWORD", "true")
    ]
    assert [(one.key, one.said("linked")) for one in apple.of("label")] == [("PRECISE_LOCATION", "true")]


def test_a_scan_report_tells_of_the_app_beside_its_findings() -> None:
    place = {"geolocation": {"country_short": "US", "city": "-"}}
    told = {
        **MOBSF,
        "sha256": "ab" * 32,
        "permissions": {"android.permission.CAMERA": {"status": "dangerous", "description": "Takes pictures."}},
        "trackers": {"detected_trackers": 1, "trackers": [{"name": "Adjust", "categories": "Analytics", "url": ""}]},
        "domains": {"App.Adspire.com": place, "nowhere.example": {"geolocation": None}},
    }
    observed = observe(json.dumps(told).encode())

    assert facts(observed, "file", "permission", "tracker", "domain") == [
        ("file", "sha256", "ab" * 32),
        ("permission", "android.permission.CAMERA", ""),
        ("tracker", "Adjust", "Analytics"),
        ("domain", "app.adspire.com", "US"),
        ("domain", "nowhere.example", ""),
    ]
    assert (observed.format, observed.platform) == ("mobsf", "android")


def test_a_component_list_names_the_parts_of_the_app() -> None:
    assert facts(observe(json.dumps(CYCLONEDX).encode()), "sdk") == [
        ("sdk", "pkg:maven/com.example/netcore", "4.9.0"),
        ("sdk", "pkg:maven/bytes", "1.0"),
    ]


def test_a_file_called_something_else_is_still_what_it_is() -> None:
    assert observe(b"\xef\xbb\xbf\n" + samples.NETWORK.encode()).format == "network_security_config"
    assert observe(zipped(("Payload/A.app/Info.plist", samples.plist(samples.INFO)))).remarks == (
        "The program of the app is not in the archive: its entitlements are not read.",
    )
