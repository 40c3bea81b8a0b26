"""Flows, records and parties as they stood at a moment, complete like the present ones; packs read these only."""

from collections import defaultdict
from collections.abc import Collection
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
    ActivityPurpose,
    ActivitySystem,
    Contract,
    DataFlow,
    FlowItem,
    FlowStop,
    Party,
    ProcessingActivity,
    RetentionRule,
    Transfer,
)

Scope = Organisation | Project


def organisation_of(scope: Scope) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope


def past_organisation(scope: Scope, at: datetime) -> Organisation:
    """The organisation's particulars at a moment; as they are now when it did not exist yet."""
    now = organisation_of(scope)
    return as_of(Organisation, at, ids=[now.pk]).first() or now


def past_flows(scope: Scope, at: datetime, only: Collection[Any] | None = None) -> list[DataFlow]:
    """The flows of a project, or of all projects of an organisation, in the order of their references.

    `only` names those that are asked for by their ids.
    """
    streams = _project_streams(scope)
    if not streams:
        return []
    mine = {} if only is None else {"flow_id__in": only}
    flows = as_of(DataFlow, at, stream=streams, ids=only).instances(
        "activity", "consent", "since_release", "until_release", "project"
    )
    placed = as_of(FlowStop, at, stream=streams).filter(**mine).order_by("position")
    stops = by_key(placed.instances("node__party", "node__system"), "flow_id")
    items = by_key(as_of(FlowItem, at, stream=streams).filter(**mine).instances("item"), "flow_id")
    moved = as_of(Transfer, at, stream=streams).filter(**mine).order_by("country")
    transfers = by_key(moved.instances("importer", "assessment"), "flow_id")
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
    activities = _completed(rows, at, streams, {})
    present = [flow for flow in past_flows(organisation, at) if flow.state != DataFlow.State.RETIRED]
    flows = by_key(present, "activity_id")
    for activity in activities:
        activity.flow_rows = flows[activity.pk]
    return activities


def past_versions(organisation: Organisation, at: datetime, only: Collection[Any]) -> list[ProcessingActivity]:
    """Some records as they stood, by their ids, without their flows: those are versions of their own."""
    streams = [organisation.stream, *_project_streams(organisation)]
    rows = as_of(ProcessingActivity, at, stream=streams, ids=only)
    return _completed(rows, at, streams, {"activity_id__in": only})


def _completed(rows: Any, at: datetime, streams: list[str], mine: dict[str, Any]) -> list[ProcessingActivity]:
    """Records with everything but their flows; `mine` narrows what is read of their rows."""

    def links(model: type[Any], *ends: str, order: str = "pk") -> dict[Any, list[Any]]:
        found = as_of(model, at, stream=streams).filter(**mine).order_by(order)
        return by_key(found.instances(*ends), "activity_id")

    activities: list[ProcessingActivity] = rows.instances("owner", "project")
    purposes = links(ActivityPurpose, "balancing", order="position")
    data, systems = links(ActivityData, "item", "rule"), links(ActivitySystem, "system__operator")
    parties, measures = links(ActivityParty, "party"), links(ActivityMeasure, "implementation__control")
    for activity in activities:
        activity.purpose_rows = purposes[activity.pk]
        activity.system_rows = sorted(systems[activity.pk], key=lambda link: link.system.name)
        activity.data_rows = sorted(data[activity.pk], key=lambda link: link.item.name)
        activity.party_rows = sorted(parties[activity.pk], key=lambda link: link.party.name)
        activity.measure_rows = sorted(measures[activity.pk], key=lambda link: link.implementation.reference)
        activity.flow_rows = []
    return activities


def past_contracts(scope: Scope, at: datetime) -> dict[Any, list[Contract]]:
    """The contracts of every party, by its id."""
    rows = as_of(Contract, at, stream=organisation_of(scope).stream).order_by("signed_date", "reference")
    return by_key(rows.instances(), "party_id")


def past_rules(scope: Scope, at: datetime) -> list[RetentionRule]:
    """The retention rules of the organisation, by reference."""
    rows = as_of(RetentionRule, at, stream=organisation_of(scope).stream).order_by("reference")
    return rows.instances("item", "system", "owner")


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
