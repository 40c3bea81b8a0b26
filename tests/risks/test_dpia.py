"""Impact assessments: screening, every step taken or refused, opinion and decision by different people, review."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects import services as people_services
from compliance.projects.models import Organisation, Project
from compliance.registers.linkable import linkables
from compliance.tasks.models import Task
from controls.services.moves import YourOwnWork
from dataflows.models import DataItem, ProcessingActivity
from dataflows.services import add_item, change_activity, draft_activity
from risks import services as risk_services
from risks.models import DPIA_MOVES, DpiaState, ImpactAssessment, Risk
from risks.screening import CRITERIA, QUESTIONS, outcome, proposals
from risks.services import dpia as services
from risks.services.incident import link_case
from tests.risks.cases import put, utc
from tests.stage import staged

ANSWERS = {key: {"hit": key in {"4", "5"}, "why": "It is so" if key in {"4", "5"} else ""} for key in QUESTIONS}


@staged
def dora(lumaro: Organisation, mara: User) -> User:
    """The data protection officer."""
    from tests.conftest import person

    user = person("Dora")
    people_services.grant_role(user=user, role="dpo", scope=lumaro, by=mara)
    return user


@pytest.fixture
def heart(lumaro: Organisation, ed: User) -> DataItem:
    return add_item(organisation=lumaro, name="Heart rate", category="health", by=ed)


@pytest.fixture
def coaching(stridewell: Project, heart: DataItem, ed: User) -> ProcessingActivity:
    return draft_activity(
        organisation=stridewell.organisation,
        project=stridewell,
        name="Coaching",
        purposes="Draw a plan",
        subject_categories=["users", "children"],
        data={heart: "24 months"},
        by=ed,
    )


@pytest.fixture
def assessment(stridewell: Project, coaching: ProcessingActivity, risk: Risk, ed: User) -> ImpactAssessment:
    """Written by Ed, with everything its opinion needs."""
    made = services.screen(scope=stridewell, title="Coaching", activities=[coaching], by=ed)
    services.answer_screening(assessment=made, answers=ANSWERS, by=ed)
    services.require(assessment=made, by=ed, reason="Two criteria")
    services.begin(assessment=made, by=ed)
    services.write(
        assessment=made, by=ed, necessity="No other way", proportionality="Only what it takes", views="Asked 40 users"
    )
    risk_services.assess_people(risk=risk, severity=2, likelihood=2, rationale="Known", by=ed)
    target = linkables["risk"].find(stridewell, risk.reference)
    assert target is not None
    link_case(case=made, kind=linkables["risk"], target=target, by=ed)
    return made


@pytest.mark.once
@pytest.mark.parametrize(
    ("hits", "threshold", "said"),
    [
        ([], 2, "not_required"),
        (["4"], 2, "decision"),
        (["4"], 1, "required"),
        (["4", "5"], 2, "required"),
        (["4", "5"], 3, "decision"),
        (["b"], 9, "required"),
        (["national"], 9, "required"),
    ],
)
def test_the_threshold_is_a_setting_and_a_case_of_the_law_is_not(hits: list[str], threshold: int, said: str) -> None:
    assert outcome(hits, threshold) == said
    assert len(CRITERIA) == 9


def test_the_records_propose_answers_and_say_why(assessment: ImpactAssessment) -> None:
    reference = services.activities_of(assessment)[0].reference

    assert proposals(services.activities_of(assessment), 300_000) == {
        "4": f"{reference}: special categories (Heart rate).",
        "7": f"{reference}: children are among the people.",
        "5": "300 000 people use the app.",
        "b": f"{reference}: special categories (Heart rate). On a large scale: 300 000 people use the app.",
    }
    assert (assessment.context.splitlines()[0], assessment.retention) == (
        "People: Children who use the app, Users of the app.",
        "Heart rate: 24 months",
    )


@pytest.mark.parametrize("start", DpiaState.values)
def test_every_step_of_an_assessment_is_taken_or_refused_in_words(
    start: str, assessment: ImpactAssessment, ed: User
) -> None:
    for to in DpiaState.values:
        put(assessment, state=start)
        if to in DPIA_MOVES[start]:
            assert services._move(assessment, to, ed, "So it is").state == to
        else:
            with pytest.raises(Refused, match=r"^DPIA-001 is .*: it cannot become .*\."):
                services._move(assessment, to, ed, "So it is")


def test_none_is_required_only_by_the_officer_and_never_against_the_answers(
    stridewell: Project, coaching: ProcessingActivity, ed: User, dora: User
) -> None:
    made = services.screen(scope=stridewell, title="Offers", activities=[coaching], by=ed)
    with pytest.raises(Refused, match="for the data protection officer"):
        services.spare(assessment=made, by=ed, reason="No")
    with pytest.raises(Refused, match="an answer to every question"):
        services.spare(assessment=made, by=dora, reason="No")
    with pytest.raises(Refused, match="say why it is so"):
        services.answer_screening(assessment=made, answers={"4": {"hit": True, "why": ""}}, by=ed)
    services.answer_screening(assessment=made, answers=ANSWERS, by=ed)
    with pytest.raises(Refused, match="By its answers an assessment is required"):
        services.spare(assessment=made, by=dora, reason="No")
    services.answer_screening(assessment=made, answers={**ANSWERS, "5": {"hit": False, "why": ""}}, by=ed)
    assert services.spare(assessment=made, by=dora, reason="One criterion, small").state == "not_required"


def test_opinion_and_decision_are_by_other_people_and_a_deviation_says_why(
    assessment: ImpactAssessment, ed: User, dora: User, ria: User
) -> None:
    services.ask_opinion(assessment=assessment, by=ed)
    with pytest.raises(Refused, match="for the data protection officer"):
        services.give_opinion(assessment=assessment, opinion="approve", by=ria, reason="Yes")
    services.give_opinion(assessment=assessment, opinion="reject", by=dora, reason="Too much")
    for who in (ed, dora):
        with pytest.raises(YourOwnWork):
            services.decide_assessment(assessment=assessment, decision="approved", by=who, reason="Yes")
    with pytest.raises(Refused, match="not what the data protection officer advised"):
        services.decide_assessment(assessment=assessment, decision="approved", by=ria, reason="Yes")
    decided = services.decide_assessment(
        assessment=assessment, decision="approved_with_conditions", by=ria, reason="Yes", deviation="Age check is built"
    )
    assert (decided.state, decided.deviation) == ("in_force", "Age check is built")
    day = utc("2027-01-31 00:00").date()
    services.add_condition(assessment=decided, title="Age screening", assignee=ed, due_date=day, by=ria)
    assert Task.objects.get().source_url == decided.get_absolute_url()


def test_a_grave_risk_to_people_leads_to_the_authority_and_its_clock_stands_still(
    assessment: ImpactAssessment, risk: Risk, ed: User, dora: User, ria: User
) -> None:
    risk_services.assess_people(risk=risk, severity=4, likelihood=3, rationale="Worse", by=ed)
    services.ask_opinion(assessment=assessment, by=ed)
    services.give_opinion(assessment=assessment, opinion="refer_to_authority", by=dora, reason="High")
    with pytest.raises(Refused, match="The risk to people stays high"):
        services.decide_assessment(assessment=assessment, decision="approved", by=ria, reason="Yes", deviation="So")
    services.decide_assessment(assessment=assessment, decision="prior_consultation", by=ria, reason="We ask")
    clock = services.consult(assessment=assessment, received_at=utc("2026-09-01 10:00"), by=ed)
    assert clock.due_at == utc("2026-10-27 22:59:59")

    from risks.services.clock import hold_clock, resume_clock

    hold_clock(clock=clock, by=ed, reason="They asked for the tests", at=utc("2026-09-10 10:00"))
    resume_clock(clock=clock, by=ed, at=utc("2026-09-15 12:00"))
    assert (clock.held_days, clock.due_at) == (5, utc("2026-11-02 22:59:59"))  # 1 Nov is a Sunday
    longer = services.extend_consultation(assessment=assessment, by=ed, reason="Complex")
    assert (longer.held_days, longer.due_at) == (5, utc("2026-12-14 22:59:59"))
    services.hear_authority(assessment=assessment, at=utc("2026-11-20 10:00"), by=ed, reason="Fine with logs off")
    assert not assessment.clocks.running().exists()
    services.decide_assessment(
        assessment=assessment,
        decision="approved_with_conditions",
        by=ria,
        reason="As the authority says",
        deviation="Answered",
    )
    assert assessment.state == "in_force"


def test_a_changed_processing_makes_it_outdated_and_a_new_version_replaces_it(
    assessment: ImpactAssessment, coaching: ProcessingActivity, ed: User, dora: User, ria: User
) -> None:
    put(assessment, state="in_force")
    assert not services.outdated(assessment)
    coaching.refresh_from_db()
    change_activity(activity=coaching, by=ed, purposes="Draw a plan and sell it")
    assert services.outdated(assessment)
    services.mark_review(assessment=assessment, by="triggers", reason="A flow changed")
    with pytest.raises(Refused, match="write a new version"):
        services.review_assessment(assessment=assessment, by=ria, reason="Fits")

    newer = services.revise(assessment=assessment, by=ed)
    assert (newer.number, newer.state, services.outdated(newer), newer.necessity) == (2, "draft", False, "No other way")
    with pytest.raises(Refused, match="is its next version already"):
        services.revise(assessment=assessment, by=ed)
    services.ask_opinion(assessment=newer, by=ed)
    services.give_opinion(assessment=newer, opinion="approve", by=dora, reason="Fine")
    services.decide_assessment(assessment=newer, decision="approved", by=ria, reason="Yes")
    assessment.refresh_from_db()
    assert (assessment.state, newer.state) == ("superseded", "in_force")
    coaching.refresh_from_db()
    assert coaching.dpia_status == "in_force"
    assert newer.review_date is not None
    assert newer.review_date - newer.decided_at.date() == timedelta(days=365) if newer.decided_at else False


def test_what_the_law_asks_for_has_to_be_there(stridewell: Project, coaching: ProcessingActivity, ed: User) -> None:
    empty: Any = services.screen(scope=stridewell, title="Empty", activities=[], by=ed)
    services.require(assessment=empty, by=ed, reason="Sure")
    with pytest.raises(Refused, match="needs a record of processing"):
        services.begin(assessment=empty, by=ed)
    put(empty, state="draft")
    with pytest.raises(Refused, match=r"^DPIA-001 still needs its purposes .* and the necessity and the propor"):
        services.ask_opinion(assessment=empty, by=ed)
    with pytest.raises(Refused, match="not changed this way"):
        services.write(assessment=empty, by=ed, state="in_force")
