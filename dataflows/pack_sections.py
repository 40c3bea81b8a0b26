"""What packs print of data flows: the records of processing, the map with its table, requests of people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from dataflows import vocabulary
from dataflows.chart import chart
from dataflows.letters import letters
from dataflows.map_parts import FlowMap
from dataflows.models import DataFlow, ProcessingActivity, SubjectRequest
from dataflows.pack_parties import parties, transfer_assessments
from dataflows.past import organisation_of, past_activities, past_approvals, past_flows, past_organisation
from dataflows.problems import problems
from dataflows.standing import is_outdated

PAGE_WIDTH, PAGE_HEIGHT = 1000, 500  # CSS pixels of a landscape page below its heading
LEGIBLE = 60  # percent: a smaller drawing is repeated by record of processing

__all__ = ["parties", "transfer_assessments"]  # registered with the rest
Scope = Organisation | Project
Rows = list[dict[str, Any]]


@section("processing", "Records of processing", 120, "dataflows/pack/processing.html")
def processing(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The project's records and those it shares, in the order of the letters (GDPR Art. 30(1), (2))."""
    organisation = past_organisation(project, at)
    approvals = past_approvals(project, ProcessingActivity, at)
    found = [row for row in past_activities(project, at) if row.state != ProcessingActivity.State.RETIRED]
    rows = []
    for row in found:
        approval = approvals.get(row.pk)
        written = [
            {"letter": one.letter, "title": one.title, "lines": list(one.lines), "missing": list(one.missing)}
            for one in letters(row, organisation)
        ]
        rows.append(
            {
                "reference": row.reference,
                "name": row.name,
                "role": f"{row.get_role_display()}, Art. 30({1 if row.is_controller else 2})",
                "shared": row.project_id is None,
                "state": row.state,
                "approval": _approval(approval),
                "outdated": is_outdated(row, approval),
                "letters": written,
                "extras": _extras(row, project),
                "flows": _flows(row, project),
            }
        )
    citations = [Citation("GDPR Art. 30", str(row["reference"]), str(row["name"])) for row in rows]
    return {
        "rows": rows,
        "registers": {"processing.csv": [_flat(row) for row in rows]},
        "citations": citations,
        "documents": [_document(row) for row in rows],
    }


def _document(row: dict[str, Any]) -> Document:
    approval = row["approval"] or {"by": "", "at": None}
    status = "present" if row["approval"] and not row["outdated"] else "draft"
    return Document("GDPR Art. 30", row["name"], row["reference"], "", approval["by"], approval["at"], None, status)


def _approval(approval: Any) -> dict[str, Any] | None:
    if approval is None:
        return None
    by = str(approval.decided_by) if approval.decided_by else ""
    return {"by": by, "at": approval.decided_at, "sha256": approval.snapshot_sha256}


def _extras(row: ProcessingActivity, scope: Scope) -> list[list[str]]:
    """What stands beside the letters, as pairs of label and text; of the flows, the project's."""
    return [
        ["Legal basis", row.get_legal_basis_display() or "None"],
        ["Legitimate interests", row.legitimate_interests],
        ["Condition for special categories", row.get_article9_condition_display()],
        ["Source of the data", row.data_source],
        ["Automated decisions", "Yes" if row.automated_decisions else "No"],
        ["Impact assessment", row.get_dpia_status_display()],
        ["Flows", ", ".join(_flows(row, scope))],
    ]


def _flows(row: ProcessingActivity, scope: Scope) -> list[str]:
    every = isinstance(scope, Organisation)
    return [flow.reference for flow in row.flow_rows if every or flow.project_id == scope.pk]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A record as one line of a table: a column for each letter and each extra."""
    flat = {name: row[name] for name in ("reference", "name", "role", "state", "outdated")}
    for one in row["letters"]:
        flat[f"({one['letter']}) {one['title']}"] = "\n".join(one["lines"])
    missing = [f"({one['letter']}) {lack}" for one in row["letters"] for lack in one["missing"]]
    return {**flat, **dict(row["extras"]), "missing": "\n".join(missing)}


@section("flows", "Data flows", 130, "dataflows/pack/flows.html", wide=True)
def flows(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The flow map, and every flow in the columns of the outline."""
    found = [flow for flow in past_flows(project, at) if flow.state != DataFlow.State.RETIRED]
    approvals = past_approvals(project, DataFlow, at)
    rows = [_flow(flow, at, approvals.get(flow.pk)) for flow in found]
    maps = [_fitted(chart(found, at.date(), title="Flow map"))] if found else []
    if maps and maps[0]["percent"] < LEGIBLE:
        maps += _by_activity(found, at)
    citations = [Citation("GDPR Art. 5(2)", row["reference"], row["title"]) for row in rows]
    return {"rows": rows, "maps": maps, "registers": {"flows.csv": rows}, "citations": citations}


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
