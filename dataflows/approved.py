"""The records of processing as they were approved, letter by letter: what an authority is handed (GDPR Art. 30(4)).

A record changed since its approval is read as it stood at that moment; so is a flow. What was never approved is not
told, only named as left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compliance.approvals.models import Approval
from compliance.projects.models import Organisation
from compliance.ui.templatetags.ui import day
from dataflows.letters import Letter, letters
from dataflows.models import DataFlow, ProcessingActivity
from dataflows.past import past_flows, past_versions
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
    pending: bool = False


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


@dataclass(frozen=True)
class Version:
    """A record as it was approved last, with its flows as they were; `pending` when it was changed since."""

    record: ProcessingActivity
    approval: Approval
    pending: bool


def versions(
    organisation: Organisation,
    found: Sequence[ProcessingActivity],
    granted: Mapping[Any, Approval],
    of_flows: Mapping[Any, Approval],
) -> dict[Any, Version]:
    """The approved version of each complete record that has one, by its id; each moment is read once."""
    approved = [row for row in found if row.is_approved and row.pk in granted]
    changed = [row for row in approved if is_outdated(row, granted[row.pk])]
    then = _as_they_were(changed, granted, lambda at, keys: past_versions(organisation, at, keys))
    flows = {
        flow.pk: flow for flow in _flows(organisation, [one for row in approved for one in row.flow_rows], of_flows)
    }
    made = {}
    for row in approved:
        version = then.get(row.pk, row)
        version.flow_rows = [flows[flow.pk] for flow in row.flow_rows if flow.pk in flows]
        version.dpia_status, version.owner, version.review_date = row.dpia_status, row.owner, row.review_date
        made[row.pk] = Version(version, granted[row.pk], row.pk in then)
    return made


def _as_they_were(
    rows: Iterable[Any], granted: Mapping[Any, Approval], read: Callable[[datetime, list[Any]], Iterable[Any]]
) -> dict[Any, Any]:
    moments: dict[datetime, list[Any]] = {}
    for row in rows:
        moments.setdefault(_moment(granted[row.pk]), []).append(row.pk)
    return {row.pk: row for at, keys in moments.items() for row in read(at, keys)}


def approved(organisation: Organisation, rows: Any, *, title: str, at: datetime) -> Records:
    """The approved versions of these records; `rows` is a query over ProcessingActivity."""
    found = list(rows.present().complete().order_by("reference"))
    flows = {row.pk: list(row.flow_rows) for row in found}
    of_flows = latest_approvals([flow for rows in flows.values() for flow in rows])
    made = versions(organisation, found, latest_approvals(found), of_flows)
    told, left_out = [], []
    for row in found:
        if row.pk not in made:
            left_out.append(f"{row} ({row.get_state_display().lower()}, never approved)")
            continue
        told.append(_told(made[row.pk], organisation))
        proposed = [flow for flow in flows[row.pk] if not flow.is_approved]
        left_out += [f"{flow} (flow of {row.reference}, never approved)" for flow in proposed]
    return Records(organisation.legal_name or organisation.name, title, at, told, left_out)


def approved_flows(organisation: Organisation, rows: Iterable[DataFlow]) -> list[DataFlow]:
    """Present flows, which are complete, as they were approved last; what never was is left out."""
    found = list(rows)
    return _flows(organisation, found, latest_approvals(found))


def _flows(organisation: Organisation, rows: Iterable[DataFlow], granted: Mapping[Any, Approval]) -> list[DataFlow]:
    approved = [flow for flow in rows if flow.is_approved and flow.pk in granted]
    moved = [flow for flow in approved if is_outdated(flow, granted[flow.pk])]
    then = _as_they_were(moved, granted, lambda at, keys: past_flows(organisation, at, keys))
    return [then.get(flow.pk, flow) for flow in approved]


def _moment(approval: Approval) -> datetime:
    if approval.decided_at is None:
        raise ValueError("An approval that was granted has its moment.")
    return approval.decided_at


def _told(version: Version, organisation: Organisation) -> Told:
    row, approval = version.record, version.approval
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
        beside=beside(row),
        pending=version.pending,
    )


def beside(row: ProcessingActivity) -> list[tuple[str, str]]:
    """What stands beside the letters, as pairs of label and text; what nobody has said is left out."""
    systems = [f"{one.reference} {one.name}" + (f" ({one.place})" if one.place else "") for one in row.named_systems]
    found = [
        ("Purposes and what they rest on", "\n".join(purpose_lines(row))),
        ("How many people", str(row.get_volume_display() or "")),
        ("Systems", "\n".join(systems)),
        ("Source of the data", row.data_source),
        ("Automated decisions", "Yes" if row.automated_decisions else "No"),
        ("Impact assessment", str(row.get_dpia_status_display())),
        ("Owner", str(row.owner or "")),
        ("Next review", day(row.review_date) if row.review_date else ""),
        ("Flows", ", ".join(flow.reference for flow in row.flow_rows)),
    ]
    return [(label, text) for label, text in found if text]


def purpose_lines(row: ProcessingActivity) -> list[str]:
    """Each purpose with its people and what it rests on."""
    return [f"{one.text or 'Not said'} ({one.people.lower()}): {one.rests_on}" for one in row.purpose_rows]
