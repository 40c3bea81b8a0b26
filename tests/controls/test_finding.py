"""Findings and corrective actions: each step once, each refusal in words, and four eyes on each decision."""

import pytest
from django.utils import timezone

from compliance.ledger import Refused
from controls.models import ACTION_MOVES, FINDING_MOVES, ActionState, FindingState
from controls.services.corrective_action import (
    TooEarly,
    analyse_cause,
    approve_action,
    finish_action,
    plan_action,
    replan_action,
    send_back_action,
    start_action,
    verify_action,
)
from controls.services.finding import (
    answer_finding,
    close_finding,
    decide_dispute,
    edit_finding,
    raise_finding,
    send_finding,
    withdraw_finding,
)
from controls.services.moves import YourOwnWork
from tests.controls.auditing import DAY, accepted, acted, issued, put, wait_over


def test_a_nonconformity_is_closed_when_somebody_else_saw_the_effect(lumaro, mara, ada, ed, ria):
    finding = accepted(lumaro, ada, ed)
    action = acted(finding, ed, ria, mara)
    assert finding.state == "implemented"
    with pytest.raises(TooEarly, match=r"The effect is judged from"):
        verify_action(action=action, effective=True, by=ria, reason="Seen")
    wait_over(action)
    with pytest.raises(YourOwnWork, match=r"somebody else verifies the effect"):
        verify_action(action=action, effective=True, by=ed, reason="I did it well")
    verify_action(action=action, effective=False, by=ria, reason="Again two accounts")
    assert (action.state, finding.state) == ("reopened", "not_effective")
    analyse_cause(action=action, method="fishbone", root_cause="No owner", extent_check="All lists", by=ed)
    approve_action(action=action, by=ria, reason="Better")
    assert finding.state == "action_planned"
    start_action(action=action, by=ed)
    wait_over(finish_action(action=action, result="An owner is named", by=ed))
    replan_action(action=action, verifier=ada, by=mara, reason="Ada knows the lists")
    with pytest.raises(Refused, match=r"Ada was named to verify this"):
        verify_action(action=action, effective=True, by=ria, reason="Seen")
    verify_action(action=action, effective=True, by=ada, reason="Two reviews without a gap")
    finding.refresh_from_db()
    assert (action.state, finding.state, finding.settled_at is not None) == ("verified", "verified_closed", True)


def test_nobody_approves_or_verifies_their_own_not_even_an_administrator(lumaro, mara, ada, ria):
    """Mara is organisation admin and compliance officer."""
    action = acted(accepted(lumaro, ada, mara), mara, ria, ria, until="root_cause_done")
    for service, words in ((approve_action, "approves the plan"), (send_back_action, "judges the plan")):
        with pytest.raises(YourOwnWork, match=rf"You own this action or worked on it: somebody else {words}"):
            service(action=action, by=mara, reason="It is good")
    approve_action(action=action, by=ria, reason="Good")
    start_action(action=action, by=mara)
    wait_over(finish_action(action=action, result="Done", by=mara))
    with pytest.raises(YourOwnWork, match=r"somebody else verifies the effect"):
        verify_action(action=action, effective=True, by=mara, reason="Works")
    with pytest.raises(YourOwnWork, match=r"somebody else verifies its effect"):
        replan_action(action=action, verifier=mara, by=ria, reason="She knows it")
    assert verify_action(action=action, effective=True, by=ria, reason="Seen in two reviews").state == "verified"


def test_an_action_needs_cause_extent_result_and_a_wait(lumaro, mara, ada, ed, ria):
    finding = accepted(lumaro, ada, ed)
    action = acted(finding, ed, ria, mara, until="open")
    cause = {"action": action, "method": "other", "root_cause": "Why", "extent_check": "Where", "by": ed}
    with pytest.raises(Refused, match=r"Say why it happened"):
        analyse_cause(**{**cause, "root_cause": " "})
    with pytest.raises(Refused, match=r"Say where else it is so"):
        analyse_cause(**{**cause, "extent_check": ""})
    analyse_cause(**cause)
    send_back_action(action=action, by=ria, reason="Ask why once more")
    assert action.state == "open"
    put(action, "in_progress")
    with pytest.raises(Refused, match=r"Say what was done"):
        finish_action(action=action, result="", by=ed)
    with pytest.raises(Refused, match=r"choose a day to come"):
        finish_action(action=action, result="Done", by=ed, verify_after=timezone.now().date())
    action.refresh_from_db()
    finish_action(action=action, result="Done", by=ed)
    with pytest.raises(Refused, match=r"only who verifies it can still change"):
        replan_action(action=action, due_date=timezone.now().date(), by=mara, reason="Later")
    put(action, "verified")
    with pytest.raises(Refused, match=r"is verified: that is its last state"):
        replan_action(action=action, verifier=ria, by=mara, reason="Later")


def test_every_other_step_of_an_action_is_refused_in_words(lumaro, mara, ada, ed, ria):
    action = acted(accepted(lumaro, ada, ed), ed, ria, mara, until="open")
    cause = {"method": "other", "root_cause": "Why", "extent_check": "Where"}
    verbs = {
        "root_cause_done": lambda: analyse_cause(action=action, by=ed, **cause),
        "open": lambda: send_back_action(action=action, by=ria, reason="No"),
        "approved": lambda: approve_action(action=action, by=ria, reason="Yes"),
        "in_progress": lambda: start_action(action=action, by=ed),
        "done": lambda: finish_action(action=action, result="Done", by=ed),
        "verified": lambda: verify_action(action=action, effective=True, by=ria, reason="Seen"),
        "reopened": lambda: verify_action(action=action, effective=False, by=ria, reason="Seen"),
    }
    assert verbs.keys() == set(ActionState.values)
    for state in ActionState:
        put(action, state)
        for to in verbs.keys() - ACTION_MOVES[state]:
            with pytest.raises(Refused, match=rf"{action.reference} is {state.label.lower()}: it cannot become"):
                verbs[to]()


def test_the_audited_answer_and_a_dispute_is_decided_by_others(lumaro, mara, ada, ed):
    finding = issued(lumaro, ada, ed)
    with pytest.raises(YourOwnWork, match=r"You raised this finding"):
        answer_finding(finding=finding, agree=True, response="Fine", by=ada)
    with pytest.raises(Refused, match=r"Write down what you say"):
        answer_finding(finding=finding, agree=True, response=" ", by=ed)
    answer_finding(finding=finding, agree=False, response="The two left in May", by=ed)
    with pytest.raises(YourOwnWork, match=r"You disputed this finding"):
        decide_dispute(finding=finding, uphold=False, by=ed, reason="I am right")
    assert decide_dispute(finding=finding, uphold=True, by=ada, reason="They left in June").state == "accepted"
    second = answer_finding(finding=issued(lumaro, ada, ed), agree=False, response="No", by=ed)
    assert decide_dispute(finding=second, uphold=False, by=mara, reason="Shown by the list").state == "withdrawn"


def test_only_what_is_no_nonconformity_closes_by_decision(lumaro, mara, ada, ed):
    finding = accepted(lumaro, ada, ed)
    with pytest.raises(Refused, match=r"is a minor nonconformity: it is closed by a corrective action"):
        close_finding(finding=finding, by=mara, reason="Enough")
    other = accepted(lumaro, ada, ed, grade="observation")
    with pytest.raises(YourOwnWork, match=r"somebody else closes it"):
        close_finding(finding=other, by=ed, reason="Enough")
    assert close_finding(finding=other, by=mara, reason="Template changed").state == "closed"


def test_every_other_step_of_a_finding_is_refused_in_words(lumaro, mara, ada, ed):
    finding = issued(lumaro, ada, ed, grade="ofi")
    today = timezone.now().date()
    verbs = {
        "issued": lambda: send_finding(finding=finding, by=ada),
        "disputed": lambda: answer_finding(finding=finding, agree=False, response="No", by=ed),
        "withdrawn": lambda: withdraw_finding(finding=finding, by=ada, reason="Wrong"),
        "closed": lambda: close_finding(finding=finding, by=mara, reason="Enough"),
        "action_planned": lambda: plan_action(finding=finding, title="A", owner=ed, due_date=today, by=mara),
    }
    planable = {FindingState.ACCEPTED, FindingState.NOT_EFFECTIVE, FindingState.ACTION_PLANNED}
    disputed = {FindingState.DISPUTED}
    for state in FindingState:
        put(finding, state)
        for to in verbs.keys() - (FINDING_MOVES[state] - ({"withdrawn"} if state in disputed else set())):
            if to == "action_planned" and state in planable:
                continue
            with pytest.raises(Refused, match=rf"{finding.reference} (is {state.label.lower()}|was issued)"):
                verbs[to]()
        if state not in disputed:
            with pytest.raises(Refused, match=r"there is no dispute to decide"):
                decide_dispute(finding=finding, uphold=True, by=mara, reason="It stands")
    with pytest.raises(Refused, match=r"was issued: it stays as it was said"):
        edit_finding(finding=finding, by=ada, title="Other")


def test_a_draft_names_who_answers_before_it_is_issued(lumaro, running, mara, ada, ed):
    words = {"title": "T", "statement": "S", "evidence_seen": "E", "grade": "major_nc", "implementation": running}
    finding = raise_finding(scope=lumaro, by=ada, **words)
    with pytest.raises(Refused, match=r"needs somebody who answers, and a day"):
        send_finding(finding=finding, by=ada)
    edit_finding(finding=finding, by=ada, owner=ed, response_due=timezone.now().date() + DAY)
    send_finding(finding=finding, by=ada)
    running.refresh_from_db()
    assert running.status == "needs_remediation"
    draft = raise_finding(scope=lumaro, by=ada, **words)
    assert withdraw_finding(finding=draft, by=ada, reason="Said twice").state == "withdrawn"
