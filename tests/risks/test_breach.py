"""Breaches: every step taken or refused; authority and people told, or not, for reasons the law knows."""

from decimal import Decimal
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.projects import services as people_services
from compliance.projects.models import Organisation, Project
from risks.models import AUTHORITY_MOVES, BREACH_MOVES, PEOPLE_MOVES, AuthorityState, Breach, BreachState, PeopleState
from risks.services.breach import (
    decide_awareness,
    decide_risk,
    move_breach,
    propose_awareness,
    update_breach,
)
from risks.services.clock import submit
from risks.services.notification import exempt_people, inform_people, leave_unnotified, notify_authority, spare_people
from tests.risks.cases import breach_of, incident_of, put, utc
from tests.stage import staged

DONE = {"risk": "risk", "authority": "complete", "people": "not_needed", "lessons": "Scrub."}
AT = utc("2026-09-30 16:20")


@staged
def dora(lumaro: Organisation, mara: User) -> User:
    """The data protection officer."""
    from tests.conftest import person

    user = person("Dora")
    people_services.grant_role(user=user, role="dpo", scope=lumaro, by=mara)
    return user


@pytest.fixture
def breach(stridewell: Project, ed: User) -> Breach:
    return breach_of(incident_of(stridewell, ed), ed)


@pytest.mark.parametrize("start", BreachState.values)
def test_every_step_of_a_breach_is_taken_or_refused_in_words(start: str, breach: Breach, ed: User) -> None:
    for to in BreachState.values:
        put(breach, state=start, **DONE)
        for clock in breach.clocks.running():
            put(clock, outcome="not_owed")
        if to in BREACH_MOVES[start]:
            assert move_breach(breach=breach, to=to, by=ed, reason="So it is").state == to
        else:
            with pytest.raises(Refused, match=r"^BR-01 is .*: it cannot become .*\."):
                move_breach(breach=breach, to=to, by=ed, reason="So it is")


def test_a_step_names_what_it_still_needs(breach: Breach, ed: User) -> None:
    for state, to, said in (
        ("assessing", "confirmed", "what was lost: confidentiality, integrity or availability"),
        ("confirmed", "contained", "the decision about the risk to people"),
        (
            "lessons",
            "closed",
            "what was learnt and the complete notification of the authority, or the decision against "
            "one and the decision whether the people are told and the end of its running clocks",
        ),
    ):
        put(breach, state=state, confidentiality=False)
        with pytest.raises(Refused, match=f"^BR-01 still needs {said}.$"):
            move_breach(breach=breach, to=to, by=ed, reason="On")


def _authority(to: str, breach: Breach, by: User) -> Any:
    if to == "not_notified":
        return leave_unnotified(breach=breach, by=by, reason="Encrypted")
    return notify_authority(breach=breach, complete=to == "complete", at=AT, authority_name="SächsDSB", by=by)


def _people(to: str, breach: Breach, by: User) -> Any:
    if to == "informed":
        return inform_people(breach=breach, at=AT, channel="in the app", count=1842, message="What happened", by=by)
    if to == "exempt":
        return exempt_people(breach=breach, ground="a", by=by, reason="Encrypted")
    return spare_people(breach=breach, by=by, reason="Not high")


@pytest.mark.parametrize(
    ("name", "moves", "states", "act"),
    [
        ("authority", AUTHORITY_MOVES, AuthorityState, _authority),
        ("people", PEOPLE_MOVES, PeopleState, _people),
    ],
)
def test_authority_and_people_go_only_where_their_tables_lead(
    name: str, moves: Any, states: Any, act: Any, breach: Breach, ed: User
) -> None:
    for start in states.values:
        for to in set(states.values) - {"undecided"}:
            put(breach, state="confirmed", risk="unlikely", **{name: start})
            if to in moves[start]:
                assert getattr(act(to, breach, ed), name) == to
            else:
                with pytest.raises(Refused, match="cannot become"):
                    act(to, breach, ed)


def test_seventy_two_hours_run_from_awareness_and_a_completion_follows(breach: Breach, ed: User) -> None:
    put(breach, state="confirmed")
    first = breach.clocks.get(stage="gdpr-33")
    assert (first.due_at, first.edition) == (utc("2026-10-01 14:10"), "2026-11")

    with pytest.raises(Refused, match="give the reasons for the delay"):
        notify_authority(breach=breach, complete=False, at=utc("2026-10-01 15:00"), authority_name="SächsDSB", by=ed)
    notify_authority(breach=breach, complete=False, at=AT, authority_name="SächsDSB", by=ed, submission="7-22")
    first.refresh_from_db()
    assert (first.outcome, first.took, first.submission) == ("submitted", AT - breach.aware_at, "7-22")
    last = breach.clocks.get(stage="gdpr-33-4")
    assert (last.due_at, last.is_running) == (None, True)
    notify_authority(breach=breach, complete=True, at=utc("2026-10-10 09:00"), authority_name="SächsDSB", by=ed)
    assert not breach.clocks.running().exists()


def test_the_risk_decides_what_is_owed(breach: Breach, ed: User) -> None:
    put(breach, state="confirmed")
    for act in (_authority, _people):
        with pytest.raises(Refused, match="risk"):
            act({_authority: "not_notified", _people: "not_needed"}[act], breach, ed)
    decide_risk(breach=breach, risk="unlikely", by=ed, reason="Encrypted")
    _authority("not_notified", breach, ed)
    _people("not_needed", breach, ed)
    assert breach.clocks.get(stage="gdpr-33").outcome == "not_owed"

    decide_risk(breach=breach, risk="high_risk", by=ed, reason="The key was there, too")
    assert (breach.authority, breach.people) == ("undecided", "undecided")
    assert sorted(breach.clocks.running().values_list("stage", flat=True)) == ["gdpr-33", "gdpr-34"]
    with pytest.raises(Refused, match="name a ground of 34"):
        _people("not_needed", breach, ed)
    with pytest.raises(Refused, match="Choose the ground"):
        exempt_people(breach=breach, ground="x", by=ed, reason="So")


def test_another_moment_of_awareness_is_for_the_officer_to_allow(
    breach: Breach, ed: User, mara: User, dora: User
) -> None:
    earlier = utc("2026-09-28 10:00")
    propose_awareness(breach=breach, aware_at=earlier, by=ed, reason="The log shows it")
    with pytest.raises(Refused, match="data protection officer"):
        decide_awareness(breach=breach, approve=True, by=mara, reason="Yes")
    assert breach.clocks.get().began_at == breach.aware_at

    decide_awareness(breach=breach, approve=True, by=dora, reason="The log is plain")
    assert (breach.aware_at, breach.aware_reason) == (earlier, "The log shows it")
    assert breach.clocks.get().due_at == utc("2026-10-01 10:00")
    propose_awareness(breach=breach, aware_at=earlier, by=dora, reason="Mine")
    with pytest.raises(NotYours):
        decide_awareness(breach=breach, approve=True, by=dora, reason="Mine")


def test_a_processor_tells_the_controller_and_nobody_else(stridewell: Project, ed: User) -> None:
    breach = put(breach_of(incident_of(stridewell, ed), ed, role="processor"), state="confirmed")
    clock = breach.clocks.get()

    assert (clock.stage, clock.due_at, clock.recipient) == ("gdpr-33-2", None, "controller")
    with pytest.raises(Refused, match="As a processor"):
        _authority("complete", breach, ed)
    submit(clock=clock, at=utc("2026-09-28 19:30"), by=ed)
    update_breach(breach=breach, by=ed, lessons="Scrub.")
    decide_risk(breach=breach, risk="risk", by=ed, reason="Tokens")
    put(breach, state="lessons")
    assert move_breach(breach=breach, to="closed", by=ed, reason="Done").state == "closed"


@pytest.mark.once
@pytest.mark.parametrize(
    ("parts", "said", "level"),
    [
        ((3, 75, 25, None, None, False), "3 × 0.75 + 0.25 = 2.50", "medium"),
        ((1, 25, None, None, None, False), "1 × 0.25 + 0.00 = 0.25", "low"),
        ((4, 75, 0, 0, 0, False), "4 × 0.75 + 0.00 = 3.00", "high"),
        ((4, 100, 50, 50, 50, True), "4 × 1.00 + 2.00 = 6.00", "very_high"),
    ],
)
def test_the_enisa_sum_is_shown_and_exact(parts: Any, said: str, level: str) -> None:
    dpc, ei, c, i, a, malicious = parts
    loss = {"enisa_confidentiality": c, "enisa_integrity": i, "enisa_availability": a}
    made = Breach(enisa_dpc=dpc, enisa_ei=ei, enisa_malicious=malicious, **loss).enisa

    assert (str(made), made.level if made else "") == (said, level)
    assert Breach(enisa_dpc=4).enisa is None
    assert isinstance(made.total if made else None, Decimal)


def test_bad_facts_are_refused_in_words(stridewell: Project, ed: User) -> None:
    incident = incident_of(stridewell, ed)
    for fields, said in (
        ({"data_categories": ["nonsense"]}, "Kinds of data: choose from the list"),
        ({"subject_categories": ["nonsense"]}, "People concerned: choose from the list"),
        ({"aware_at": utc("2036-01-01 00:00")}, "in the future"),
        ({"occurred_from": utc("2026-09-02 00:00"), "occurred_to": utc("2026-09-01 00:00")}, "ended before it began"),
        ({"state": "closed"}, "state: not changed this way"),
    ):
        with pytest.raises(Refused, match=said):
            breach_of(incident, ed, **fields)
    assert not Breach.objects.exists()
