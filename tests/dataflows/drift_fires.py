"""Where an app and its papers part, rule by rule, with the keys of what is found."""

from dataclasses import replace
from datetime import date

from dataflows.drift import Build, Papers
from dataflows.drift.papers import (
    APPLE,
    PLAY,
    BuildReport,
    Label,
    Notice,
    Party,
    Policy,
    Retention,
    Vulnerability,
)
from tests.dataflows.drift_objects import (
    AD_ID,
    BEFORE,
    COLLECTED,
    HEART,
    LIBRARY,
    METERLY,
    PLACE,
    ROUTE,
    SDK,
    USAGE,
    android,
    ios,
    may,
    papers,
    seen,
)

# Rule: what fires with its key, then what looks alike and stays quiet.
FIRES: list[tuple[str, Build, Papers, list[str]]] = [
    ("DR01", android(PLACE, may("CAMERA")), papers(), ["camera", "location"]),
    ("DR01", ios(seen("usage_string", "NSContactsUsageDescription", by="Widget")), papers(), ["contacts"]),
    ("DR02", android(), papers(replace(ROUTE, categories=frozenset({"contacts"}))), ["DF-004:android"]),
    ("DR03", android(SDK), papers(), ["firebase_analytics"]),
    ("DR03", android(SDK), papers(parties=(METERLY,)), ["firebase_analytics"]),
    ("DR03", android(seen("tracker", "Adjust", "Analytics")), papers(), ["adjust"]),
    ("DR03", android(seen("component", "com.appsflyer.SingleInstallBroadcastReceiver")), papers(), ["appsflyer"]),
    ("DR04", android(SDK), papers(USAGE, parties=(replace(METERLY, state="requested"),)), ["PA-004"]),
    (
        "DR04",
        android(SDK),
        papers(USAGE, parties=(replace(METERLY, contract_ends=date(2026, 11, 22)),)),
        ["PA-004"],
    ),
    (
        "DR05",
        android(),
        papers(ROUTE, labels=(Label(PLAY, {}), Label(APPLE, {}))),
        ["apple:PRECISE_LOCATION", "play:PSL_PRECISE_LOCATION"],
    ),
    ("DR06", android(), papers(labels=(COLLECTED,)), ["play:PSL_PRECISE_LOCATION"]),
    (
        "DR07",
        android(),
        papers(
            replace(ROUTE, parties=("PA-1",)), parties=(Party("PA-1", "Mapwright", "recipient"),), labels=(COLLECTED,)
        ),
        ["DF-004:PSL_PRECISE_LOCATION"],
    ),
    (
        "DR08",
        ios(seen("collected", "Health", "Analytics", by="Adspire")),
        papers(ROUTE),
        ["flow:DF-004", "manifest:Health"],
    ),
    ("DR09", android(seen("permission", AD_ID)), papers(USAGE), ["tracking"]),
    ("DR09", ios(seen("tracking", "NSPrivacyTracking", "true", by="Adspire")), papers(), ["tracking"]),
    ("DR10", ios(seen("tracking_domain", "track.adspire.com")), papers(), ["tracking_domains"]),
    ("DR10", android(seen("domain", "api.adspire.com", "US", scope="string")), papers(), ["country:US"]),
    (
        "DR11",
        ios(seen("sdk", "Alamofire", "5.8", manifest="false", form="framework")),
        papers(),
        ["manifest:Alamofire"],
    ),
    (
        "DR11",
        ios(seen("accessed_api", "UserDefaults", "ZZ99.1", by="Adspire")),
        papers(),
        ["reason:Adspire:UserDefaults"],
    ),
    ("DR12", android(seen("flag", "cleartext", "true")), papers(), ["cleartext:*"]),
    (
        "DR12",
        android(seen("cleartext", "old.lumaro.com", "true", scope="domain")),
        papers(),
        ["cleartext:old.lumaro.com"],
    ),
    ("DR12", android(seen("trust", "user", "*", scope="base")), papers(), ["user_authorities:*"]),
    ("DR12", android(target="27"), papers(), ["cleartext:*"]),
    ("DR12", ios(seen("ats", "NSAllowsArbitraryLoads", "true")), papers(), ["cleartext:*"]),
    ("DR13", android(seen("pins", "api.lumaro.com", "2026-12-31", count="1")), papers(), ["api.lumaro.com"]),
    ("DR14", android(seen("flag", "debuggable", "true")), papers(), ["debuggable"]),
    ("DR14", ios(seen("entitlement", "get-task-allow", "true")), papers(), ["get-task-allow"]),
    ("DR14", android(), papers(HEART), ["backup"]),
    (
        "DR15",
        android(seen("component", "com.lumaro.Share", "activity", exported="true")),
        papers(interfaces=frozenset()),
        ["activity:com.lumaro.Share"],
    ),
    ("DR15", ios(seen("link", "stridewell", "custom")), papers(), ["no_list"]),
    ("DR16", android(least="24"), papers(policy=Policy(min_android=28, target_android=37)), ["min", "target"]),
    ("DR16", ios(seen("os", "min", "15.4")), papers(policy=Policy(min_ios="16")), ["min"]),
    ("DR17", android(PLACE, released=BEFORE, change_class="patch"), papers(), ["change_class"]),
    ("DR18", android(), papers(vulnerabilities=(Vulnerability("V-1", "Old", "high", date(2026, 11, 1)),)), ["V-1"]),
    ("DR19", android(build_hash="a" * 64), papers(reports=(BuildReport("EV-010", "MobSF", "b" * 64),)), ["EV-010"]),
    ("DR20", android(PLACE), papers(answers={"Q18": frozenset({"no"})}), ["Q18:permission:0"]),
    ("DR20", android(SDK), papers(answers={"Q36": frozenset({"none"})}), ["Q36:sdk:14"]),
    ("DR21", android(), papers(retention=(Retention("RR-1", "Routes", 365, 400),)), ["RR-1"]),
    ("DR22", android(), papers(labels=(Label(PLAY, {}, accounts=True),)), ["play"]),
    (
        "DR23",
        android(),
        papers(parties=(replace(METERLY, sub_processors=frozenset("ab"), reviewed_sub_processors=frozenset("a")),)),
        ["PA-004"],
    ),
    (
        "DR24",
        android(),
        papers(USAGE, parties=(METERLY,), notices=(Notice("PN-001", "3.0", "2.9", recipients=frozenset()),)),
        ["PN-001:recipients", "PN-001:version"],
    ),
    ("DR25", android(), papers(), ["missing"]),
    ("DR25", android(LIBRARY, released=replace(BEFORE, lockfile_hash="a"), lockfile_hash="b"), papers(), ["stale"]),
]
