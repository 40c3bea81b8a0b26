"""Breaches: assessed, decided about, notified and learnt from (GDPR Art. 33, 34)."""

import json
from datetime import datetime
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.models import Approval
from compliance.approvals.services import decide, request_approval
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.access import roles_in
from controls.services.moves import check_move, now
from dataflows import vocabulary
from risks.models import (
    BREACH_MOVES,
    BREACH_SURE,
    AuthorityState,
    Breach,
    BreachRisk,
    BreachState,
    Incident,
    PeopleState,
)
from risks.services.clock import not_owed, recount, start_clock
from risks.services.incident import Incomplete

AWARE = "aware_at"
# fmt: off
CHANGEABLE = frozenset((
    "title", "occurred_from", "occurred_to", "confidentiality", "integrity", "availability", "cause",
    "subject_categories", "subjects_count", "records_count", "data_categories", "special_categories", "children",
    "cross_border", "intelligible", "protection", "consequences", "measures", "dpo_involved", "authority_name",
    "message", "lessons", "enisa_dpc", "enisa_ei", "enisa_confidentiality", "enisa_integrity",
    "enisa_availability", "enisa_malicious",
))
# fmt: on


class NotTheOfficer(Refused):
    """Only the data protection officer decides this."""


def need_officer(user: User, scope: Any) -> None:
    """Raises NotTheOfficer unless the person is data protection officer in the scope."""
    if "dpo" not in roles_in(user, scope):
        raise NotTheOfficer("This is for the data protection officer to say.")


def open_breach(
    *, incident: Incident, title: str, role: str, aware_at: datetime, aware_reason: str, by: User, **fields: Any
) -> Breach:
    """Write down a breach of an incident; its clock runs from when we were aware, whatever the day."""
    need_reason(aware_reason, "Say why we were reasonably certain from then on")
    _refuse_future(aware_at)
    breach = Breach(
        organisation=incident.organisation,
        project=incident.project,
        incident=incident,
        title=title,
        role=role,
        aware_at=aware_at,
        aware_reason=aware_reason.strip(),
    )
    _put(breach, fields)
    with change(by=by, reason=f"Breach within {incident.reference}"):
        breach.save()
        start_clock(case=breach, stage="gdpr-33" if role == Breach.Role.CONTROLLER else "gdpr-33-2", by=by)
    return breach


def update_breach(*, breach: Breach, by: User, reason: str = "", **fields: Any) -> Breach:
    """Change what is known; decisions, and the moment of awareness, have steps of their own."""
    if breach.is_over:
        raise Refused(f"{breach.reference} is {breach.get_state_display().lower()}: it is assessed again first.")
    _put(breach, fields)
    with change(by=by, reason=reason):
        breach.save()
    return breach


def move_breach(*, breach: Breach, to: str, by: User, reason: str) -> Breach:
    """Take one step of BREACH_MOVES. Raises WrongMove, and Incomplete with what is missing."""
    check_move(breach, to, BREACH_MOVES, BreachState)
    need_reason(reason, "Say what leads to this step")
    if lacks := _lacking(breach, to):
        raise Incomplete(f"{breach.reference} still needs {' and '.join(lacks)}.")
    with change(by=by, reason=reason):
        breach.state = to
        breach.save()
        if to == BreachState.NOT_A_BREACH:
            for clock in breach.clocks.running():
                not_owed(clock=clock, by=by, reason=f"Not a breach: {reason}")
    return breach


@governed("Say why the risk to people is judged so")
def decide_risk(*, breach: Breach, risk: str, by: User, reason: str) -> Breach:
    """Decide whether the people concerned run a risk; a high one begins the duty to tell them (Art. 34)."""
    _refuse_unconfirmed(breach)
    if risk not in BreachRisk.values:
        raise Refused(f"Risk {risk!r} is unknown: choose unlikely, risk or high_risk.")
    if risk != BreachRisk.UNLIKELY and breach.authority == AuthorityState.NOT_NOTIFIED:
        breach.authority = AuthorityState.UNDECIDED
    if risk == BreachRisk.HIGH_RISK and breach.people == PeopleState.NOT_NEEDED:
        breach.people = PeopleState.UNDECIDED
    with change(by=by, reason=reason):
        breach.risk, breach.risk_reason = risk, reason.strip()
        breach.save()
        controller = breach.role == Breach.Role.CONTROLLER
        if risk == BreachRisk.HIGH_RISK and controller and not breach.clocks.filter(stage="gdpr-34").exists():
            start_clock(case=breach, stage="gdpr-34", by=by)
        if risk != BreachRisk.UNLIKELY:
            _take_up(breach)
    return breach


@governed("Say what shows that we knew at another moment")
def propose_awareness(*, breach: Breach, aware_at: datetime, by: User, reason: str) -> Approval:
    """Ask the data protection officer for another moment of awareness; the clocks run on by the present one."""
    _refuse_future(aware_at)
    facts = {"aware_at": aware_at.isoformat(), "instead_of": breach.aware_at.isoformat(), "reason": reason.strip()}
    return request_approval(subject=breach, purpose=AWARE, facts=facts, scope=breach.scope, by=by, reason=reason)


@governed("Say why")
def decide_awareness(*, breach: Breach, approve: bool, by: User, reason: str) -> Breach:
    """Let the moment of awareness be another, or not; by the data protection officer, never by who asked."""
    need_officer(by, breach.scope)
    waiting = Approval.objects.of(breach, AWARE).waiting().first()
    if waiting is None:
        raise Refused(f"Nobody asked for another moment of {breach.reference}.")
    facts = json.loads(waiting.snapshot)
    with change(by=by, reason=reason):
        decide(approval=waiting, approve=approve, facts=facts, by=by, reason=reason)
        if approve:
            breach.aware_at, breach.aware_reason = datetime.fromisoformat(facts["aware_at"]), facts["reason"]
            breach.save()
            recount(case=breach, by=by, reason=reason)
    return breach


def _put(breach: Breach, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - CHANGEABLE:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    for name, value in fields.items():
        setattr(breach, name, value)
    if set(breach.subject_categories) - set(vocabulary.subjects()):
        raise Refused("People concerned: choose from the list.")
    if set(breach.data_categories) - set(vocabulary.categories()):
        raise Refused("Kinds of data: choose from the list.")
    if breach.occurred_from and breach.occurred_to and breach.occurred_to < breach.occurred_from:
        raise Refused("It ended before it began: one of the two moments is wrong.")


def _lacking(breach: Breach, to: str) -> list[str]:
    controller = breach.role == Breach.Role.CONTROLLER
    lacks = {
        BreachState.CONFIRMED: [("what was lost: confidentiality, integrity or availability", not breach.nature)],
        BreachState.CONTAINED: [("the decision about the risk to people", not breach.risk)],
        BreachState.CLOSED: [
            ("what was learnt", not breach.lessons.strip()),
            (
                "the complete notification of the authority, or the decision against one",
                controller and breach.authority not in {AuthorityState.COMPLETE, AuthorityState.NOT_NOTIFIED},
            ),
            ("the decision whether the people are told", controller and breach.people == PeopleState.UNDECIDED),
            ("the end of its running clocks", breach.clocks.running().exists()),
        ],
    }
    return [word for word, is_so in lacks.get(BreachState(to), []) if is_so]


def _take_up(breach: Breach) -> None:
    """A duty that was thought not to exist exists: its clock runs on from where it began."""
    for clock in breach.clocks.filter(outcome="not_owed", stage__in=["gdpr-33"]):
        clock.outcome, clock.ended_at, clock.ended_by, clock.note = "running", None, None, ""
        clock.save()


def _refuse_future(at: datetime) -> None:
    if at > now():
        raise Refused("We cannot be aware of it in the future: one of the moments is wrong.")


def _refuse_unconfirmed(breach: Breach) -> None:
    if breach.state not in BREACH_SURE | {BreachState.ASSESSING} or breach.is_over:
        raise Refused(f"{breach.reference} is {breach.get_state_display().lower()}: assess it first.")
