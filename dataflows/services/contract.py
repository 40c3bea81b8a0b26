"""Contracts with parties, and what they say row by row (GDPR Art. 26, 28(3))."""

from collections.abc import Mapping
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change, governed
from dataflows import clauses
from dataflows.models import Contract, ContractCheck, Party
from dataflows.services.saving import BadValue, assign, remember_author, save, today


def add_contract(*, party: Party, by: User | str, reason: str = "", **details: Any) -> Contract:
    """Enter a contract as signed, or as it is to be signed. Raises BadValue."""
    return change_contract(
        contract=Contract(organisation=party.organisation, party=party), by=by, reason=reason, **details
    )


def change_contract(*, contract: Contract, by: User | str, reason: str = "", **fields: Any) -> Contract:
    """Change a contract's particulars; an early end is its day in `expires_date`. Raises BadValue."""
    party = contract.party
    if "party" in fields and fields.pop("party") != party:
        raise BadValue("Party: a contract stays with its party; enter a new one.")
    with change(by=by, reason=reason):
        assign(contract, fields)
        signed, ends = contract.signed_date, contract.expires_date
        if signed and ends and ends < signed:
            raise BadValue("Ends on: the contract ends before it is signed; change one of the two days.")
        if contract.evidence and contract.evidence.organisation_id != contract.organisation_id:
            raise BadValue("Evidence: choose a piece of the same organisation.")
        save(contract)
        _remember(party, by)
    return contract


@governed("Say why the contract ends")
def end_contract(*, contract: Contract, on: Any, by: User | str, reason: str) -> Contract:
    """End a contract on its last day. Raises BadValue."""
    return change_contract(contract=contract, by=by, reason=reason, expires_date=on)


def answer_checklist(
    *, party: Party, answers: Mapping[str, Mapping[str, Any]], by: User | str, reason: str = ""
) -> list[ContractCheck]:
    """Answer rows of the checklist: code -> answer, concrete, clause, note. Only what differs is written; an empty
    answer takes the row back. Raises BadValue.
    """
    known, rows = {one.row: one for one in ContractCheck.objects.filter(party=party)}, clauses.checklist()
    written = []
    with change(by=by, reason=reason):
        for code, told in answers.items():
            if code not in rows:
                raise BadValue(f"Row: {code!r} is none of the checklist.")
            check = known.get(code) or ContractCheck(organisation=party.organisation, party=party, row=code)
            if one := _answer(check, dict(told), by):
                written.append(one)
        if written:
            _remember(party, by)
    return written


def _answer(check: ContractCheck, told: dict[str, Any], by: User | str) -> ContractCheck | None:
    is_new = check._state.adding
    if not told.get("answer", check.answer):
        if not is_new:
            check.delete()
        return None if is_new else check
    if not is_new and all(getattr(check, name) == value for name, value in told.items()):
        return None
    assign(check, told)
    if check.answer not in (ContractCheck.Answer.YES, ContractCheck.Answer.PARTLY):
        check.concrete = None
    check.reviewer = by if isinstance(by, User) else None
    check.reviewed_date, check.list_edition = today(), clauses.checklist_edition()
    save(check)
    return check


def _remember(party: Party, by: User | str) -> None:
    before = list(party.authors)
    remember_author(party, by)
    if party.authors != before:
        party.save()
