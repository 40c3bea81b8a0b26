"""Statements and evidence as they stood at a moment, read from the sealed history only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.approvals.models import Approval
from compliance.approvals.snapshot import snapshot
from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import Deviation, DeviationState, Edition, EvidenceVersion, Statement, StatementVersion
from controls.services.soa import Line, streams_of
from controls.services.statement import facts_of_rows

Scope = Organisation | Project


@dataclass(frozen=True)
class PastStatement:
    """A statement at a moment, with the version that was approved last."""

    statement: Statement
    version: StatementVersion | None
    inherited: bool

    @property
    def edition(self) -> Edition:
        return self.statement.edition

    @property
    def edition_id(self) -> object:
        return self.statement.edition_id

    @property
    def approval(self) -> Approval | None:
        return self.version.approval if self.version else None

    def state(self, lines: list[Line]) -> str:
        """Draft, approved, or outdated because rows changed after the approval.

        An inherited statement is judged by the rows of its organisation, which a project's deviations leave alone.
        """
        if self.approval is None:
            return "draft"
        if self.inherited:
            return "approved"
        rows = [line.row for line in lines]
        same = self.approval.snapshot_sha256 == snapshot(facts_of_rows(self.statement, rows)).sha256
        return "approved" if same else "outdated"


def statements_at(scope: Scope, at: datetime) -> list[PastStatement]:
    """The statements that held in a scope; a project's own in place of its organisation's."""
    organisation, project = split(scope)
    streams = [organisation.stream, project.stream] if project else [organisation.stream]
    found = as_of(Statement, at, stream=streams).instances("edition", "owner")
    kept = {one.edition_id: one for one in sorted(found, key=lambda one: one.project_id is not None)}
    versions = as_of(StatementVersion, at, stream=streams).instances("approval__decided_by")
    approved: dict[object, StatementVersion] = {}
    for version in sorted(versions, key=lambda one: one.number):
        if version.approval.state == Approval.State.APPROVED:
            approved[version.statement_id] = version
    shown = sorted(kept.values(), key=lambda one: (one.edition.position, one.edition.key))
    return [PastStatement(one, approved.get(one.pk), project is not None and one.project_id is None) for one in shown]


def evidence_at(scope: Scope, at: datetime) -> list[EvidenceVersion]:
    """The evidence of a scope: of each piece the accepted version, else the one handed in last."""
    found = as_of(EvidenceVersion, at, stream=streams_of(scope))
    versions = found.instances("evidence", "collected_by", "submitted_by", "reviewer", "blob")
    best: dict[object, EvidenceVersion] = {}
    for version in sorted(versions, key=lambda one: (one.state == "accepted", one.number)):
        best[version.evidence_id] = version
    return sorted(best.values(), key=lambda one: one.evidence.reference)


def exceptions_at(scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Every exception asked for until the moment, with who decided and how it stood."""
    found = as_of(Deviation, at, stream=streams_of(scope)).instances(
        "project", "requirement__edition", "requested_by", "approval__decided_by"
    )
    return [
        {
            "reference": one.reference,
            "project": one.project.name,
            "requirement": one.requirement.citation,
            "title": one.requirement.title,
            "reason": one.reason,
            "instead": one.compensating,
            "last_day": one.valid_until,
            "state": str(DeviationState(one.standing(at.date())).label),
            "asked_by": str(one.requested_by),
            "decided_by": str(one.approval.decided_by) if one.approval and one.approval.decided_by else "",
            "decided_at": one.approval.decided_at if one.approval else None,
            "outcome": one.outcome,
        }
        for one in sorted(found, key=lambda one: one.reference)
    ]
