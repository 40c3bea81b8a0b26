"""Management review: inputs of a moment, minutes approved by somebody else, then fixed; decisions followed."""

import pytest
from django.utils import timezone

from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from controls.models import REVIEW_MOVES, ReviewState
from controls.review_inputs import CLAUSES
from controls.services.management_review import (
    add_decision,
    close_review,
    collect_inputs,
    decide_minutes,
    edit_minutes,
    explain_inputs,
    hold_review,
    schedule_review,
    settle_decision,
    submit_minutes,
)
from tests.controls.auditing import DAY, put


@pytest.fixture
def review(lumaro, ria, mara):
    today = timezone.now().date()
    return schedule_review(organisation=lumaro, title="Second half", planned_date=today, chair=ria, by=mara)


def held(review, by):
    collect_inputs(review=review, by=by)
    explain_inputs(review=review, words={one["key"]: "None, because it is new" for one in review.inputs}, by=by)
    today = timezone.now().date()
    return hold_review(review=review, held_date=today, attendees="Ria, Mara", minutes="We looked at it.", by=by)


def test_a_review_goes_its_way(review, mara, ria, ed):
    today = timezone.now().date()
    collect_inputs(review=review, by=mara)
    assert {one["clause"] for one in review.inputs} == set(CLAUSES)
    with pytest.raises(Refused, match=r"Nothing is said about: .*none, because"):
        hold_review(review=review, held_date=today, attendees="Ria", minutes="M", by=mara)
    held(review, mara)
    with pytest.raises(Refused, match=r"its inputs stay as they are"):
        explain_inputs(review=review, words={}, by=mara)
    decision = add_decision(review=review, text="Hire a tester", owner=ed, due_date=today + DAY, by=mara)
    with pytest.raises(Refused, match=r"wait for no approval"):
        decide_minutes(review=review, approve=True, by=ria, reason="So it was")
    with pytest.raises(Refused, match=r"minutes are not approved yet"):
        settle_decision(decision=decision, done=True, result="Hired", by=ed)
    submit_minutes(review=review, by=mara)
    with pytest.raises(NotYours):
        decide_minutes(review=review, approve=True, by=mara, reason="I wrote them")
    edit_minutes(review=review, minutes="We looked at it twice.", by=mara)
    with pytest.raises(Refused, match=r"The record changed since it was put forward"):
        decide_minutes(review=review, approve=True, by=ria, reason="So it was")
    submit_minutes(review=review, by=mara)
    decide_minutes(review=review, approve=True, by=ria, reason="So it was")
    with pytest.raises(Refused, match=r"its minutes are fixed"):
        edit_minutes(review=review, minutes="Other", by=mara)
    with pytest.raises(Refused, match=r"decisions belong into open minutes"):
        add_decision(review=review, text="More", owner=ed, due_date=today, by=mara)
    with pytest.raises(Refused, match=rf"{decision.reference} are open"):
        close_review(review=review, by=mara, reason="All done")
    decision.refresh_from_db()
    with pytest.raises(Refused, match=r"Say what was done"):
        settle_decision(decision=decision, done=True, result="", by=ed)
    settle_decision(decision=decision, done=True, result="Hired", by=ed)
    with pytest.raises(Refused, match=r"is done already"):
        settle_decision(decision=decision, done=False, result="No", by=ed)
    assert close_review(review=review, by=mara, reason="All done").state == "closed"


def test_every_other_step_of_a_review_is_refused_in_words(review, mara, ria):
    today = timezone.now().date()
    verbs = {
        "inputs_collected": lambda: collect_inputs(review=review, by=mara),
        "held": lambda: hold_review(review=review, held_date=today, attendees="A", minutes="M", by=mara),
        "minutes_approved": lambda: submit_minutes(review=review, by=mara),
        "closed": lambda: close_review(review=review, by=mara, reason="Over"),
    }
    for state in ReviewState:
        put(review, state)
        for to in verbs.keys() - REVIEW_MOVES[state]:
            with pytest.raises(Refused, match=rf"{review.reference} is {state.label.lower()}: it cannot become"):
                verbs[to]()
