"""What looks like drift and is none, rule by rule, with why."""

from dataclasses import replace
from datetime import date

from dataflows.drift import Build, Papers
from dataflows.drift.papers import (
    APPLE,
    PLAY,
    BuildReport,
    Declared,
    Flow,
    Label,
    Notice,
    Party,
    Policy,
    Retention,
    Vulnerability,
)
from tests.dataflows.drift_objects import (
    AD_ID,
    ADSPIRE,
    BEFORE,
    COLLECTED,
    HEART,
    LIBRARY,
    METERLY,
    OWN,
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

QUIET: list[tuple[str, str, Build, Papers]] = [
    ("DR01", "a flow on the device stands behind it", android(PLACE), papers(replace(ROUTE, on_device_only=True))),
    (
        "DR01",
        "a flow carries the advertising ID",
        android(seen("permission", AD_ID)),
        papers(replace(USAGE, categories=frozenset({"ad_id"}))),
    ),
    ("DR01", "no supported system grants it", android(may("READ_PHONE_STATE", max_sdk="27")), papers()),
    ("DR01", "storage is no longer asked for", android(may("READ_EXTERNAL_STORAGE"), least="33"), papers()),
    (
        "DR01",
        "nearby devices, never where people are",
        android(may("BLUETOOTH_SCAN", never_for_location="true")),
        papers(),
    ),
    (
        "DR01",
        "permissions that tell nothing",
        android(may("INTERNET"), may("USE_BIOMETRIC"), may("POST_NOTIFICATIONS")),
        papers(),
    ),
    (
        "DR01",
        "a build for debugging",
        android(PLACE, seen("flag", "debuggable", "true"), seen("signature", "certificate", "x", debug="true")),
        papers(),
    ),
    ("DR02", "typed by people", android(), papers(Flow("DF-1", frozenset({"contacts"}), channel="screen"))),
    (
        "DR02",
        "no artefact that would name permissions",
        ios(form="entitlements"),
        papers(Flow("DF-1", frozenset({"contacts"}))),
    ),
    ("DR03", "recorded, with a flow", android(SDK), papers(USAGE, parties=(METERLY,))),
    (
        "DR03",
        "platform libraries",
        android(
            seen("sdk", "pkg:maven/androidx.core/core"),
            seen("sdk", "pkg:maven/com.facebook.react/react-android"),
            LIBRARY,
        ),
        papers(),
    ),
    (
        "DR03",
        "its collection is switched off",
        android(SDK, seen("meta", "firebase_analytics_collection_deactivated", "true")),
        papers(),
    ),
    (
        "DR04",
        "a recipient needs no contract",
        android(SDK),
        papers(USAGE, parties=(replace(METERLY, role="recipient", has_contract=False),)),
    ),
    (
        "DR05",
        "on the device, end to end, or at the processor's own door",
        android(),
        papers(
            replace(ROUTE, on_device_only=True),
            replace(ROUTE, end_to_end=True),
            replace(ROUTE, through_app=False),
            labels=(Label(PLAY, {}),),
        ),
    ),
    ("DR05", "ephemeral, for Apple", ios(), papers(replace(ROUTE, ephemeral=True), labels=(Label(APPLE, {}),))),
    (
        "DR05",
        "declared under a type that may stand for it",
        android(),
        papers(Flow("DF-1", frozenset({"fitness"})), labels=(Label(PLAY, {"PSL_HEALTH": Declared()}),)),
    ),
    ("DR06", "a flow stands behind it", android(), papers(ROUTE, labels=(COLLECTED,))),
    (
        "DR07",
        "a processor acts for us",
        android(),
        papers(replace(ROUTE, parties=("PA-004",)), parties=(METERLY,), labels=(COLLECTED,)),
    ),
    (
        "DR07",
        "the SDK of a company that acts for us",
        android(seen("component", "com.adspire.Install", "provider")),
        papers(parties=(replace(OWN, role="processor"),), own_sdks=(ADSPIRE,), labels=(COLLECTED,)),
    ),
    (
        "DR07",
        "people asked for it",
        android(),
        papers(
            replace(ROUTE, parties=("PA-1",), user_initiated=True),
            parties=(Party("PA-1", "Mapwright", "recipient"),),
            labels=(COLLECTED,),
        ),
    ),
    ("DR08", "manifest and flow agree", ios(seen("collected", "PreciseLocation")), papers(ROUTE)),
    ("DR08", "the app's own manifest need not say what SDKs say", ios(form="privacy_manifest"), papers(ROUTE)),
    ("DR09", "a flow asks for consent", android(seen("permission", AD_ID)), papers(replace(USAGE, tracks=True))),
    (
        "DR10",
        "known, local, harmless or covered",
        android(
            *(
                seen("domain", host, "US", scope="string")
                for host in ("www.w3.org", "10.0.2.2", "api.lumaro.com", "printer.local")
            ),
            seen("domain", "eu.lumaro.org", "NO"),
        ),
        papers(Flow("DF-1", frozenset(), domains=("lumaro.com",)), free_countries=frozenset({"NO"})),
    ),
    (
        "DR10",
        "the host of an SDK whose party has a flow",
        ios(seen("tracking_domain", "app-measurement.com")),
        papers(USAGE, parties=(METERLY,)),
    ),
    (
        "DR11",
        "a part Apple does not list, and a given reason",
        ios(seen("sdk", "Ours", manifest="false", form="framework"), seen("accessed_api", "DiskSpace", "E174.1")),
        papers(),
    ),
    (
        "DR12",
        "only in debug builds, or to oneself",
        android(
            seen("trust", "user", "*", scope="debug"),
            seen("cleartext", "*", "true", scope="debug"),
            seen("cleartext", "localhost", "true"),
            seen("cleartext", "c.lencr.org", "true"),
            seen("cleartext", "10.0.2.2", "true"),
        ),
        papers(),
    ),
    (
        "DR12",
        "a configuration overrules the flag",
        android(
            seen("flag", "cleartext", "true"),
            seen("flag", "network_security_config", "@xml/n"),
            seen("cleartext", "*", "false"),
        ),
        papers(),
    ),
    (
        "DR12",
        "overruled by a narrower key",
        ios(seen("ats", "NSAllowsArbitraryLoads", "true"), seen("ats", "NSAllowsLocalNetworking", "true")),
        papers(),
    ),
    (
        "DR13",
        "pins that last, with a spare",
        android(seen("pins", "a.lumaro.com", "2027-06-01", count="2"), seen("pins", "b.lumaro.com", "", count="3")),
        papers(),
    ),
    (
        "DR14",
        "what the profile would allow",
        ios(seen("entitlement", "get-task-allow", "true", allowed_only="true")),
        papers(HEART),
    ),
    (
        "DR14",
        "rules for what is left out",
        android(seen("flag", "allow_backup", "true"), seen("flag", "extraction_rules", "@xml/r")),
        papers(HEART),
    ),
    (
        "DR15",
        "the launcher, guarded parts, the platform, verified links",
        android(
            seen("component", "a.Main", "activity", exported="true", launcher="true"),
            seen("component", "a.Job", "service", exported="true", permission="android.permission.BIND_JOB_SERVICE"),
            seen("component", "androidx.work.X", "service", exported="true"),
            seen("component", "a.W", "receiver", exported="true", actions="android.appwidget.action.APPWIDGET_UPDATE"),
            seen("component", "a.New", "activity", filtered="true"),
            seen("link", "https://lumaro.com", "app_link"),
            seen("link", "mailto", "shared"),
        ),
        papers(interfaces=frozenset()),
    ),
    (
        "DR15",
        "on the list",
        android(seen("component", "com.lumaro.Share", "activity", exported="true")),
        papers(interfaces=frozenset({"Share"})),
    ),
    (
        "DR16",
        "within policy",
        android(),
        papers(
            policy=Policy(min_android=28, target_android=36, next_target_android=37, next_target_from=date(2027, 8, 31))
        ),
    ),
    (
        "DR17",
        "only libraries are new, or the class says so",
        android(
            LIBRARY, seen("sdk", "pkg:maven/com.example/more", type="library"), released=BEFORE, change_class="patch"
        ),
        papers(),
    ),
    ("DR17", "classed as what it is", android(PLACE, released=BEFORE, change_class="major"), papers()),
    (
        "DR18",
        "accepted, or in time",
        android(),
        papers(
            vulnerabilities=(
                Vulnerability("V-1", "Old", "high", date(2026, 11, 1), date(2026, 12, 1)),
                Vulnerability("V-2", "New", "high", date(2026, 12, 1)),
            )
        ),
    ),
    (
        "DR19",
        "the same build, and hashes that cannot be compared",
        android(build_hash="A" * 64),
        papers(
            reports=(
                BuildReport("EV-1", "MobSF", "a" * 64),
                BuildReport("EV-2", "Scan", "b" * 32),
                BuildReport("EV-3", "Scan"),
            )
        ),
    ),
    (
        "DR20",
        "an answer that fits, a permission nobody grants",
        android(may("ACCESS_FINE_LOCATION", max_sdk="27")),
        papers(answers={"Q18": frozenset({"no"}), "Q37": frozenset({"https_only"})}),
    ),
    (
        "DR21",
        "young enough, or never run",
        android(),
        papers(retention=(Retention("RR-1", "Routes", 365, 365), Retention("RR-2", "Logs", 30))),
    ),
    (
        "DR22",
        "an address to delete, or no accounts",
        android(),
        papers(
            labels=(
                Label(PLAY, {}, accounts=True, deletion_url="https://lumaro.com/delete"),
                Label(APPLE, {}, accounts=False),
            )
        ),
    ),
    (
        "DR23",
        "reviewed, or never listed",
        android(),
        papers(
            parties=(
                replace(METERLY, sub_processors=frozenset("a"), reviewed_sub_processors=frozenset("a")),
                Party("PA-9", "Other"),
            )
        ),
    ),
    (
        "DR24",
        "everybody is named, flows on the device name nobody",
        android(),
        papers(
            USAGE,
            replace(ROUTE, on_device_only=True, purposes=("routes",)),
            parties=(METERLY,),
            notices=(Notice("PN-001", "3.0", "3.0", frozenset({"PA-004"}), frozenset()),),
        ),
    ),
    ("DR25", "a list of its own", android(SDK), papers()),
]
