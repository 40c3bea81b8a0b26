"""The files two builds of Stridewell leave behind: small, made here, and said to be what they are."""

import csv
import io
import json
import plistlib
from hashlib import sha256
from typing import Any

from compliance.artefacts.formats.play_data_safety import COLUMNS, YES, DataUse, answers_of
from risks.demo.stage import script

SCRIPT: dict[str, Any] = script("builds")
APP, NEW = "com.lumaro.stridewell", "4.2.0"
ADSPIRE = """
    <receiver android:name="com.adspire.InstallReceiver" android:exported="false" />
    <meta-data android:name="com.adspire.APP_TOKEN" android:value="strd-42" />"""


def build_hash(version: str) -> str:
    """The SHA-256 of a build of the demonstration: there is no such app."""
    return sha256(f"build {version}".encode()).hexdigest()


def is_new(version: str) -> bool:
    """Whether it is the release with the component nobody approved."""
    return version == NEW


def number_of(part: str, version: str) -> str:
    """The version of an SDK in a build; empty when it is not built in."""
    _, then, now = SCRIPT["parts"][part]
    return (now if is_new(version) else then) or ""


def manifest(version: str) -> bytes:
    """The merged manifest for Android."""
    asked = SCRIPT["android"]["permissions"] + (SCRIPT["android"]["new"] if is_new(version) else [])
    lines = "\n".join(f'  <uses-permission android:name="{one}" />' for one in asked)
    code = version.replace(".", "")
    return f"""<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android"
    package="{APP}" android:versionCode="{code}" android:versionName="{version}">
  <uses-sdk android:minSdkVersion="28" android:targetSdkVersion="36" />
{lines}
  <uses-permission android:name="android.permission.BLUETOOTH_SCAN" android:usesPermissionFlags="neverForLocation" />
  <application android:name="{APP}.App" android:allowBackup="false" android:usesCleartextTraffic="false">
    <activity android:name="com.lumaro.stridewell.Main" android:exported="true">
      <intent-filter><action android:name="android.intent.action.MAIN" /></intent-filter>
    </activity>
    <service android:name="com.lumaro.stridewell.RouteService" android:exported="false"
        android:foregroundServiceType="location" />{ADSPIRE if is_new(version) else ""}
  </application>
</manifest>
""".encode()


def component_list(version: str) -> bytes:
    """CycloneDX: every part of the build."""
    parts = [(name, place, number_of(name, version)) for name, (place, *_) in SCRIPT["parts"].items()]
    return _json(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "metadata": {
                "tools": {"components": [{"type": "application", "name": "cdx-maker", "version": "3.1"}]},
                "component": {"type": "application", "name": "stridewell", "version": version},
            },
            "components": [
                {"type": "library", "name": name, "version": number, "purl": f"{place}@{number}"}
                for name, place, number in parts
                if number
            ],
        }
    )


def scan(version: str) -> bytes:
    """MobSF: what a static scan of the Android build found."""
    hosts = {host: {"geolocation": {"country_short": country}} for host, country in SCRIPT["hosts"].items()}
    tracker = {"name": "Adspire", "categories": "Advertisement", "url": "https://adspire.example"}
    return _json(
        {
            "version": "v4.1.0",
            "app_name": "Stridewell",
            "package_name": APP,
            "version_name": version,
            "sha256": build_hash(version),
            "trackers": {"detected_trackers": 1, "trackers": [tracker]},
            "domains": hosts,
            "manifest_analysis": {"manifest_findings": []},
            "code_analysis": {"findings": {}},
            "certificate_analysis": {"certificate_findings": [["secure", "Signed with v3", "Signed app"]]},
        }
    )


def privacy_manifest(part: str) -> bytes:
    """PrivacyInfo.xcprivacy of the app (no part) or of an SDK."""
    said = SCRIPT["privacy"][part]
    host, kind = said.get("host", ""), "NSPrivacyCollectedDataType"
    purpose = "ThirdPartyAdvertising" if host else "AppFunctionality"
    types = [
        {
            kind: f"{kind}{name}",
            f"{kind}Linked": True,
            f"{kind}Tracking": bool(host),
            f"{kind}Purposes": [f"{kind}Purpose{purpose}"],
        }
        for name in said.get("types", [])
    ]
    guarded = "NSPrivacyAccessedAPIType"
    apis = [
        {guarded: f"NSPrivacyAccessedAPICategory{name}", f"{guarded}Reasons": [reason]}
        for name, reason in said.get("apis", {}).items()
    ]
    document: dict[str, Any] = {
        "NSPrivacyTracking": bool(host),
        "NSPrivacyTrackingDomains": [host] if host else [],
        "NSPrivacyCollectedDataTypes": types,
        "NSPrivacyAccessedAPITypes": apis,
    }
    return plistlib.dumps(document)


def play_label() -> bytes:
    """The Data safety form as it was exported: nothing is shared, it says."""
    uses = [
        DataUse(code, collected=True, shared=False, ephemeral=False, optional=False)
        for code in SCRIPT["labels"]["play"].split()
    ]
    general = {
        ("PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA", ""): YES,
        ("PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT", ""): YES,
        ("PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_USER_ID_PASSWORD"): YES,
        ("PSL_ACCOUNT_DELETION_URL", ""): "https://stridewell.example/delete",
    }
    answers = {**general, **{key: value for key, value in answers_of(uses).items() if value}}
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows((question, response, value, "", "") for (question, response), value in answers.items())
    return out.getvalue().encode()


def app_store_label() -> bytes:
    """The App Store's label: no tracking, it says."""
    return _json(
        [
            {"category": name, "purposes": ["APP_FUNCTIONALITY"], "data_protections": ["DATA_LINKED_TO_YOU"]}
            for name in SCRIPT["labels"]["app_store"].split()
        ]
    )


def from_pipeline(version: str) -> dict[str, bytes]:
    """What the build server hands in for a version, by file name."""
    parts = [name for name in SCRIPT["privacy"] if not name or number_of(name, version)]
    files = {"AndroidManifest.xml": manifest(version), "bom.json": component_list(version)}
    files |= {f"{part or 'PrivacyInfo'}.xcprivacy": privacy_manifest(part) for part in parts}
    return {**files, "mobsf.json": scan(version)} if is_new(version) else files


def by_hand() -> dict[str, bytes]:
    """What was exported from the consoles of the stores."""
    return {"data-safety.csv": play_label(), "app_privacy_details.json": app_store_label()}


# The files that stand for evidence, by their key in the script.
EVIDENCE = {
    "EV-010": "mobsf.json",
    "EV-011": "bom.json",
    "EV-012": "AndroidManifest.xml",
    "EV-013": "PrivacyInfo.xcprivacy",
    "EV-014": "data-safety.csv",
    "EV-015": "app_privacy_details.json",
}


def evidence_file(key: str) -> tuple[str, bytes] | None:
    """Name and bytes of what a piece of evidence is, when it is a file of the build."""
    if key not in EVIDENCE:
        return None
    return EVIDENCE[key], {**from_pipeline(NEW), **by_hand()}[EVIDENCE[key]]


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1).encode()
