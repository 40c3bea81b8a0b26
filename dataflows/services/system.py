"""The systems and stores of the organisation."""

from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Organisation
from dataflows.models import DataFlow, Node, System
from dataflows.services.saving import BadValue, assign, save, today


def add_system(*, organisation: Organisation, name: str, by: User | str, reason: str = "", **details: Any) -> System:
    """Add a system. Raises BadValue."""
    system = System(organisation=organisation, name=name.strip())
    return change_system(system=system, by=by, reason=reason, **details)


def change_system(*, system: System, by: User | str, reason: str = "", **fields: Any) -> System:
    """Change a system and, where operator or country change, its places on all maps. Raises BadValue.

    Approved flows through these places turn outdated by it.
    """
    with change(by=by, reason=reason):
        assign(system, fields)
        if system.operator and system.operator.organisation_id != system.organisation_id:
            raise BadValue("Operator: choose a party of the same organisation.")
        save(system)
        for node in Node.objects.filter(system=system).select_related("party"):
            if (node.party_id, node.country) != (system.operator_id, system.country):
                node.party, node.country = system.operator, system.country
                node.save()
    return system


@governed("Say why it is not used any more, and where its data went")
def end_system(*, system: System, by: User, reason: str) -> System:
    """Take a system out of use; what names it stays. Raises Refused while present flows pass it."""
    if system.ended_date:
        raise Refused(f"{system.reference} is out of use already.")
    passing = _passing(system)
    if passing:
        raise Refused(f"{', '.join(passing)} still pass {system.name}: change or retire them first.")
    with change(by=by, reason=reason):
        system.ended_date = today()
        system.save()
    return system


def _passing(system: System) -> list[str]:
    rows = DataFlow.objects.present().filter(stops__node__system=system).order_by("reference")
    return list(rows.distinct().values_list("reference", flat=True)[:5])
