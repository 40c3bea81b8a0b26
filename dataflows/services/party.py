"""Parties: added, changed, and moved from request to end (GDPR Art. 28)."""

from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, need_reason
from compliance.projects.models import Organisation
from dataflows.models import Party
from dataflows.services.review import WrongState
from dataflows.services.saving import BadValue, assign, save, today


class NoContract(Refused):
    """A processor is not approved or used without a contract in force."""


def add_party(*, organisation: Organisation, by: User | str, reason: str = "", **details: Any) -> Party:
    """Ask for a new party; it is not used before it is approved. Raises BadValue."""
    party = Party(organisation=organisation)
    return _write(party, by, reason, details)


def change_party(*, party: Party, by: User | str, reason: str = "", **fields: Any) -> Party:
    """Change a party's particulars, its contract included. Raises BadValue."""
    return _write(party, by, reason, fields)


def _write(party: Party, by: User | str, reason: str, fields: dict[str, Any]) -> Party:
    with change(by=by, reason=reason):
        assign(party, fields)
        if party.engaged_by and party.engaged_by.organisation_id != party.organisation_id:
            raise BadValue("Engaged by: choose a party of the same organisation.")
        signed, ends = party.contract_signed_date, party.contract_expires_date
        if signed and ends and ends < signed:
            raise BadValue("Contract ends on: the contract ends before it is signed; change one of the two days.")
        save(party)
    return party


def move_party(*, party: Party, to: str, by: User | str, reason: str) -> Party:
    """Move a party along its states. Raises WrongState, NoContract."""
    aim = Party.State(to)
    if aim not in party.next_states:
        ways = " or ".join(state.label.lower() for state in party.next_states) or "nowhere"
        raise WrongState(f"{party} is {party.get_state_display().lower()}: from there it goes to {ways}.")
    need_reason(reason, f"Say why {party} becomes {aim.label.lower()}")
    if aim in (Party.State.APPROVED, Party.State.ACTIVE) and party.needs_contract and not party.has_contract(today()):
        raise NoContract(f"{party} processes data for us and has no contract in force: enter the contract first.")
    with change(by=by, reason=reason):
        party.state = aim
        party.save()
    return party
