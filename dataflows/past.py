"""Flows, records and parties as they stood at a moment, complete like the present ones; packs read these only."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Q

from compliance.approvals.models import Approval
from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from dataflows.models import (
    ActivityData,
    ActivityMeasure,
    ActivityParty,
    Contract,
    DataFlow,
    FlowItem,
    FlowStop,
    Party,
    ProcessingActivity,
    Transfer,
)

Scope = Organisation | Project


def organisation_of(scope: Scope) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope


def past_organisation(scope: Scope, at: datetime) -> Organisation:
    """The organisation's particulars at a moment; as they are now when it did not exist yet."""
    now = organisation_of(scope)
    return as_of(Organisation, at, ids=[now.pk]).first() or now


def past_flows(scope: Scope, at: datetime) -> list[DataFlow]:
    """The flows of a project, or of all projects of an organisation, in the order of their references."""
    streams = _project_streams(scope)
    if not streams:
        return []
    flows = as_of(DataFlow, at, stream=streams).instances(
        "activity", "consent", "since_release", "until_release", "project"
    )
    stops = by_key(as_of(FlowStop, at, stream=streams).order_by("position").instances("node__party"), "flow_id")
    items = by_key(as_of(FlowItem, at, stream=streams).instances("item"), "flow_id")
    transfers = by_key(
        as_of(Transfer, at, stream=streams).order_by("country").instances("importer", "assessment"), "flow_id"
    )
    contracts = past_contracts(scope, at)
    for flow in flows:
        flow.stop_rows = stops[flow.pk]
        for stop in flow.stop_rows:
            if stop.node.party:
                vars(stop.node.party)["contract_rows"] = contracts[stop.node.party_id]
        flow.item_rows = sorted(items[flow.pk], key=lambda link: link.item.name)
        flow.transfer_rows = transfers[flow.pk]
    return flows


def past_activities(scope: Scope, at: datetime) -> list[ProcessingActivity]:
    """The records of an organisation; for a project, its own and those the organisation shares.

    What a shared record says follows from the flows of all projects, whichever project asks.
    """
    organisation = organisation_of(scope)
    streams = [organisation.stream, *_project_streams(scope)]
    rows = as_of(ProcessingActivity, at, stream=streams)
    if isinstance(scope, Project):
        rows = rows.filter(Q(project_id=scope.pk) | Q(project_id__isnull=True))
    activities = rows.instances("owner", "project")
    data = by_key(as_of(ActivityData, at, stream=streams).instances("item"), "activity_id")
    parties = by_key(as_of(ActivityParty, at, stream=streams).instances("party"), "activity_id")
    measured = as_of(ActivityMeasure, at, stream=streams).instances("implementation__control")
    measures = by_key(measured, "activity_id")
    present = [flow for flow in past_flows(organisation, at) if flow.state != DataFlow.State.RETIRED]
    flows = by_key(present, "activity_id")
    for activity in activities:
        activity.data_rows = sorted(data[activity.pk], key=lambda link: link.item.name)
        activity.party_rows = sorted(parties[activity.pk], key=lambda link: link.party.name)
        activity.measure_rows = sorted(measures[activity.pk], key=lambda link: link.implementation.reference)
        activity.flow_rows = flows[activity.pk]
    return activities


def past_contracts(scope: Scope, at: datetime) -> dict[Any, list[Contract]]:
    """The contracts of every party, by its id."""
    rows = as_of(Contract, at, stream=organisation_of(scope).stream).order_by("signed_date", "reference")
    return by_key(rows.instances(), "party_id")


def past_parties(scope: Scope, at: datetime) -> list[Party]:
    """The parties of the organisation, by name, with their contracts."""
    contracts = past_contracts(scope, at)
    rows = as_of(Party, at, stream=organisation_of(scope).stream).order_by("name").instances()
    for party in rows:
        vars(party)["contract_rows"] = contracts[party.pk]
    return rows


def past_approvals(scope: Scope, model: type[Any], at: datetime) -> dict[Any, Approval]:
    """The latest decision about each record of a model, by the record's id."""
    streams = [organisation_of(scope).stream, *_project_streams(scope)]
    rows = as_of(Approval, at, stream=streams).filter(subject_model=model._meta.label_lower)
    granted = rows.filter(state=Approval.State.APPROVED).order_by("decided_at")
    return {row.subject_id: row for row in granted.instances("decided_by")}


def _project_streams(scope: Scope) -> list[str]:
    if isinstance(scope, Project):
        return [scope.stream]
    return [project.stream for project in Project.objects.in_organisation(scope)]


def by_key(rows: list[Any], key: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
