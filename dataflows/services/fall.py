"""A mechanism falls: what rested on it is listed, judged from that day on, and settled flow by flow."""

from datetime import date
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change, governed
from compliance.projects.models import Organisation
from dataflows.falling import Basis, affected
from dataflows.models import DataFlow, FallCase, MechanismFall, Transfer
from dataflows.services.contract import change_contract
from dataflows.services.party import change_party
from dataflows.services.review import WrongState
from dataflows.services.saving import BadValue, save, today
from dataflows.services.transfer import change_transfer

Action = FallCase.Action


def record_fall(
    *, organisation: Organisation, basis: Basis, fell_date: date, source: str, by: User | str, reason: str = ""
) -> MechanismFall:
    """Record that something no longer holds from a day: a case for every present flow it carries. Raises BadValue."""
    fall = MechanismFall(organisation=organisation, fell_date=fell_date, source=source, **basis.columns())
    with change(by=by, reason=reason or source):
        save(fall)
        found = affected(organisation, basis)
        for flow, transfers in found:
            FallCase(project=flow.project, fall=fall, flow=flow).save()
            for transfer in transfers:
                transfer.fell_date = fell_date
                transfer.save()
        _end_it(fall, by, source)
    return fall


def _end_it(fall: MechanismFall, by: User | str, source: str) -> None:
    """Let the contract or the certificate end with the day before."""
    last = date.fromordinal(fall.fell_date.toordinal() - 1)
    if fall.contract:
        if fall.contract.signed_date and last < fall.contract.signed_date:
            raise BadValue("No longer holds from: the contract was signed later than that.")
        change_contract(contract=fall.contract, by=by, reason=source, expires_date=last)
    elif fall.kind == fall.Kind.CERTIFICATE and fall.party:
        change_party(party=fall.party, by=by, reason=source, framework_until_date=last)


@governed("Say what was done")
def settle_case(*, case: FallCase, action: str, by: User, reason: str) -> FallCase:
    """Record what was done about a flow; `fallback` lets its transfers rest on what was named for that.

    Raises BadValue, WrongState when the flow is under review.
    """
    if action not in Action.values or not action:
        raise BadValue("What was done: choose one.")
    with change(by=by, reason=reason):
        if action == Action.FALLBACK:
            _fall_back(case, by, reason)
        elif action in (Action.REPLACED, Action.UNAFFECTED):
            _check_settled(case, action)
        case.action, case.note, case.done_date = action, reason[:300], today()
        save(case)
    return case


def _fall_back(case: FallCase, by: User, reason: str) -> None:
    transfers = _fallen(case.flow)
    named = [one for one in transfers if one.fallback_mechanism]
    if not transfers or len(named) < len(transfers):
        raise WrongState(f"{case.flow.reference} names no fallback: choose a mechanism on its transfer.")
    for transfer in named:
        mechanism = transfer.fallback_mechanism
        change_transfer(transfer=transfer, by=by, reason=reason, mechanism=mechanism, fallback_mechanism="")


def _check_settled(case: FallCase, action: str) -> None:
    fallen = _fallen(case.flow)
    if action == Action.REPLACED and fallen:
        numbers = ", ".join(one.reference for one in fallen)
        raise WrongState(f"{numbers} rests on what fell: give it another mechanism first.")
    if action == Action.UNAFFECTED:
        for transfer in fallen:
            transfer.fell_date = None
            transfer.save()


def _fallen(flow: DataFlow) -> list[Transfer]:
    return list(Transfer.objects.filter(flow=flow, fell_date__isnull=False).select_related("flow__project", "importer"))


def open_cases(fall: MechanismFall) -> Any:
    return FallCase.objects.filter(fall=fall, action="")
