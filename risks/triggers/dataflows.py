"""Personal data that goes on a new way, to somebody new or to a new country: the data protection officer is asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.ledger.models import Entry
from compliance.projects.models import Membership, Organisation
from dataflows.models import DataFlow, Party, Transfer
from risks.triggering import Hit, reviewed, trigger

NEW = timedelta(days=30)

reviewed("dataflows.dataflow", mark=lambda row, **said: None, looked_at=lambda row: row.approved_at)


def dpo_of(organisation: Organisation, at: datetime) -> User | None:
    """Who holds the role of data protection officer in the organisation."""
    held = Membership.objects.filter(organisation=organisation, project=None, role="dpo").valid(at)
    row = held.select_related("user").order_by("user__name").first()
    return row.user if row else None


def _new(rows: Any, at: datetime) -> Iterator[tuple[Any, datetime]]:
    """Rows with the moment they were entered, when that was lately."""
    found = {row.pk: row for row in rows}
    added = Entry.objects.filter(model=rows.model._meta.label_lower, object_id__in=found, type="+")
    for key, moment in added.between(at - NEW, at).order_by("id").values_list("object_id", "at"):
        yield found[key], moment


@trigger("flow_new", of="flow", kind="flow")
def flows(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    dpo = dpo_of(organisation, at)
    rows = DataFlow.objects.in_organisation(organisation).exclude(state=DataFlow.State.RETIRED)
    for flow, moment in _new(rows.select_related("project"), at):
        said = f"{flow.reference} {flow.title} is a new data flow of {flow.project.name}."
        yield Hit(flow, f"flow:{flow.pk}", said, moment, owner=dpo)


@trigger("party_new", of="party", kind="party")
def parties(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    dpo = dpo_of(organisation, at)
    rows = Party.objects.in_organisation(organisation).exclude(state=Party.State.ENDED)
    for party, moment in _new(rows.select_related("organisation"), at):
        said = f"{party.name} is new: {party.get_role_display().lower()}, {party.service}."
        yield Hit(party, f"party:{party.pk}", said, moment, owner=dpo)


@trigger("country_new", of="flow", kind="flow")
def countries(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    dpo = dpo_of(organisation, at)
    rows = Transfer.objects.in_organisation(organisation)
    for transfer, moment in _new(rows.select_related("flow__project", "project"), at):
        said = f"{transfer.flow.reference} {transfer.flow.title} reaches {transfer.destination}."
        yield Hit(transfer, f"transfer:{transfer.pk}", said, moment, owner=dpo)
