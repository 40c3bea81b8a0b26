"""Builds and papers of an app, as small as a drift rule needs them."""

from datetime import date
from typing import Any

from compliance.artefacts.formats.observation import Observation, Observed
from dataflows.drift import Build, Papers
from dataflows.drift.known import Sdk
from dataflows.drift.papers import (
    PLAY,
    Declared,
    Flow,
    Label,
    Party,
)

TODAY = date(2026, 11, 23)
PERMISSION = "android.permission."
AD_ID = "com.google.android.gms.permission.AD_ID"
HEART = Flow("DF-003", frozenset({"health"}), special=True, parties=("PA-001",))
COLLECTED = Label(PLAY, {"PSL_PRECISE_LOCATION": Declared(shared=False)})
METERLY = Party("PA-004", "Google Ireland Limited")
USAGE = Flow("DF-006", frozenset({"usage", "device_id"}), parties=("PA-004",), consent=True)


def seen(kind: str, key: str, value: str = "", by: str = "", **more: str) -> Observation:
    return Observation(kind, key, value, f"{kind}.xml:1", by, more)


def android(*facts: Observation, least: str = "28", target: str = "36", **more: Any) -> Build:
    systems = (seen("os", "min", least), seen("os", "target", target))
    return Build((Observed("apk", "android", "com.lumaro.app", "4.2.0", (*systems, *facts)),), "android", **more)


def ios(*facts: Observation, form: str = "ipa", **more: Any) -> Build:
    return Build((Observed(form, "ios", "com.lumaro.app", "4.2.0", facts),), "ios", **more)


def papers(*flows: Flow, **more: Any) -> Papers:
    return Papers(TODAY, flows=flows, **more)


def may(name: str, **more: str) -> Observation:
    return seen("permission", PERMISSION + name, **more)


PLACE = may("ACCESS_FINE_LOCATION")
ROUTE = Flow("DF-004", frozenset({"location_precise"}))
SDK = seen("sdk", "pkg:maven/com.google.firebase/firebase-analytics", "21.0", listed="true")
LIBRARY = seen("sdk", "pkg:maven/com.example/core", "1.0", listed="true", type="library")
ADSPIRE = Sdk("adspire", "Adspire", "Adspire Network", "US", "attribution", ("ad_id",), android=("com.adspire",))
OWN = Party("PA-005", "Adspire Network Inc", "recipient", state="requested", sdks=("adspire",))
BEFORE = android(LIBRARY)
