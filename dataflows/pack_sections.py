"""What packs print of data flows: the map with its table, requests of people; the rest stands in modules beside."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db.models import Q

from compliance.ledger import as_of
from compliance.packs.about import About, release_about
from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from dataflows import vocabulary
from dataflows.chart import chart
from dataflows.map_parts import FlowMap
from dataflows.models import DataFlow, SubjectRequest
from dataflows.pack_builds import build_differences
from dataflows.pack_drift import drift
from dataflows.pack_parties import parties, transfer_assessments
from dataflows.pack_records import interests, processing, retention
from dataflows.past import organisation_of, past_approvals, past_flows
from dataflows.problems import problems
from dataflows.standing import is_outdated

PAGE_WIDTH, PAGE_HEIGHT = 1000, 500  # CSS pixels of a landscape page below its heading
LEGIBLE = 60  # percent: a smaller drawing is repeated by record of processing

__all__ = [
    "build_differences",
    "drift",
    "interests",
    "parties",
    "processing",
    "retention",
    "transfer_assessments",
]  # registered with the rest
Scope = Organisation | Project
Rows = list[dict[str, Any]]


@section("flows", "Data flows", 130, "dataflows/pack/flows.html", wide=True)
def flows(project: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """The flow map, and every flow in the columns of the outline."""
    found = [flow for flow in past_flows(project, at) if flow.state != DataFlow.State.RETIRED]
    approvals = past_approvals(project, DataFlow, at)
    rows = [_flow(flow, at, approvals.get(flow.pk)) for flow in found]
    maps = [_fitted(chart(found, at.date(), title="Flow map"))] if found else []
    if maps and maps[0]["percent"] < LEGIBLE:
        maps += _by_activity(found, at)
    about = release_about(project, at, subject)
    mine = {flow.reference for flow in found if about is None or _is_new(flow, about)}
    shown = [row for row in rows if row["reference"] in mine]
    return {
        "rows": shown,
        "release": about.release.name if about else "",
        "count": len(rows),
        "maps": maps,
        "registers": {"flows.csv": rows},
        "citations": [Citation("GDPR Art. 5(2)", row["reference"], row["title"]) for row in shown],
    }


def _is_new(flow: DataFlow, about: About) -> bool:
    """Whether a flow began, ends or was approved for the release, or still waits for its approval."""
    named = about.release.pk in {flow.since_release_id, flow.until_release_id}
    return named or flow.approved_at is None or about.holds(flow.approved_at)


def _by_activity(found: list[DataFlow], at: datetime) -> Rows:
    """One drawing for each record of processing, when one for all is too small to read."""
    groups: dict[str, list[DataFlow]] = {}
    for flow in found:
        groups.setdefault(str(flow.activity) if flow.activity else "Flows without a record", []).append(flow)
    return [
        _fitted(chart(group, at.date(), id=f"flow-map-{n}", title=title))
        for n, (title, group) in enumerate(sorted(groups.items()), 1)
    ]


def _flow(flow: DataFlow, at: datetime, approval: Any) -> dict[str, Any]:
    transfers = [
        f"{transfer.destination}: {transfer.get_mechanism_display() or 'no mechanism'}"
        for transfer in flow.transfer_rows
    ]
    return {
        "reference": flow.reference,
        "title": flow.title,
        "way": flow.path,
        "data": ", ".join(item.name for item in flow.data),
        "special": flow.is_special,
        "subjects": flow.subjects,
        "purpose": flow.purpose,
        "basis": "; ".join(
            text for text in (flow.get_legal_basis_display(), flow.get_article9_condition_display()) if text
        ),
        "regions": ", ".join(dict.fromkeys(vocabulary.country_name(node.where) for node in flow.nodes if node.where)),
        "protection": flow.get_protection_display(),
        "on_device_only": flow.on_device_only,
        "transfers": "; ".join(transfers),
        "retention": flow.retention,
        "since": str(flow.since_release or ""),
        "until": str(flow.until_release or ""),
        "activity": flow.activity.reference if flow.activity else "",
        "state": flow.state,
        "outdated": is_outdated(flow, approval),
        "to_mend": " ".join(problem.text for problem in problems(flow, at.date())),
    }


def _fitted(drawn: FlowMap) -> dict[str, Any]:
    """A drawing as plain data, in the size it has on a page; `percent` of its full size."""
    percent = min(100, 100 * PAGE_WIDTH // drawn.width, 100 * PAGE_HEIGHT // drawn.height)
    size = {"fit_width": drawn.width * percent // 100, "fit_height": drawn.height * percent // 100, "percent": percent}
    return {**_plain(vars(drawn)), **size}


def _plain(value: Any) -> Any:
    """Named tuples as mappings, so that the template reads them and the content hash names their fields."""
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


@section("requests", "Data-subject requests", 160, "dataflows/pack/requests.html", wide=True)
def requests(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """What people asked about their data, each by its reference alone: open, or ended in the period (GDPR Art. 12)."""
    found = as_of(SubjectRequest, at, stream=organisation_of(project).stream).order_by("reference")
    if isinstance(project, Project):
        found = found.filter(Q(app_id=project.pk) | Q(app_id__isnull=True))
    shown = [row for row in found.instances("app") if row.closed_at is None or row.closed_at >= period.since]
    rows = [_request(row, at) for row in shown]
    late = sum(1 for row in rows if row["late"])
    return {
        "rows": rows,
        "late": late,
        "registers": {"requests.csv": rows},
        "citations": [Citation("GDPR Art. 12", row["reference"], row["right"]) for row in rows],
        "documents": [
            Document("GDPR Art. 12 to 22", f"Requests of people: {len(rows)}", rows[0]["reference"], status="present")
        ]
        if rows
        else [],
    }


def _request(row: SubjectRequest, at: datetime) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "right": row.get_type_display(),
        "app": row.app.name if row.app else "",
        "received": row.received_at,
        "due": row.due_date,
        "counted": row.why,
        "extended": row.notice_sent_at,
        "identity": row.get_identity_method_display(),
        "answered": row.told_at,
        "closed": row.closed_at,
        "outcome": row.get_outcome_display(),
        "days": row.days,
        "state": row.state,
        "reply_sha256": row.reply_id or "",
        "late": row.was_late or bool(row.is_open and row.due_at and row.due_at < at),
    }


import_module("dataflows.pack_told")
