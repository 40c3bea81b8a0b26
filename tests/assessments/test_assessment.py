"""From the first answer to what follows from it."""

from itertools import product
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.assessments.models import MOVES, PROPOSAL_MOVES, Assessment, Proposal, ProposalState, State
from compliance.assessments.questionnaire import questionnaire
from compliance.assessments.services import (
    accept_proposals,
    approve_assessment,
    ask_colleague,
    begin_review,
    decline_proposals,
    finish_review,
    remark_on,
    save_answer,
    send_back_assessment,
    start_assessment,
    submit_assessment,
)
from compliance.assessments.services.answer import AnswerChanged, Given
from compliance.assessments.services.assessment import NotFinished
from compliance.assessments.services.moves import NotEditable
from compliance.assessments.services.sheet import Sheet
from compliance.ledger import Refused, change
from compliance.projects.models import Project
from compliance.projects.services import grant_role
from tests.assessments.answers import FITTING, answer_all, to_reviewed
from tests.conftest import person, staged

ASKED = questionnaire()
Q = ASKED.questions


@staged
def dora(stridewell: Project, lumaro: Any, mara: User) -> User:
    """Data protection officer: approves assessments."""
    user = person("Dora")
    grant_role(user=user, role="dpo", scope=lumaro, by=mara)
    return user


@pytest.fixture
def draft(stridewell: Project, ed: User) -> Assessment:
    return start_assessment(project=stridewell, by=ed)


def put(row: Assessment, state: str) -> Assessment:
    row.state = state
    with change(by="tests"):
        row.save()
    return row


def say(row: Assessment, key: str, by: User, **more: Any) -> Any:
    value = more.pop("value", {"answer": "Something"})
    return save_answer(assessment=row, question=Q[key], given=Given(value, **more), by=by)


def test_the_way_from_draft_to_proposals(draft: Assessment, ed: User, mara: User, dora: User) -> None:
    own_form = {"answer": ["card_own_form"]}
    to_reviewed(draft, ed, mara, Q32=own_form, Q15={"answer": ["payment"]})
    with pytest.raises(NotYours, match="You reviewed it"):
        approve_assessment(assessment=draft, by=mara, reason="Read")
    approve_assessment(assessment=draft, by=dora, reason="Read")

    pci = Proposal.objects.get(assessment=draft, kind="flag", key="pci_widest")
    assert (draft.state, draft.approval.state, pci.state) == ("approved", "approved", "proposed")
    assert pci.because.startswith(
        "Because Q32 = Cards, in a form of our own: Card numbers are typed into your own form"
    )


def test_nobody_reviews_or_approves_what_they_answered(draft: Assessment, ed: User, mara: User, dora: User) -> None:
    answer_all(draft, mara, **FITTING)
    submit_assessment(assessment=draft, by=ed)
    for author in (ed, mara):
        with pytest.raises(NotYours, match="somebody else reviews"):
            begin_review(assessment=draft, by=author)
    begin_review(assessment=draft, by=dora)
    put(draft, State.REVIEWED)
    with pytest.raises(NotYours, match="somebody else has to decide"):
        approve_assessment(assessment=draft, by=mara, reason="Read")


@pytest.mark.parametrize(("start", "to"), list(product(MOVES, ("submitted", "in_review", "returned", "reviewed"))))
def test_every_move_is_taken_or_refused_in_words(
    start: str, to: str, draft: Assessment, ed: User, mara: User, dora: User
) -> None:
    acts = {
        "submitted": lambda: submit_assessment(assessment=draft, by=ed),
        "in_review": lambda: begin_review(assessment=draft, by=mara),
        "returned": lambda: send_back_assessment(assessment=draft, by=mara, reason="Read"),
        "reviewed": lambda: finish_review(assessment=draft, by=mara, reason="Read"),
    }
    put(draft, start)
    if to not in MOVES[start]:
        with pytest.raises(Refused, match=rf"^ASM-001 is .*: it cannot become {State(to).label.lower()}\. "):
            acts[to]()
    elif to in {"submitted", "returned"}:
        with pytest.raises(Refused, match=r"^Not answered yet: Q01|was never submitted"):
            acts[to]()
    else:
        assert acts[to]().state == to


def test_approved_and_over_are_last_moves(draft: Assessment, ed: User, mara: User, dora: User) -> None:
    for start in set(MOVES) - {State.REVIEWED}:
        with pytest.raises(Refused, match="cannot become approved"):
            approve_assessment(assessment=put(draft, start), by=dora, reason="Read")
    assert (MOVES["superseded"], MOVES["expired"], PROPOSAL_MOVES["declined"]) == (frozenset(),) * 3


def test_the_same_answer_writes_nothing_and_another_does_not_overwrite_unseen(draft: Assessment, ed: User) -> None:
    first = say(draft, "Q01", ed, version=0)
    again = say(draft, "Q01", ed, version=1)
    with pytest.raises(AnswerChanged, match="Ed answered Q01 since this page was drawn"):
        say(draft, "Q01", ed, value={"answer": "Other"}, version=0)

    assert (first.version, again.version, again.value) == (1, 1, {"answer": "Something"})


def test_not_knowing_asks_whoever_knows_and_the_answer_finishes_it(draft: Assessment, ed: User, mara: User) -> None:
    asked = say(draft, "Q33", ed, value={}, unknown=True)
    assert (asked.task.assignee, asked.task.state) == (mara, "open")
    assert asked.task.source_url == "/projects/stridewell/assessments/ASM-001/questions/Q33/"

    told = say(draft, "Q33", ed)
    told.task.refresh_from_db()
    assert (told.task.state, told.task.outcome) == ("done", "Q33 is answered.")


def test_a_colleague_is_asked_who_may_answer(draft: Assessment, ed: User, mara: User, ria: User) -> None:
    due = draft.started_at.date()
    with pytest.raises(Refused, match="Ria may not answer in Stridewell"):
        ask_colleague(assessment=draft, question=Q["Q38"], colleague=ria, due_date=due, by=ed)
    asked = ask_colleague(assessment=draft, question=Q["Q38"], colleague=mara, due_date=due, by=ed, note="Who signs?")

    assert (asked.task.assignee, asked.task.detail, asked.value) == (mara, "Who signs?", {})


def test_what_does_not_fit_is_explained_before_it_is_submitted(draft: Assessment, ed: User) -> None:
    answer_all(draft, ed, **{**FITTING, "Q18": {"answer": "no"}, "Q15": {"answer": ["coarse_location"]}})
    with pytest.raises(NotFinished, match="You do not use the place of people, but collect it"):
        submit_assessment(assessment=draft, by=ed)
    say(draft, "Q18", ed, value={"answer": "no"}, comment="Only the country, from the address of the network.")

    assert submit_assessment(assessment=draft, by=ed).state == "submitted"
    with pytest.raises(NotEditable, match="its answers are frozen"):
        say(draft, "Q01", ed)


def test_a_remark_sends_it_back_and_the_new_answer_settles_it(draft: Assessment, ed: User, mara: User) -> None:
    answer_all(draft, ed, **FITTING)
    submit_assessment(assessment=draft, by=ed)
    begin_review(assessment=draft, by=mara)
    remark = remark_on(assessment=draft, question=Q["Q01"], text="For whom?", by=mara)
    with pytest.raises(Refused, match="1 of your remarks are open"):
        finish_review(assessment=draft, by=mara, reason="Read")
    send_back_assessment(assessment=draft, by=mara, reason="See the remark")
    say(draft, "Q01", ed, value={"answer": "For runners."})

    remark.refresh_from_db()
    draft.refresh_from_db()
    assert (remark.settled, draft.state, draft.approval.state) == (True, "draft", "rejected")


def test_the_next_release_asks_only_what_changed(
    draft: Assessment, stridewell: Project, ed: User, mara: User, dora: User
) -> None:
    with pytest.raises(Refused, match="ASM-001 is not finished"):
        start_assessment(project=stridewell, by=ed)
    approve_assessment(assessment=to_reviewed(draft, ed, mara), by=dora, reason="Read")
    flags = list(draft.proposals.filter(kind="flag"))
    accept_proposals(proposals=flags, by=mara, reason="True")
    later = start_assessment(project=stridewell, by=ed, changes=("payment",))
    sheet = Sheet(later, later.started_at.date())

    assert [one.id for one in sheet.missing] == ["Q04", "Q32", "Q40"]
    for one in sheet.missing:
        held = sheet.answers[one.id]
        save_answer(assessment=later, question=one, given=Given(held.value, confirm=True), by=ed)
    submit_assessment(assessment=later, by=ed)
    approve_assessment(
        assessment=finish_review(assessment=begin_review(assessment=later, by=mara), by=mara, reason="Read"),
        by=dora,
        reason="Read",
    )
    draft.refresh_from_db()
    assert (draft.state, later.proposals.filter(kind="flag").count()) == ("superseded", 0)


def test_proposals_are_decided_once_all_or_none(draft: Assessment, ed: User, mara: User, dora: User) -> None:
    approve_assessment(assessment=to_reviewed(draft, ed, mara), by=dora, reason="Read")
    task, flag, risk = (draft.proposals.filter(kind=kind)[0] for kind in ("task", "flag", "risk"))
    accept_proposals(proposals=[task, risk], by=mara, reason="It is so")
    decline_proposals(proposals=[flag], by=dora, reason="Not here")

    assert (task.state, task.made[:2], risk.made[:2], flag.state) == ("accepted", "T-", "R-", "declined")
    for one in (task, flag):
        with pytest.raises(Refused, match="already"):
            accept_proposals(proposals=[one], by=mara, reason="Again")
    assert {one.value for one in ProposalState} == set(PROPOSAL_MOVES)
