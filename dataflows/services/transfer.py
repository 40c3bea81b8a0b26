"""Transfers out of the EEA (GDPR Art. 44 to 49)."""

from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change, governed
from dataflows import vocabulary
from dataflows.models import DataFlow, Transfer
from dataflows.services.review import check_open
from dataflows.services.saving import BadValue, assign, remember_author, save


def record_transfer(*, flow: DataFlow, country: str, by: User | str, reason: str = "", **details: Any) -> Transfer:
    """Record what a flow's transfer to a country rests on. Raises BadValue, WrongState."""
    transfer = Transfer(project=flow.project, flow=flow, country=country)
    return change_transfer(transfer=transfer, by=by, reason=reason, **details)


def change_transfer(*, transfer: Transfer, by: User | str, reason: str = "", **fields: Any) -> Transfer:
    """Change a transfer; the approval of its flow turns outdated. Raises BadValue, WrongState."""
    flow = transfer.flow
    check_open(flow, reason)
    with change(by=by, reason=reason):
        before = transfer.mechanism
        assign(transfer, fields)
        _check(transfer)
        if transfer.mechanism != before:
            transfer.fell_date = None
        save(transfer)
        remember_author(flow, by)
        flow.save()
    return transfer


@governed("Say why the transfer is taken out")
def remove_transfer(*, transfer: Transfer, by: User | str, reason: str) -> None:
    """Take out a transfer that does not happen. Raises WrongState."""
    flow = transfer.flow
    check_open(flow, reason)
    with change(by=by, reason=reason):
        transfer.delete()
        remember_author(flow, by)
        flow.save()


def _check(transfer: Transfer) -> None:
    if vocabulary.in_eea(transfer.country):
        raise BadValue(f"Destination: {transfer.destination} is in the EEA, so nothing is transferred.")
    if transfer.importer and transfer.importer.organisation_id != transfer.project.organisation_id:
        raise BadValue("Importer: choose a party of the same organisation.")
    if transfer.assessment and transfer.assessment.organisation_id != transfer.project.organisation_id:
        raise BadValue("Transfer assessment: choose one of the same organisation.")
