"""The records of processing as they were approved, letter by letter: what an authority is handed (GDPR Art. 30(4)).

A record changed since its approval is read as it stood at that moment; so is a flow. What was never approved is not
told, only named as left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compliance.approvals.models import Approval
from compliance.projects.models import Organisation
from dataflows.letters import Letter, letters
from dataflows.models import DataFlow, ProcessingActivity
from dataflows.past import past_activities, past_flows
from dataflows.standing import is_outdated, latest_approvals


@dataclass(frozen=True)
class Told:
    """One record: its letters in their order, and what stands beside them as pairs of label and text."""

    reference: str
    name: str
    article: str
    role: str
    scope: str
    approved_by: str
    approved_at: datetime | None
    sha256: str
    letters: list[Letter]
    beside: list[tuple[str, str]]


@dataclass(frozen=True)
class Records:
    """What a file of records holds: those as controller before those as processor, and what it leaves out."""

    organisation: str
    title: str
    at: datetime
    told: list[Told]
    left_out: list[str] = field(default_factory=list)

    def parts(self) -> list[tuple[str, list[Told]]]:
        """The records under the paragraph of Art. 30 that asks for them, in the order of their references."""
        heads = {"30(1)": "As controller, GDPR Art. 30(1)", "30(2)": "As processor, GDPR Art. 30(2)"}
        found = [(head, [one for one in self.told if one.article == article]) for article, head in heads.items()]
        return [(head, rows) for head, rows in found if rows]


class _Then:
    """Records and flows at the moments of their approvals, each moment read once."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.known: dict[tuple[str, datetime], Mapping[Any, Any]] = {}

    def of(self, kind: str, at: datetime) -> Mapping[Any, Any]:
        if (kind, at) not in self.known:
            read: Any = past_activities if kind == "activity" else past_flows
            self.known[kind, at] = {row.pk: row for row in read(self.organisation, at)}
        return self.known[kind, at]


def approved(organisation: Organisation, rows: Any, *, title: str, at: datetime) -> Records:
    """The approved versions of these records; `rows` is a query over ProcessingActivity."""
    found = list(rows.present().complete().order_by("reference"))
    flows = [flow for row in found for flow in row.flow_rows]
    granted, of_flows, then = latest_approvals(found), latest_approvals(flows), _Then(organisation)
    told, left_out = [], []
    for row in found:
        approval = granted.get(row.pk)
        if approval is None or not row.is_approved:
            left_out.append(f"{row} ({row.get_state_display().lower()}, never approved)")
            continue
        present = row.flow_rows
        version = then.of("activity", _moment(approval)).get(row.pk, row) if is_outdated(row, approval) else row
        version.flow_rows = list(_flows(present, of_flows, then))
        told.append(_told(version, organisation, approval))
        left_out += [f"{flow} (flow of {row.reference}, never approved)" for flow in present if not flow.is_approved]
    return Records(organisation.legal_name or organisation.name, title, at, told, left_out)


def approved_flows(organisation: Organisation, rows: Iterable[DataFlow]) -> list[DataFlow]:
    """Present flows, which are complete, as they were approved last; what never was is left out."""
    found = list(rows)
    return list(_flows(found, latest_approvals(found), _Then(organisation)))


def _flows(rows: Iterable[DataFlow], granted: Mapping[Any, Approval], then: _Then) -> Iterable[DataFlow]:
    for flow in rows:
        approval = granted.get(flow.pk)
        if approval is None or not flow.is_approved:
            continue
        yield then.of("flow", _moment(approval)).get(flow.pk, flow) if is_outdated(flow, approval) else flow


def _moment(approval: Approval) -> datetime:
    if approval.decided_at is None:
        raise ValueError("An approval that was granted has its moment.")
    return approval.decided_at


def _told(row: ProcessingActivity, organisation: Organisation, approval: Approval) -> Told:
    return Told(
        reference=row.reference,
        name=row.name,
        article="30(1)" if row.is_controller else "30(2)",
        role=str(row.get_role_display()),
        scope=row.project.name if row.project else "All projects",
        approved_by=str(approval.decided_by or ""),
        approved_at=approval.decided_at,
        sha256=approval.snapshot_sha256,
        letters=letters(row, organisation),
        beside=[(label, text) for label, text in _beside(row) if text],
    )


def _beside(row: ProcessingActivity) -> list[tuple[str, str]]:
    basis = [str(row.get_legal_basis_display() or ""), row.legitimate_interests]
    return [
        ("Legal basis", "; ".join(text for text in basis if text)),
        ("Condition for special categories", str(row.get_article9_condition_display() or "")),
        ("Source of the data", row.data_source),
        ("Automated decisions", "Yes" if row.automated_decisions else "No"),
        ("Impact assessment", str(row.get_dpia_status_display())),
        ("Flows", ", ".join(flow.reference for flow in row.flow_rows)),
    ]
