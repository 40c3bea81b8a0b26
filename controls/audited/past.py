"""Audits, findings, corrective actions and reviews as they stood at a moment, read from the sealed history only."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compliance.approvals.models import Approval
from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from controls.models import (
    Audit,
    AuditCriterion,
    AuditNote,
    AuditProgramme,
    AuditScope,
    AuditSeat,
    CorrectiveAction,
    Finding,
    FindingSource,
    ManagementReview,
    ReviewDecision,
)
from controls.services.soa import streams_of

Scope = Organisation | Project


@dataclass
class PastAudit:
    """An audit with everything that hangs on it, of one moment."""

    audit: Audit
    criteria: list[AuditCriterion] = field(default_factory=list)
    seats: list[AuditSeat] = field(default_factory=list)
    scope: AuditScope | None = None
    samples: list[AuditNote] = field(default_factory=list)


def owner_of(scope: Scope) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope


def audits_at(scope: Scope, at: datetime) -> list[PastAudit]:
    """The audits of a scope, those of its organisation among them, by their first day."""
    streams = streams_of(scope)
    rows = as_of(Audit, at, stream=streams).instances("programme", "project", "organisation")
    found = {row.pk: PastAudit(row) for row in sorted(rows, key=lambda row: (row.start_date, row.reference))}
    for one in as_of(AuditCriterion, at, stream=streams).instances("requirement__edition", "requirement__group"):
        found[one.audit_id].criteria.append(one)
    for seat in as_of(AuditSeat, at, stream=streams).order_by("since").instances("user"):
        found[seat.audit_id].seats.append(seat)
    for frozen in as_of(AuditScope, at, stream=streams).order_by("number").instances("frozen_by"):
        found[frozen.audit_id].scope = frozen
    notes = as_of(AuditNote, at, stream=streams).filter(sample_id__isnull=False)
    for note in notes.order_by("reference").instances("sample", "author"):
        found[note.audit_id].samples.append(note)
    for kept in found.values():
        kept.criteria.sort(key=lambda one: (one.requirement.edition.position, one.requirement.position))
    return list(found.values())


def findings_at(scope: Scope, at: datetime) -> list[Finding]:
    """What was told to the audited; drafts of auditors are their own."""
    rows = as_of(Finding, at, stream=streams_of(scope)).exclude(state="draft", source=FindingSource.AUDIT)
    related = ("audit", "owner", "raised_by", "responded_by", "requirement__edition", "project")
    return sorted(rows.instances(*related), key=lambda row: row.reference)


def actions_at(scope: Scope, at: datetime) -> dict[Any, list[CorrectiveAction]]:
    """Corrective actions by finding."""
    people = ("owner", "analysed_by", "approved_by", "done_by", "verified_by", "evidence", "finding")
    found: dict[Any, list[CorrectiveAction]] = defaultdict(list)
    for row in as_of(CorrectiveAction, at, stream=streams_of(scope)).order_by("reference").instances(*people):
        found[row.finding_id].append(row)
    return found


def programmes_at(scope: Scope, at: datetime) -> list[tuple[AuditProgramme, Approval | None]]:
    """Programmes with the approval granted last."""
    stream = owner_of(scope).stream
    rows = as_of(AuditProgramme, at, stream=stream).order_by("start_date").instances("owner")
    granted = _granted(stream, at, "controls.auditprogramme")
    return [(row, granted.get(row.pk)) for row in rows]


def reviews_at(scope: Scope, at: datetime) -> list[tuple[ManagementReview, list[ReviewDecision], Approval | None]]:
    """Management reviews with decisions and the approval of their minutes, the newest first."""
    stream = owner_of(scope).stream
    decisions = defaultdict(list)
    for one in as_of(ReviewDecision, at, stream=stream).order_by("reference").instances("owner"):
        decisions[one.review_id].append(one)
    rows = as_of(ManagementReview, at, stream=stream).order_by("-planned_date").instances("chair")
    granted = _granted(stream, at, "controls.managementreview")
    return [(row, decisions[row.pk], granted.get(row.pk)) for row in rows]


def _granted(stream: str, at: datetime, model: str) -> dict[Any, Approval]:
    rows = as_of(Approval, at, stream=stream).filter(subject_model=model, state="approved")
    return {row.subject_id: row for row in rows.order_by("decided_at").instances("decided_by", "requested_by")}
