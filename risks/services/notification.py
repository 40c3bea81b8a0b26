"""Telling the authority and the people, or deciding not to (GDPR Art. 33(1), (4), 34)."""

from datetime import datetime
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from controls.models import Evidence
from controls.services.moves import WrongMove
from risks.models import (
    AUTHORITY_MOVES,
    BREACH_SURE,
    PEOPLE_MOVES,
    AuthorityState,
    Breach,
    BreachRisk,
    Exemption,
    PeopleState,
    RegulatoryClock,
)
from risks.services.clock import not_owed, submit


def notify_authority(
    *,
    breach: Breach,
    complete: bool,
    at: datetime,
    authority_name: str,
    by: User,
    submission: str = "",
    note: str = "",
    late_reason: str = "",
    evidence: Evidence | None = None,
) -> Breach:
    """Record the initial or the complete notification; after 72 hours it needs its reasons (Art. 33(1), (4))."""
    _refuse_processor(breach)
    _check(breach, "authority", AuthorityState.COMPLETE if complete else AuthorityState.INITIAL, AUTHORITY_MOVES)
    if not authority_name.strip():
        raise Refused("Say which authority was notified.")
    said: dict[str, Any] = {"submission": submission, "note": note, "evidence": evidence}
    with change(by=by, reason=f"{authority_name.strip()} notified"):
        first = _running(breach, "gdpr-33")
        if first:
            submit(clock=first, at=at, by=by, late_reason=late_reason, **said)
        if complete and (last := _running(breach, "gdpr-33-4")):
            submit(clock=last, at=at, by=by, **said)
        breach.authority = AuthorityState.COMPLETE if complete else AuthorityState.INITIAL
        breach.authority_name = authority_name.strip()
        breach.save()
    return breach


@governed("Say why a risk to people is unlikely")
def leave_unnotified(*, breach: Breach, by: User, reason: str) -> Breach:
    """Decide that the authority is not notified: only where a risk to people is unlikely (Art. 33(1))."""
    _refuse_processor(breach)
    _check(breach, "authority", AuthorityState.NOT_NOTIFIED, AUTHORITY_MOVES)
    if breach.risk != BreachRisk.UNLIKELY:
        raise Refused("The authority is left out only where a risk to people is unlikely: decide about the risk first.")
    with change(by=by, reason=reason):
        if clock := _running(breach, "gdpr-33"):
            not_owed(clock=clock, by=by, reason=reason)
        breach.authority, breach.authority_reason = AuthorityState.NOT_NOTIFIED, reason.strip()
        breach.save()
    return breach


def inform_people(
    *, breach: Breach, at: datetime, channel: str, count: int, message: str, by: User, reason: str = ""
) -> Breach:
    """Record that the people were told, with the message, the channel and how many (Art. 34(1), (2))."""
    _refuse_processor(breach)
    _check(breach, "people", PeopleState.INFORMED, PEOPLE_MOVES)
    if not message.strip():
        raise Refused("Keep the message: what happened, its likely consequences, what is done, and whom to ask.")
    with change(by=by, reason=reason or "People told"):
        if clock := _running(breach, "gdpr-34"):
            submit(clock=clock, at=at, by=by, note=channel)
        breach.people, breach.people_reason, breach.exemption = PeopleState.INFORMED, reason.strip(), ""
        breach.message, breach.message_channel = message.strip(), channel.strip()
        breach.informed_count, breach.informed_at = count, at
        breach.save()
    return breach


@governed("Say why this ground holds")
def exempt_people(*, breach: Breach, ground: str, by: User, reason: str) -> Breach:
    """Decide that the people are not told although the risk is high, on a ground of Art. 34(3)."""
    _refuse_processor(breach)
    _check(breach, "people", PeopleState.EXEMPT, PEOPLE_MOVES)
    if ground not in Exemption.values:
        raise Refused("Choose the ground: 34(3)(a) unintelligible, (b) later measures, (c) disproportionate effort.")
    return _leave(breach, PeopleState.EXEMPT, ground, by, reason)


@governed("Say why the people need not be told")
def spare_people(*, breach: Breach, by: User, reason: str) -> Breach:
    """Decide that the people need not be told: only where the risk is not high (Art. 34(1))."""
    _refuse_processor(breach)
    _check(breach, "people", PeopleState.NOT_NEEDED, PEOPLE_MOVES)
    if not breach.risk or breach.risk == BreachRisk.HIGH_RISK:
        raise Refused("People are left out only where the risk is decided and not high; else name a ground of 34(3).")
    return _leave(breach, PeopleState.NOT_NEEDED, "", by, reason)


def _leave(breach: Breach, to: str, ground: str, by: User, reason: str) -> Breach:
    with change(by=by, reason=reason):
        if clock := _running(breach, "gdpr-34"):
            not_owed(clock=clock, by=by, reason=reason)
        breach.people, breach.exemption, breach.people_reason = to, ground, reason.strip()
        breach.save()
    return breach


def _running(breach: Breach, stage: str) -> RegulatoryClock | None:
    return breach.clocks.running().filter(stage=stage).first()


def _check(breach: Breach, name: str, to: str, moves: dict[str, frozenset[str]]) -> None:
    if breach.state not in BREACH_SURE:
        raise WrongMove(f"{breach.reference} is {breach.get_state_display().lower()}: confirm it first.")
    here = getattr(breach, name)
    if to not in moves[here]:
        words = dict((AuthorityState if name == "authority" else PeopleState).choices)
        raise WrongMove(
            f"{breach.reference}, {name}: it is {words[here].lower()} and cannot become {words[to].lower()}."
        )


def _refuse_processor(breach: Breach) -> None:
    if breach.role == Breach.Role.PROCESSOR:
        raise Refused("As a processor we tell the controller, who notifies: end the clock of Art. 33(2) instead.")
