"""Security requirements: proposed, approved as a whole, shown for one build, waived until a day."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.assessments.questionnaire import LATEST, questionnaire
from compliance.assessments.values import Said
from compliance.ledger import Refused, change
from compliance.packs.registry import Period, sections
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release, update_release
from compliance.releases.registry import gate_checks
from risks.models import SecurityRequirement
from risks.models.requirement import REQUIREMENT_MOVES, RequirementState
from risks.requirement_proposals import from_answers, proposals, rules
from risks.requirement_reading import matrix, standing_of
from risks.requirement_reminders import waivers
from risks.scales import threats as library
from risks.services.baseline import decide_baseline, put_forward
from risks.services.register import CannotMove
from risks.services.requirement import (
    add_requirement,
    decline_proposals,
    drop_requirement,
    end_waiver,
    implement_requirements,
    record_results,
    rework_requirement,
    take_over,
    update_requirement,
    waive_requirement,
)
from risks.services.threat_model import draft_threat_model, save_element, save_threat
from risks.services.vulnerability import record_vulnerability
from tests.due import due
from tests.queries import assert_steady
from tests.stage import staged

SignIn = Callable[[User], Client]
BUILD, NEXT_BUILD = "ab" * 32, "cd" * 32
TODAY = timezone.now().date()
State = RequirementState


@staged
def release(stridewell: Project, ed: User) -> Release:
    return plan_release(
        project=stridewell, name="4.2.0", by=ed, change_class="major", build_sha256=BUILD, planned_date=TODAY
    )


@staged
def encrypted(stridewell: Project, release: Release, ed: User) -> SecurityRequirement:
    """A requirement Ed wrote."""
    return add_requirement(
        project=stridewell,
        release=release,
        statement="Data on the phone is encrypted",
        source="control",
        masvs="MASVS-STORAGE-1",
        by=ed,
    )


def agree(release: Release, by: User, judge: User) -> None:
    put_forward(release=release, by=by)
    decide_baseline(release=release, approve=True, by=judge, reason="Each can be tested")


def shown(release: Release) -> dict[str, str]:
    return {row.reference: row.shown for row in matrix(release, TODAY)}


def said(release: Release, gate: str, key: str) -> list[str]:
    return [one.text for one in gate_checks[f"{gate}/{key}"].source(release, timezone.now())]


@pytest.mark.once
def test_every_line_asks_something_the_questionnaire_has_and_every_threat_has_words() -> None:
    asked, lines = questionnaire(LATEST), rules()["answers"]
    assert len({line["id"] for line in lines}) == len(lines)
    assert set(rules()["threats"]) == set(library())
    nothing: dict[str, Said] = {key: Said() for key in asked.questions}
    general = [one.key for one in from_answers(asked, nothing, TODAY)]
    assert general == [line["id"] for line in lines if "when" not in line]
    assert {line["id"]: unknown(line["when"]) for line in lines if unknown(line.get("when", {}))} == {}


def unknown(when: dict[str, Any]) -> set[str]:
    """The part and the choices of a condition that the questionnaire does not have."""
    if not when:
        return set()
    path, _, part = str(when["q"]).partition(".")
    parts = questionnaire(LATEST).questions[path].parts
    fields = [*parts, *(column for one in parts for column in one.columns)]
    wanted = [one for name in ("is", "has") if name in when for one in _listed(when[name])]
    options = {key for one in fields for key in one.options}
    return (set(wanted) - options) | ({part} - {"", *(one.key for one in fields)})


def _listed(said: Any) -> list[str]:
    return said if isinstance(said, list) else [said]


@pytest.mark.once
def test_an_answer_proposes_what_the_app_has_to_do_and_says_why() -> None:
    asked = questionnaire(LATEST)
    answers = {key: Said() for key in asked.questions} | {"Q37": Said({"answer": "https_pinned"})}
    found = {one.key: one.because for one in from_answers(asked, answers, TODAY)}
    assert {key: found[key] for key in ("SR34", "SR35")} == dict.fromkeys(
        ("SR34", "SR35"), "Because Q37 = Encrypted and pinned."
    )


def test_a_threat_without_a_requirement_proposes_its_mitigation(
    stridewell: Project, release: Release, ed: User
) -> None:
    model = draft_threat_model(project=stridewell, by=ed, title="App")
    element = save_element(model=model, by=ed, kind="app", name="App")
    given = {"element": element, "library": "T08", "category": "information_disclosure", "impact": "high"}
    save_threat(model=model, by=ed, mitigation="The database is encrypted", **given)
    save_threat(model=model, by=ed, **{**given, "library": "T04"})
    general = len(proposals(stridewell, TODAY))
    with change(by=ed, reason="Approved"):
        model.state = "approved"
        model.save()
    found = proposals(stridewell, TODAY)[general:]
    words = [(one.statement, one.priority, one.source) for one in found]
    assert words == [
        ("The database is encrypted", "must", "threat"),
        (rules()["threats"]["T04"]["statement"], "must", "threat"),
    ]
    (made,) = take_over(release=release, proposed=found[:1], by=ed, changed={found[0].key: {"priority": "should"}})
    assert (made.threat, made.priority, made.state) == (found[0].threat, "should", "draft")
    (no,) = decline_proposals(release=release, proposed=found[1:], by=ed, reason="No keys are shipped")
    assert (no.state, no.reason) == ("dropped", "No keys are shipped")
    assert len(proposals(stridewell, TODAY)) == general


def test_the_requirements_of_a_release_are_approved_as_a_whole_by_somebody_else(
    release: Release, encrypted: SecurityRequirement, ed: User, ria: User
) -> None:
    assert said(release, "G1", "requirements") == ["1 security requirement: not put forward."]
    with pytest.raises(Refused, match="put the requirements forward"):
        decide_baseline(release=release, approve=True, by=ria, reason="Fine")
    put_forward(release=release, by=ed)
    with pytest.raises(NotYours, match="You wrote requirements"):
        decide_baseline(release=release, approve=True, by=ed, reason="Fine")
    assert said(release, "G1", "requirements") == ["1 security requirement: waits for approval."]
    decide_baseline(release=release, approve=False, by=ria, reason="Say how it is tested")
    assert said(release, "G1", "requirements") == ["1 security requirement: sent back."]
    update_requirement(requirement=encrypted, by=ed, criterion="A seized phone holds nothing readable")
    update_release(release=release, by=ed, development_date=TODAY - timedelta(days=6))
    agree(release, ed, ria)
    encrypted.refresh_from_db()
    assert (encrypted.state, encrypted.approved_by) == ("approved", ria)
    assert said(release, "G1", "requirements") == []
    assert standing_of(release, TODAY).baseline.days_late == 6
    with pytest.raises(CannotMove, match="approved already"):
        put_forward(release=release, by=ed)
    with pytest.raises(CannotMove, match="take it back to a draft"):
        update_requirement(requirement=encrypted, by=ed, statement="Something else")
    rework_requirement(requirement=encrypted, by=ed, reason="The watch is missing")
    assert standing_of(release, TODAY).baseline.word == ("outdated", "Changed since approval")


def test_a_result_counts_for_its_build_only(
    release: Release, encrypted: SecurityRequirement, ed: User, ria: User
) -> None:
    with pytest.raises(CannotMove, match="tested once agreed"):
        record_results(requirements=[encrypted], release=release, verdict="pass", tested_date=TODAY, by=ed)
    agree(release, ed, ria)
    encrypted.refresh_from_db()
    name = f"{encrypted.reference} Data on the phone is encrypted"
    assert said(release, "G3", "tests") == [f"{name}: no test of this build."]
    with pytest.raises(Refused, match="say what failed"):
        record_results(requirements=[encrypted], release=release, verdict="fail", tested_date=TODAY, by=ed)
    given: dict[str, Any] = {"requirements": [encrypted], "release": release, "tested_date": TODAY, "by": ed}
    record_results(verdict="fail", note="A backup holds it", **given)
    assert said(release, "G3", "tests") == [f"{name}: its test failed."]
    record_results(verdict="pass", **given)
    assert (encrypted.state, shown(release), said(release, "G3", "tests")) == (
        "verified",
        {encrypted.reference: "pass"},
        [],
    )
    update_release(release=release, by=ed, build_sha256=NEXT_BUILD, reason="Rebuilt")
    assert shown(release) == {encrypted.reference: None}
    assert standing_of(release, TODAY).figures["open"] == 1


def test_a_scanner_that_names_the_control_holds_the_release_back(
    release: Release, encrypted: SecurityRequirement, ed: User, ria: User
) -> None:
    agree(release, ed, ria)
    flaw = record_vulnerability(
        project=release.project, by=ed, title="Readable file", tags="CWE-312 MASVS-STORAGE-1", releases=[release]
    )
    expected = f"{encrypted.reference} MASVS-STORAGE-1: {flaw.reference} Readable file."
    assert said(release, "G3", "scans") == [expected]


def test_a_waiver_counts_until_its_day(release: Release, encrypted: SecurityRequirement, ed: User, ria: User) -> None:
    agree(release, ed, ria)
    encrypted.refresh_from_db()
    until = TODAY + timedelta(days=30)
    with pytest.raises(NotYours):
        waive_requirement(requirement=encrypted, until=until, by=ed, reason="Later")
    with pytest.raises(Refused, match="at most 365 days"):
        waive_requirement(requirement=encrypted, until=TODAY + timedelta(days=366), by=ria, reason="Later")
    waive_requirement(requirement=encrypted, until=until, by=ria, reason="The next release brings it")
    assert (shown(release), said(release, "G3", "tests")) == ({encrypted.reference: "waived"}, [])
    (line,) = due(waivers, release.project, timezone.now())
    assert line.date == until
    later = [row.shown for row in matrix(release, until + timedelta(days=1))]
    assert (later, encrypted.standing(until + timedelta(days=1))) == ([None], "expired")


def test_what_an_earlier_release_set_holds_for_later_ones(stridewell: Project, release: Release, ed: User) -> None:
    later = plan_release(project=stridewell, name="5.0", by=ed, planned_date=TODAY + timedelta(days=90))
    first = add_requirement(project=stridewell, release=release, statement="One", source="law", by=ed)
    second = add_requirement(project=stridewell, release=later, statement="Two", source="law", by=ed)
    found = [list(SecurityRequirement.objects.of_release(one).order_by("reference")) for one in (release, later)]
    assert found == [[first], [first, second]]


WAYS: dict[str, Callable[..., Any]] = {
    State.DRAFT: lambda row, release, ed, ria: rework_requirement(requirement=row, by=ed, reason="Again"),
    State.IMPLEMENTED: lambda row, release, ed, ria: implement_requirements(requirements=[row], by=ed),
    State.WAIVED: lambda row, release, ed, ria: waive_requirement(requirement=row, until=TODAY, by=ria, reason="Late"),
    State.DROPPED: lambda row, release, ed, ria: drop_requirement(requirement=row, by=ed, reason="Gone"),
}


@pytest.mark.parametrize("start", State.values)
def test_every_move_is_made_or_refused(
    start: str, release: Release, encrypted: SecurityRequirement, ed: User, ria: User
) -> None:
    for to, go in WAYS.items():
        with change(by=ed, reason="Set"):
            encrypted.state = start
            encrypted.save()
        if to in REQUIREMENT_MOVES[start]:
            go(encrypted, release, ed, ria)
            assert encrypted.state == to
        else:
            with pytest.raises(CannotMove, match=f"it cannot become {to}"):
                go(encrypted, release, ed, ria)
    if start != State.WAIVED:
        with change(by=ed, reason="Set"):
            encrypted.state = start
            encrypted.save()
        with pytest.raises(CannotMove, match="is not waived"):
            end_waiver(requirement=encrypted, by=ria, reason="Back")
    assert {to for to, _ in product(State.values, [0])} == set(REQUIREMENT_MOVES)


def test_from_proposal_to_result_in_the_browser(
    sign_in: SignIn, release: Release, stridewell: Project, ed: User, ria: User
) -> None:
    client, judge = sign_in(ed), sign_in(ria)
    page, offers, results, forward, decide = (
        reverse(f"risks:{name}", args=[stridewell.slug, release.reference])
        for name in (
            *("release_requirements", "requirement_proposals", "requirement_results"),
            *("requirements_put_forward", "requirements_decide"),
        )
    )
    assert client.post(offers, {"take": ""}).status_code == 422
    client.post(offers, {"selected": ["SR01", "SR02"], "statement-SR01": "No debug build", "take": ""})
    first, second = SecurityRequirement.objects.order_by("reference")
    assert (first.statement, first.template, second.template) == ("No debug build", "SR01", "SR02")
    assert client.post(offers, {"selected": ["SR03"], "decline": "yes"}).status_code == 422
    client.post(offers, {"selected": ["SR03"], "decline": "yes", "reason": "No secrets"})
    assert SecurityRequirement.objects.get(template="SR03").state == "dropped"
    client.post(forward, {"reason": ""})
    assert client.get(decide).status_code == 403
    judge.post(decide, {"approve": "yes", "reason": "Read"})
    given = {"means": "test", "note": "Tried", "tested_date": TODAY.isoformat(), "apply": "yes"}
    client.post(results, {"selected": [str(first.pk)], "verdict": "pass", **given})
    client.post(results, {"selected": [str(second.pk)], "verdict": "built", **given})
    listing = client.get(page, {"show": "open"}).context["listing"]
    assert [row.reference for row in listing.page] == [second.reference]
    (result,) = client.get(first.get_absolute_url()).context["results"]
    assert (result.note, result.build_sha256) == ("Tried", BUILD)
    assert client.get(reverse("risks:requirements", args=[stridewell.slug])).context["listing"].total == 3


def test_the_matrix_asks_the_same_for_one_and_three(
    sign_in: SignIn, release: Release, encrypted: SecurityRequirement, ed: User
) -> None:
    client, url = sign_in(ed), reverse("risks:release_requirements", args=[release.project.slug, release.reference])

    def add(number: int) -> None:
        add_requirement(project=release.project, release=release, statement=str(number), source="law", by=ed)

    assert_steady(client, url, add)


def test_the_pack_prints_the_trace(release: Release, encrypted: SecurityRequirement, ed: User, ria: User) -> None:
    agree(release, ed, ria)
    encrypted.refresh_from_db()
    record_results(requirements=[encrypted], release=release, verdict="fail", note="Readable", tested_date=TODAY, by=ed)
    at = timezone.now()
    period = Period(TODAY - timedelta(days=30), TODAY)
    found: Any = sections["requirements"].source(release.project, at, period, subject=release.reference)
    (line,) = found["rows"]
    assert (line["word"], line["note"], found["open"], found["build"]) == (
        "failed",
        "Readable",
        [encrypted.reference],
        BUILD,
    )
    assert [one["state"] for one in found["baselines"]] == ["approved"]
