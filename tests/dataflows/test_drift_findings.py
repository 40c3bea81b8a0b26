"""Findings of drift: they come, go on, end by themselves; people decide about them; gates wait for them."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change
from compliance.ledger.models import Entry
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release, publish_release
from compliance.releases.standing import asked
from compliance.tasks.models import Task
from dataflows.builds import Seen
from dataflows.comparing import keep
from dataflows.drift import Build
from dataflows.models import DRIFT_MOVES, Drift, DriftState
from dataflows.services.drift import (
    accept_drift,
    call_false_alarm,
    hand_to_developers,
    record_findings,
    reopen_drift,
)
from tests.dataflows.drift_cast import PLACE, apk, compared, marks
from tests.dataflows.drift_objects import seen
from tests.queries import assert_steady
from tests.stage import staged

TODAY = timezone.now().date()
LATER = TODAY + timedelta(days=30)
CLEAR = seen("flag", "cleartext", "true")


@staged
def release(stridewell: Project, ed: User) -> Release:
    return plan_release(project=stridewell, name="4.2.0", by=ed, change_class="minor")


@staged
def place(release: Release) -> Drift:
    """The build asks where people are; no flow says so."""
    compared(release, PLACE)
    return Drift.objects.get(release=release, rule="DR01")


def accept(drift: Drift, by: User, **said: Any) -> Drift:
    return accept_drift(
        **{"drift": drift, "fix": "accepted_fix_app", "until": LATER, "by": by, "reason": "Soon"} | said
    )


def test_the_same_again_writes_nothing_and_what_is_mended_is_resolved(release: Release) -> None:
    assert str(compared(release, PLACE)) == "1 new"
    entries = Entry.objects.count()
    assert not compared(release, PLACE)
    assert Entry.objects.count() == entries
    assert str(compared(release)) == "1 resolved"
    assert marks(release) == {"DR01:location": "resolved"}
    assert str(compared(release, PLACE)) == "1 again"
    assert Drift.objects.get().resolved_at is None


def test_what_nobody_can_tell_any_more_is_not_resolved(place: Drift, release: Release) -> None:
    """Without the manifest nothing says that the permission went."""
    parts = Build((apk(form="cyclonedx"),), "android")
    keep(release, {"android": Seen(parts)})
    assert marks(release)["DR01:location"] == "open"
    debug = apk(seen("flag", "debuggable", "true"), seen("flag", "test_only", "true"))
    keep(release, {"android": Seen(Build((debug,), "android"))})
    assert marks(release)["DR01:location"] == "open"


def test_both_platforms_are_one_finding_with_both_places(release: Release, stridewell: Project) -> None:
    from compliance.artefacts.formats.observation import Observed

    asks = seen("usage_string", "NSLocationWhenInUseUsageDescription", "To draw your route.")
    ios = Observed("ipa", "ios", observations=(asks, seen("sdk", "pkg:x", "1", listed="true")))
    builds = {"android": Seen(Build((apk(PLACE),), "android")), "ios": Seen(Build((ios,), "ios"))}
    keep(release, builds)
    row = Drift.objects.get(rule="DR01")
    assert (row.platforms, row.where) == ("android ios", ["permission.xml:1", "usage_string.xml:1"])
    assert [line.partition(":")[0] for line in row.app_does.splitlines()] == ["Android", "iOS"]


def test_it_goes_on_in_the_next_release_with_what_was_decided(
    place: Drift, stridewell: Project, release: Release, mara: User, ed: User
) -> None:
    accept(place, mara)
    publish_release(release=release, by=ed)
    following = plan_release(project=stridewell, name="4.3.0", by=ed, planned_date=LATER)
    compared(following, PLACE)
    row = Drift.objects.get(release=following)
    assert (row.state, row.until, row.decided_by, row.goes_on) == ("accepted_fix_app", LATER, mara, place)


def test_an_acceptance_ends_by_itself(place: Drift, release: Release, mara: User) -> None:
    row = accept(place, mara, until=TODAY)
    assert (row.standing(TODAY), row.standing(LATER)) == ("accepted_fix_app", "open")
    assert list(Drift.objects.untriaged(TODAY)) == []
    with change(by="tests"):
        row.until = TODAY - timedelta(days=1)
        row.save()
    assert list(Drift.objects.untriaged(TODAY)) == [place]
    assert str(compared(release, PLACE)) == "1 again"
    again = Drift.objects.get()
    assert (again.state, again.decided_by) == ("open", None)


ACTS: dict[str, Callable[[Drift, User], Any]] = {
    "accepted_fix_record": lambda row, by: accept(row, by, fix="accepted_fix_record"),
    "accepted_fix_app": accept,
    "false_positive": lambda row, by: call_false_alarm(drift=row, by=by, reason="A test screen"),
    "open": lambda row, by: reopen_drift(drift=row, by=by, reason="Looked again"),
}


def test_every_move_of_the_table_and_no_other(place: Drift, mara: User) -> None:
    """DRIFT_MOVES; what is resolved opens only when the app shows it again."""
    for start, to in product(DriftState.values, ACTS):
        with change(by="tests"):
            place.state = start
            place.save()
        if to in DRIFT_MOVES[start] and start != "resolved":
            assert ACTS[to](place, mara).state == to
        else:
            with pytest.raises(Refused):
                ACTS[to](place, mara)


def test_by_itself_everything_is_resolved_once(place: Drift, release: Release) -> None:
    for start in DriftState.values:
        with change(by="tests"):
            place.state = start
            place.save()
        record_findings(release=release, found={}, judged=lambda rule, platform: True)
        place.refresh_from_db()
        assert (place.state, "resolved" in DRIFT_MOVES[start] or start == "resolved") == ("resolved", True)


def test_whoever_planned_the_release_decides_nothing(place: Drift, ed: User, mara: User) -> None:
    with pytest.raises(NotYours, match=r"You planned or changed release 4\.2\.0"):
        accept(place, ed)
    with pytest.raises(Refused, match="at most 180 days ahead"):
        accept(place, mara, until=TODAY + timedelta(days=181))
    with pytest.raises(Refused, match="choose the papers or the app"):
        accept(place, mara, fix="resolved")


def test_gates_wait_for_what_nobody_decided_about(place: Drift, release: Release, mara: User) -> None:
    def held(gate: str) -> list[str]:
        return [one.text for one in asked(release, gate, timezone.now()) if one.check in {"drift", "declarations"}]

    said = "DRF-0001 Access without a recorded flow: It asks for the place of people: ACCESS_FINE_LOCATION."
    assert [text.split(":")[0] for text in held("G3")] == [said.split(":")[0]]
    assert held("G4") == []
    accept(place, mara)
    assert held("G3") == []
    with change(by="tests"):
        place.state, place.rule = "open", "DR07"
        place.save()
    assert (len(held("G3")), len(held("G4"))) == (1, 1)


def test_a_task_for_the_developers_leaves_it_open(place: Drift, ed: User) -> None:
    hand_to_developers(drift=place, assignee=ed, due_date=LATER, by=ed)
    task = Task.objects.get()
    assert (task.title, task.source_url) == ("DRF-0001: Take the permission out of the app", place.get_absolute_url())
    assert Drift.objects.get().state == "open"


def test_pages_say_both_sides_and_lead_to_the_mends(
    place: Drift, stridewell: Project, sign_in: Callable[[User], Client], ed: User, mara: User
) -> None:
    page = sign_in(ed).get(place.get_absolute_url()).content.decode()
    for said in (place.app_does, place.papers_say, "GDPR Art. 5(1)(c)", "permission.xml:1"):
        assert said in page
    form = sign_in(ed).get(f"/projects/stridewell/flows/add/?drift={place.reference}")
    assert form.context["form"].initial["categories"] == ["location_coarse", "location_precise"]
    browser = sign_in(mara)
    url = f"{place.get_absolute_url()}decide/accept/"
    assert browser.post(url, {"fix": "accepted_fix_app", "until": "2000-01-01", "reason": "x"}).status_code == 422
    answer = browser.post(url, {"fix": "accepted_fix_app", "until": LATER.isoformat(), "reason": "Next sprint"})
    assert (answer.status_code, Drift.objects.get().reason) == (302, "Next sprint")
    assert sign_in(ed).get(url).status_code == 403


def test_the_list_asks_as_much_for_three(
    stridewell: Project, release: Release, sign_in: Callable[[User], Client], mara: User
) -> None:
    groups = (PLACE, seen("permission", "android.permission.CAMERA"), CLEAR)
    assert_steady(sign_in(mara), "/projects/stridewell/drift/", lambda number: compared(release, *groups[:number]))
