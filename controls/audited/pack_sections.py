"""What packs print of audits: programme and coverage, audits, findings, corrective actions, management review."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from controls.audit_coverage import matrix
from controls.audited.past import PastAudit, actions_at, audits_at, findings_at, programmes_at, reviews_at
from controls.citing import by_framework
from controls.models import CorrectiveAction, Finding, ManagementReview, Requirement, ReviewDecision

Scope = Organisation | Project


@section("audits", "Internal audits and findings", 200, "controls/pack/audits.html")
def audits(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Programme with coverage, each audit with its auditors, and every finding (ISO/IEC 27001 9.2)."""
    found, told = audits_at(scope, at), findings_at(scope, at)
    rows = [_audit(one, at) for one in found]
    findings = [_finding(one) for one in told]
    plain = [{key: value for key, value in row.items() if not isinstance(value, list)} for row in rows]
    return {
        "programmes": [_programme(row, approval) for row, approval in programmes_at(scope, at)],
        "coverage": _coverage(found, at),
        "audits": rows,
        "findings": findings,
        "registers": {"audits.csv": plain, "findings.csv": findings},
        "citations": [
            Citation(one.requirement.citation, one.reference, one.title) for one in told if one.requirement is not None
        ],
        "documents": [Document("ISO/IEC 27001 9.2.2", f"{len(rows)} audits, {len(findings)} findings", "")]
        if rows
        else [],
    }


@section("corrective_actions", "Corrective actions", 203, "controls/pack/actions.html")
def corrective_actions(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Every corrective action from cause to the effect somebody else saw (ISO/IEC 27001 10.2)."""
    titles = {one.pk: one for one in findings_at(scope, at)}
    rows = [
        _action(action, titles[key], at)
        for key, actions in actions_at(scope, at).items()
        if key in titles
        for action in actions
    ]
    rows.sort(key=lambda row: row["reference"])
    said = f"{len(rows)} corrective actions"
    documents = [Document("ISO/IEC 27001 10.2", said, "")] if rows else []
    return {"rows": rows, "registers": {"corrective-actions.csv": rows}, "documents": documents}


@section("management_review", "Management review", 206, "controls/pack/management_review.html")
def management_review(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Inputs, minutes and decisions of each review (ISO/IEC 27001 9.3)."""
    reviews = [_review(*one) for one in reviews_at(scope, at)]
    decisions = [{"review": one["reference"], **row} for one in reviews for row in one["decisions"]]
    return {
        "reviews": reviews,
        "registers": {"management-review-decisions.csv": decisions},
        "documents": [
            Document(
                "ISO/IEC 27001 9.3.3",
                one["title"],
                one["reference"],
                approved_by=one["approved_by"],
                approved_at=one["approved_at"],
                status="present" if one["approved_by"] else "draft",
            )
            for one in reviews
            if one["held"]
        ],
    }


def _programme(row: Any, approval: Any) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "state": row.state,
        "start": row.start_date,
        "end": row.end_date,
        "objectives": row.objectives,
        "owner": str(row.owner),
        "approved_by": str(approval.decided_by) if approval else "",
        "approved_at": approval.decided_at if approval else None,
    }


def _coverage(found: list[PastAudit], at: datetime) -> dict[str, Any]:
    kept = [one for one in found if one.audit.state != "cancelled"]
    criteria = [criterion for one in kept for criterion in one.criteria]
    editions = {one.requirement.edition_id for one in criteria}
    asked = as_of(Requirement, at, stream="instance").filter(edition_id__in=editions, assessable=True)
    rows = asked.filter(retired_at__isnull=True).instances("edition", "group") if editions else []
    made = matrix([one.audit for one in kept], criteria, rows)
    return {
        "audits": [audit.reference for audit in made.audits],
        "areas": [
            {
                "edition": area.edition,
                "title": area.title,
                "total": area.total,
                "covered": area.covered,
                "by_audit": list(area.by_audit),
            }
            for area in made.areas
        ],
    }


def _audit(one: PastAudit, at: datetime) -> dict[str, Any]:
    audit, refs = one.audit, by_framework(criterion.requirement for criterion in one.criteria)
    return {
        "reference": audit.reference,
        "title": audit.title,
        "kind": audit.get_kind_display(),
        "method": audit.get_method_display(),
        "of": str(audit.project or audit.organisation),
        "programme": audit.programme.reference if audit.programme else "",
        "state": audit.state,
        "start": audit.start_date,
        "end": audit.end_date,
        "objectives": audit.objectives,
        "boundaries": audit.boundaries,
        "conclusion": audit.conclusion,
        "distribution": audit.distribution,
        "reported": audit.reported_date,
        "criteria": "; ".join(refs),
        "scope_sha256": one.scope.sha256 if one.scope else "",
        "frozen_at": one.scope.frozen_at if one.scope else None,
        "auditors": [
            {
                "name": seat.name,
                "role": seat.get_role_display(),
                "since": seat.since,
                "until": seat.until,
                "independent": not seat.conflicts,
                "conflicts": seat.conflicts,
                "override": seat.override_reason,
            }
            for seat in one.seats
        ],
        "samples": [
            {
                "reference": note.sample.reference,
                "source": note.sample.population_source,
                "population": note.sample.population_count,
                "size": note.sample.size or 0,
                "draw": note.sample.get_draw_display() if note.sample.draw else "",
                "seed": note.sample.seed,
                "sha256": note.sample.population_id,
                "by": str(note.author),
            }
            for note in one.samples
            if note.sample is not None
        ],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "grade": one.get_grade_display(),
        "title": one.title,
        "statement": one.statement,
        "evidence": one.evidence_seen,
        "requirement": one.requirement.citation if one.requirement else "",
        "audit": one.audit.reference if one.audit else one.get_source_display(),
        "raised_by": str(one.raised_by),
        "raised_at": one.raised_at,
        "owner": str(one.owner) if one.owner else "",
        "response": one.response,
        "response_due": one.response_due,
        "state": one.state,
        "settled_at": one.settled_at,
    }


def _action(action: CorrectiveAction, finding: Finding, at: datetime) -> dict[str, Any]:
    return {
        "reference": action.reference,
        "finding": finding.reference,
        "finding_title": finding.title,
        "grade": finding.get_grade_display(),
        "title": action.title,
        "owner": str(action.owner),
        "due": action.due_date,
        "state": action.standing(at.date()),
        "containment": action.containment,
        "method": action.get_cause_method_display() if action.cause_method else "",
        "root_cause": action.root_cause,
        "extent": action.extent_check,
        "approved_by": str(action.approved_by) if action.approved_by else "",
        "result": action.result,
        "records_updated": action.records_updated,
        "evidence": action.evidence.reference if action.evidence else "",
        "done_by": str(action.done_by) if action.done_by else "",
        "done_at": action.done_at,
        "verify_after": action.verify_after,
        "effect": action.effect,
        "verified_by": str(action.verified_by) if action.verified_by else "",
        "verified_at": action.verified_at,
    }


def _review(row: ManagementReview, decisions: list[ReviewDecision], approval: Any) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "state": row.state,
        "planned": row.planned_date,
        "held": row.held_date,
        "chair": str(row.chair),
        "attendees": row.attendees,
        "minutes": row.minutes,
        "inputs_at": row.inputs_at,
        "inputs": row.inputs,
        "approved_by": str(approval.decided_by) if approval else "",
        "approved_at": approval.decided_at if approval else None,
        "sha256": approval.snapshot_sha256 if approval else "",
        "decisions": [
            {
                "reference": one.reference,
                "decision": one.text,
                "owner": str(one.owner),
                "due": one.due_date,
                "state": one.state,
                "result": one.result,
            }
            for one in decisions
        ],
    }
