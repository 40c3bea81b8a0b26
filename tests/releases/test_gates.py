"""Gates of releases: order, reasons, four eyes, lateness, overrides, and what rooms ask at them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.packs.registry import Period, sections
from compliance.projects.models import Organisation, Project, Release
from compliance.projects.services import plan_release, publish_release, update_release
from compliance.releases import reminders
from compliance.releases.gates import rules
from compliance.releases.models import GateDecision, Verdict
from compliance.releases.registry import gate_checks
from compliance.releases.services import NotAtGate, classify_release, decide_gate, override_gate
from compliance.releases.standing import next_gate, standings
from dataflows.services import add_party
from tests.due import due
from tests.queries import assert_steady
from tests.stage import staged

SignIn = Callable[[User], Client]
BUILD = "ab" * 32
TODAY = timezone.now().date()


@staged
def release(stridewell: Project, ed: User) -> Release:
    """A patch Ed planned, with its build named."""
    return plan_release(project=stridewell, name="4.1.3", by=ed, change_class="patch", build_sha256=BUILD)


def states(release: Release, at: datetime | None = None) -> dict[str, str]:
    found = standings(release, GateDecision.objects.of(release), at or timezone.now())
    return {one.gate.key: one.state for one in found}


def let_through(release: Release, by: User, *gates: str) -> None:
    for gate in gates:
        decide_gate(release=release, gate=gate, passed=True, by=by, reason="Looked at")


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found at any gate but by the gates' own checks: the rooms' are tried one by one below."""
    kept = {key: item for key, item in gate_checks._items.items() if item[1].source.__module__.startswith("compliance")}
    monkeypatch.setattr(gate_checks, "_items", kept)


def test_each_class_passes_its_gates() -> None:
    known = rules()
    assert {kind: " ".join(gate.key for gate in known.of_class(kind)) for kind in Release.ChangeClass.values} == {
        "patch": "G0 G3 G4",
        "minor": "G0 G2 G3 G4 G5",
        "major": "G0 G1 G2 G3 G4 G5",
        "emergency": "G0 G3 G4 G5",
    }


def test_gates_open_one_after_the_other(quiet: None, release: Release, ed: User, ria: User) -> None:
    assert states(release) == {"G0": "ready", "G3": "waits", "G4": "waits"}
    with pytest.raises(NotAtGate, match="a gate before it is not passed"):
        let_through(release, ria, "G3")
    classify_release(release=release, by=ed, reason="Only a crash is mended")
    assert states(release) == {"G0": "passed", "G3": "ready", "G4": "waits"}
    let_through(release, ria, "G3", "G4")
    assert states(release) == {"G0": "passed", "G3": "passed", "G4": "passed"}
    assert next_gate(standings(release, GateDecision.objects.of(release), timezone.now())) is None
    with pytest.raises(NotAtGate, match="passed already"):
        let_through(release, ria, "G4")
    with pytest.raises(NotAtGate, match="does not pass G1"):
        let_through(release, ria, "G1")


def test_a_failed_gate_is_decided_again(quiet: None, release: Release, ed: User, ria: User) -> None:
    classify_release(release=release, by=ed, reason="Small")
    decide_gate(release=release, gate="G3", passed=False, by=ria, reason="The login test failed")
    assert states(release) == {"G0": "passed", "G3": "failed", "G4": "waits"}
    let_through(release, ria, "G3")
    assert [one.verdict for one in GateDecision.objects.of(release).filter(gate="G3")] == ["failed", "passed"]


def test_whoever_planned_it_does_not_decide(quiet: None, release: Release, ed: User, ria: User) -> None:
    classify_release(release=release, by=ed, reason="Small")
    for act in (
        lambda: let_through(release, ed, "G3"),
        lambda: decide_gate(release=release, gate="G3", passed=False, by=ed, reason="No"),
    ):
        with pytest.raises(NotYours, match="somebody else decides"):
            act()
    with pytest.raises(Refused, match="confirmed, not decided"):
        let_through(release, ria, "G0")


def test_what_holds_it_back_is_mended_or_overridden(quiet: None, release: Release, ed: User, ria: User) -> None:
    classify_release(release=release, by=ed, reason="Small")
    update_release(release=release, by=ed, reason="Rebuilt", build_sha256="")
    assert states(release)["G3"] == "blocked"
    with pytest.raises(NotAtGate, match="give its SHA-256"):
        let_through(release, ria, "G3")
    until = TODAY + timedelta(days=5)
    with pytest.raises(Refused, match="Only an executive"):
        override_gate(release=release, gate="G3", until=until, by=ed, reason="Urgent")
    with pytest.raises(Refused, match="at most 90 days"):
        override_gate(release=release, gate="G3", until=TODAY + timedelta(days=91), by=ria, reason="Urgent")
    made = override_gate(release=release, gate="G3", until=until, by=ria, reason="The build follows tonight")
    assert (made.verdict, [one["check"] for one in made.findings]) == (Verdict.OVERRIDDEN, ["build"])
    assert states(release)["G3"] == "overridden"
    assert states(release, timezone.now() + timedelta(days=7)) == {"G0": "passed", "G3": "blocked", "G4": "waits"}
    (line,) = due(reminders.overrides, release.project, timezone.now())
    assert (line.date, line.owner) == (until, ria.name)
    publish_release(release=release, by=ed, at=timezone.now() + timedelta(days=2))
    assert states(release, timezone.now() + timedelta(days=7))["G3"] == "overridden"


def test_nothing_is_overridden_that_nothing_holds_back(quiet: None, release: Release, ed: User, ria: User) -> None:
    classify_release(release=release, by=ed, reason="Small")
    with pytest.raises(NotAtGate, match="decide it instead"):
        override_gate(release=release, gate="G3", until=TODAY, by=ria, reason="Quick")


def test_requirements_after_development_began_are_a_deviation(
    quiet: None, stridewell: Project, ed: User, ria: User
) -> None:
    began = TODAY - timedelta(days=6)
    major = plan_release(project=stridewell, name="5.0", by=ed, change_class="major", development_date=began)
    classify_release(release=major, by=ed, reason="A new login")
    let_through(major, ria, "G1")
    row = GateDecision.objects.of(major).get(gate="G1")
    assert (row.verdict, row.deviation) == (Verdict.WITH_DEVIATION, "6 days after development began")


def test_an_emergency_is_published_first_and_verified_after(
    quiet: None, stridewell: Project, ed: User, ria: User
) -> None:
    urgent = plan_release(project=stridewell, name="4.1.4", by=ed, change_class="emergency", build_sha256=BUILD)
    classify_release(release=urgent, by=ed, reason="Tokens leak")
    at = timezone.now() - timedelta(days=2)
    publish_release(release=urgent, by=ed, reason="Tokens leak", at=at)
    (line,) = due(reminders.emergencies, stridewell, timezone.now())
    assert line.date == at.date() + timedelta(days=10)
    let_through(urgent, ria, "G3", "G4")
    assert {one.deviation for one in GateDecision.objects.of(urgent).exclude(gate="G0")} == {"2 days after publication"}
    assert due(reminders.emergencies, stridewell, timezone.now()) == []


def test_a_review_that_is_overdue_holds_the_next_release_back(
    quiet: None, stridewell: Project, release: Release, ed: User, ria: User
) -> None:
    older = plan_release(project=stridewell, name="4.1.0", by=ed, change_class="minor")
    publish_release(release=older, by=ed, at=timezone.now() - timedelta(days=61))
    (line,) = due(reminders.reviews, stridewell, timezone.now())
    assert line.date == TODAY - timedelta(days=1)
    classify_release(release=release, by=ed, reason="Small")
    let_through(release, ria, "G3")
    assert states(release)["G4"] == "blocked"
    with pytest.raises(NotAtGate, match="looked at again"):
        let_through(release, ria, "G4")


def test_a_withdrawn_release_is_not_decided(quiet: None, release: Release, ed: User) -> None:
    from compliance.projects.services import withdraw_release

    withdraw_release(release=release, by=ed, reason="Not needed")
    with pytest.raises(NotAtGate, match="withdrawn"):
        classify_release(release=release, by=ed, reason="Small")


def said(release: Release, gate: str, key: str) -> list[str]:
    return [one.text for one in gate_checks[f"{gate}/{key}"].source(release, timezone.now())]


def test_rooms_hold_a_release_back(stridewell: Project, release: Release, ed: User, lumaro: Organisation) -> None:
    assert said(release, "G1", "requirements") == [
        "No security requirement of this app is written: take over what is proposed."
    ]
    assert said(release, "G2", "threat_model") == ["No threat model of this app is approved."]
    assert said(release, "G3", "components") == ["No list of components (CycloneDX) was read for this release."]
    quiet_ones = ["G2/parties", "G2/transfers", "G2/screening", "G3/vulnerabilities", "G3/tests", "G4/conditions"]
    assert [said(release, *key.split("/")) for key in quiet_ones] == [[]] * len(quiet_ones)


def test_a_party_nobody_approved_holds_a_release_back(stridewell: Project, release: Release, mara: User) -> None:
    from dataflows.services import add_node

    party = add_party(organisation=stridewell.organisation, by=mara, name="Meterly", country="FR", service="Analytics")
    add_node(project=stridewell, by=mara, kind="processor", name="Meterly", party=party)
    assert said(release, "G2", "parties") == [f"{party.reference} Meterly stands on the flow map and is requested."]


def test_the_page_says_why_it_may_not_ship(sign_in: SignIn, release: Release, ed: User, ria: User, ada: User) -> None:
    page = f"/projects/stridewell/releases/{release.reference}/"
    answer = sign_in(ed).get(page).content.decode()
    assert "It may not be published yet: G0 Classify, not decided." in answer
    assert f"{page}gates/confirm/" in answer
    assert sign_in(ed).post(f"{page}gates/confirm/", {"reason": "Small"}).url == page
    answer = sign_in(ria).get(page).content.decode()
    assert "It may not be published yet: G3 Verify, 1 point holds it back." in answer
    assert ("gates/G3/override/" in answer, "gates/G3/" in sign_in(ada).get(page).content.decode()) == (True, False)
    refused = sign_in(ria).post(f"{page}gates/G3/", {"passed": "yes", "reason": "All well"})
    assert (refused.status_code, "No list of components" in refused.content.decode()) == (422, True)
    assert sign_in(ria).post(f"{page}gates/G9/", {}).status_code == 404
    done = sign_in(ria).post(f"{page}gates/G3/override/", {"until": f"{TODAY}", "reason": "The list follows"})
    assert (done.url, states(release)["G3"]) == (page, "overridden")


def test_a_release_with_many_decisions_asks_as_often(
    quiet: None, sign_in: SignIn, release: Release, ed: User, ria: User
) -> None:
    browser, page = sign_in(ria), f"/projects/stridewell/releases/{release.reference}/"
    classify_release(release=release, by=ed, reason="Small")

    def more(_: int) -> None:
        decide_gate(release=release, gate="G3", passed=False, by=ria, reason="Not yet")

    assert_steady(browser, page, more)


def test_a_pack_prints_decisions_as_they_were(quiet: None, release: Release, ed: User, ria: User) -> None:
    classify_release(release=release, by=ed, reason="Small")
    let_through(release, ria, "G3")
    before = timezone.now()
    let_through(release, ria, "G4")
    publish_release(release=release, by=ed)
    period = Period(date(2026, 1, 1), TODAY)
    row: Any = sections["gates"].source(release.project, before, period)["rows"][0]
    assert (row["missing"], [one["gate"] for one in row["decisions"]]) == (["G4 Publish"], ["G0 Classify", "G3 Verify"])
    after = timezone.now()
    (row,) = sections["gates"].source(release.project.organisation, after, period, subject=release.reference)["rows"]
    assert (row["missing"], row["unproven"], row["build"]) == ([], False, BUILD)
    first: Any = sections["release"].source(release.project, before, period, subject=release.reference)
    assert ([line["by"] for line in first["lines"]], first["closed"]) == (["Ed", "Ria", ""], ["G4 Publish"])
    nothing = sections["release"].source(release.project, before, period, subject="REL-999")
    assert nothing == {"facts": None}


def test_publishing_past_a_gate_is_seen(quiet: None, release: Release, ed: User) -> None:
    publish_release(release=release, by=ed)
    row: Any = sections["gates"].source(release.project, timezone.now(), Period(TODAY, TODAY))["rows"][0]
    assert row["unproven"] is True


def test_a_page_of_the_past_shows_what_was_decided_then(
    quiet: None, sign_in: SignIn, release: Release, ed: User, ria: User
) -> None:
    before = timezone.now()
    classify_release(release=release, by=ed, reason="Small")
    page, then = f"/projects/stridewell/releases/{release.reference}/", f"{before:%Y-%m-%dT%H:%M:%S.%f}"
    now, past = (sign_in(ria).get(page, asked).content.decode() for asked in ({}, {"at": then}))
    assert ("1 decision" in now, "1 decision" in past) == (True, False)
    assert "G0 Classify, not decided" in past
