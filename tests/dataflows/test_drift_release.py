"""A release that is stuck shows what holds it; after the mends it passes; and its file tells the story."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.artefacts.services import receive_artefacts
from compliance.files.uploads import Upload
from compliance.jobs.models import Job
from compliance.jobs.running import run_all
from compliance.ledger import change
from compliance.packs.registry import Period, sections
from compliance.projects.models import Organisation, Project, Release
from compliance.projects.services import add_app_target, plan_release
from compliance.releases.standing import asked
from dataflows import services
from dataflows.models import DataFlow, Drift, Party
from dataflows.pack_drift import app_and_papers
from dataflows.reminders_drift import drift as reminder
from dataflows.services.drift import accept_drift, call_false_alarm
from dataflows.watching import KIND, ask_where_needed
from tests.due import due
from tests.stage import staged

TODAY = timezone.now().date()
MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.lumaro.stridewell"
    android:versionCode="420" android:versionName="4.2.0">
  <uses-sdk android:minSdkVersion="28" android:targetSdkVersion="36" />
  <uses-permission android:name="android.permission.READ_CONTACTS" />
  ADVERTISING
  <application android:allowBackup="false" android:usesCleartextTraffic="false">
    <meta-data android:name="com.lumaro.channel" android:value="play" />ATTRIBUTION
  </application>
</manifest>"""
AD_ID = '<uses-permission android:name="com.google.android.gms.permission.AD_ID" />'
ADSPIRE = '<provider android:name="com.adspire.Install" android:authorities="a" android:exported="false" />'
PARTS = '{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "okhttp"}]}'
LABEL = (
    "Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,"
    "Human-friendly question label\n"
    "PSL_DATA_TYPES_PERSONAL,PSL_EMAIL,true,OPTIONAL,E-mail\n"
    "PSL_DATA_USAGE_RESPONSES:PSL_EMAIL:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_COLLECTED,true,,\n"
)


def manifest(*parts: str) -> str:
    told = AD_ID if "ad_id" in parts else ""
    return MANIFEST.replace("ADVERTISING", told).replace("ATTRIBUTION", ADSPIRE if "adspire" in parts else "")


@staged
def release(stridewell: Project, ed: User, mara: User) -> Release:
    add_app_target(
        project=stridewell, by=mara, platform="android", store="Google Play", app_id="com.lumaro", minimum_os="9"
    )
    return plan_release(project=stridewell, name="4.2.0", by=ed, change_class="major", planned_date=TODAY)


@staged
def attribution(adspire: Party, mara: User) -> Party:
    """Adspire acts for itself; nobody has assessed it."""
    return services.change_party(party=adspire, role="recipient", sdks="com.adspire", by=mara)


@pytest.fixture
def hand_in(release: Release, ed: User) -> Callable[..., None]:
    """Hand files in, and let the worker read and compare."""

    def given(**files: str) -> None:
        uploads = [Upload(io.BytesIO(text.encode()), name.replace("_", ".")) for name, text in files.items()]
        receive_artefacts(release=release, uploads=uploads, by=ed)
        while Job.objects.filter(state=Job.State.QUEUED).exists():
            run_all()

    return given


def rules(release: Release, **state: Any) -> list[str]:
    return list(Drift.objects.filter(release=release, **state).order_by("rule").values_list("rule", flat=True))


def held(release: Release, gate: str = "G3") -> int:
    return sum(one.check in {"drift", "declarations"} for one in asked(release, gate, timezone.now()))


def told(release: Release) -> dict[str, Any]:
    period = Period(TODAY - timedelta(days=1), TODAY)
    return dict(sections["drift"].ask(release.project, timezone.now(), period, release.reference) or {})


def test_the_stuck_release_shows_its_blockers_and_passes_after_the_mends(
    attribution: Party, approved: Callable[..., DataFlow], hand_in: Any, release: Release, mara: User
) -> None:
    approved()
    assert told(release)["compared"] is False
    hand_in(AndroidManifest_xml=manifest("ad_id", "adspire"), parts_json=PARTS, label_csv=LABEL)
    assert rules(release, state="open") == ["DR01", "DR01", "DR03", "DR04", "DR07", "DR09"]
    assert (held(release), held(release, "G4")) == (6, 2)
    assert len(app_and_papers(release.project, timezone.now(), Period(TODAY, TODAY))) == 6
    (part,) = told(release)["releases"][0]["parts"]
    assert (part["label"], part["rows"][0]["rule"]) == ("Open", "DR04")

    hand_in(AndroidManifest_xml=manifest())
    assert rules(release, state="resolved") == ["DR01", "DR03", "DR04", "DR07", "DR09"]
    contacts = Drift.objects.get(rule="DR01", state="open")
    accept_drift(drift=contacts, fix="accepted_fix_record", until=TODAY, by=mara, reason="The flow is with the DPO")
    assert (held(release), held(release, "G4")) == (0, 0)
    (line,) = due(reminder, release.project, timezone.now())
    assert (line.title, line.owner) == (f"{contacts.reference}, app and papers of 4.2.0: the acceptance ends", "Mara")

    story = told(release)["releases"][0]
    assert [(one["label"], len(one["rows"])) for one in story["parts"]] == [
        ("Accepted until a day", 1),
        ("Resolved", 5),
    ]
    unjudged = " ".join(story["unjudged"])
    assert (story["open"], "(DR13)" in unjudged, "(DR01)" in unjudged) == (0, True, False)


def test_a_false_alarm_is_printed_with_its_reason(
    hand_in: Any, release: Release, mara: User, approved: Callable[..., DataFlow]
) -> None:
    hand_in(AndroidManifest_xml=manifest(), parts_json=PARTS)
    row = Drift.objects.get(rule="DR01", state="open")
    call_false_alarm(drift=row, by=mara, reason="Debug menu only, compiled out")
    (part,) = told(release)["releases"][0]["parts"]
    assert (part["label"], part["rows"][0]["reason"]) == ("False alarms", "Debug menu only, compiled out")


def test_it_is_compared_again_when_papers_changed_and_every_day(
    hand_in: Any, release: Release, lumaro: Organisation, mara: User
) -> None:
    hand_in(AndroidManifest_xml=manifest(), parts_json=PARTS)
    assert ask_where_needed() == 0
    services.add_party(organisation=lumaro, name="New", country="FR", service="Maps", by=mara)
    assert (ask_where_needed(), ask_where_needed()) == (1, 1)
    assert Job.objects.filter(kind=KIND, state=Job.State.QUEUED).count() == 1
    run_all()
    assert (ask_where_needed(), ask_where_needed(timezone.now() + timedelta(days=1))) == (0, 1)
    with change(by="tests"):
        release.state = Release.State.WITHDRAWN
        release.save()
    assert ask_where_needed() == 0


def test_pages_tell_what_was_compared_and_what_nobody_can_tell(
    hand_in: Any, release: Release, attribution: Party, approved: Any, sign_in: Callable[[User], Client], ed: User
) -> None:
    approved()
    browser, page = sign_in(ed), f"/projects/stridewell/releases/{release.reference}/"
    assert "Nobody can tell yet" in browser.get(page).content.decode()
    hand_in(AndroidManifest_xml=manifest("adspire"), parts_json=PARTS, label_csv=LABEL)
    assert "No: 4 findings are open." in browser.get(page).content.decode()
    table = browser.get(f"{page}drift/table/").context
    assert [(one.label, one.cells, one.agrees) for one in table["lines"]] == [
        ("E-mail address", ("not in hand", "yes", "not in hand", "yes"), True)
    ]
    (android,) = browser.get(f"{page}drift/gaps/").context["platforms"]
    missing = {gap["rule"].id: (gap["files"], gap["records"]) for gap in android["gaps"]}
    assert missing["DR13"][0][0] == "Android network security configuration"
    assert missing["DR20"][1] == ("an approved assessment of the app",)
    assert browser.post(f"{page}drift/check/").status_code == 302
    assert Job.objects.filter(kind=KIND, state=Job.State.QUEUED).count() == 1
