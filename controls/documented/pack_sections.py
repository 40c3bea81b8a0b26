"""What packs print of scope, documents and objectives."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from compliance.packs.registry import Document as Asked
from compliance.packs.registry import Period, section
from compliance.projects.models import Organisation, Project
from controls.documented.objectives import Progress, objectives_at
from controls.documented.past import confirmations_at, documents_at, projects_in, scope_at
from controls.models import Document, DocumentVersion
from controls.required import EDITION, Standing, keepers
from controls.services.required import kept_as, required_lines

Scope = Organisation | Project
STATUS = {
    Standing.CURRENT: "present",
    Standing.OVERDUE: "overdue",
    Standing.DRAFT: "draft",
    Standing.MISSING: "missing",
}


def _owner(scope: Scope) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope


@section("context", "Scope as approved", 25, "controls/pack/scope.html")
def scope_statement(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The scope in force with its boundaries, and who approved it (ISO/IEC 27001 4.3)."""
    found = scope_at(_owner(scope), at)
    if found is None:
        return {"scope": None}
    approval = found.approval
    texts = ("statement", "boundaries", "sites", "interfaces", "exclusions", "pii_roles")
    overdue = found.review_date is not None and found.review_date < at.date()
    by, moment = (str(approval.decided_by), approval.decided_at) if approval else ("", None)
    shown = {
        "reference": found.reference,
        **{name: getattr(found, name) for name in texts},
        "projects": [link.project.name for link in projects_in(found, at)],
        "author": str(found.author),
        "approved_by": by,
        "approved_at": moment,
        "sha256": approval.snapshot_sha256 if approval else "",
        "review": found.review_date,
    }
    status = "overdue" if overdue else "present"
    stated = Asked("ISO/IEC 27001 4.3", "Scope", found.reference, "", by, moment, found.review_date, status)
    return {"scope": shown, "documents": [stated]}


@section("policies", "Document register", 41, "controls/pack/documents.html", wide=True)
def documents(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Every document with its version in force, approval, review and how many confirmed it (ISO/IEC 27001 7.5)."""
    organisation = _owner(scope)
    found, confirmed = documents_at(organisation, at), confirmations_at(organisation, at)
    rows = [_document(document, versions, confirmed, at, organisation) for document, versions in found]
    listed = []
    for document, versions in found:
        kept = kept_as(document, versions, at.date(), organisation)
        clauses = ["ISO/IEC 27001 7.5"] + ["ISO/IEC 27001 5.2"] * ("isms-policy" in document.answer_keys)
        facts = (document.reference, kept.version, kept.approved_by, kept.approved_at, kept.review_date)
        listed += [Asked(clause, document.title, *facts, STATUS[kept.standing]) for clause in clauses]
    return {"rows": rows, "registers": {"document-register.csv": rows}, "documents": listed}


def _document(
    document: Document, versions: list[DocumentVersion], confirmed: Mapping[Any, int], at: datetime, owner: Organisation
) -> dict[str, Any]:
    kept = kept_as(document, versions, at.date(), owner)
    published = next((one for one in versions if one.state == "published"), None)
    return {
        "reference": document.reference,
        "title": document.title,
        "kind": document.get_kind_display(),
        "owner": str(document.owner),
        "version": kept.version,
        "status": str(kept.standing),
        "approved_by": kept.approved_by,
        "approved_at": kept.approved_at,
        "published_at": published.published_at if published else None,
        "review": document.review_date,
        "sha256": published.approval.snapshot_sha256 if published and published.approval else "",
        "audience": document.get_audience_display() if document.audience != "nobody" else "",
        "confirmed": confirmed.get(published.pk, 0) if published else 0,
    }


@section("required_documents", "What standards ask to have documented", 42, "controls/pack/required.html")
def required(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Each required document and record with the best that stands for it, Annex A and ISO/IEC 27701 included."""
    lines = required_lines(_owner(scope), at)
    rows: list[dict[str, Any]] = [
        {
            "clause": line.clause,
            "title": line.required.title,
            "status": str(line.standing),
            "awaited": bool(line.required.by) and line.required.by not in keepers,
            "kept": [{"reference": one.reference, "title": one.title, "version": one.version} for one in line.kept],
        }
        for line in lines
    ]
    plain = [
        {**row, "kept": "; ".join(f"{one['reference']} {one['title']}".strip() for one in row["kept"])} for row in rows
    ]
    counts = {str(one): sum(row["status"] == one for row in rows) for one in Standing}
    return {"rows": rows, "counts": counts, "edition": EDITION, "registers": {"required-documents.csv": plain}}


@section("metrics", "Objectives and measurements", 190, "controls/pack/objectives.html")
def objectives(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Each objective with its plan, its measurements and whether it is reached (ISO/IEC 27001 6.2, 9.1)."""
    rows = [_objective(one, at) for one in objectives_at(scope, at)]
    measured = [
        {"objective": row["reference"], "day": point["day"], "value": point["value"]}
        for row in rows
        for point in row["points"]
    ]
    plain = [{key: value for key, value in row.items() if key != "points"} for row in rows]
    status = "present" if rows else "missing"
    clauses = [("ISO/IEC 27001 6.2", "Objectives", bool(rows)), ("ISO/IEC 27001 9.1", "Measurements", bool(measured))]
    return {
        "rows": rows,
        "registers": {"objectives.csv": plain, "measurements.csv": measured},
        "documents": [Asked(clause, title, "", status=status) for clause, title, there in clauses if there],
    }


def _objective(one: Progress, at: datetime) -> dict[str, Any]:
    row = one.row
    return {
        "reference": row.reference,
        "title": row.title,
        "metric": row.value("metric"),
        "target": row.said("target"),
        "unit": row.value("unit"),
        "direction": row.said("direction"),
        "frequency": row.said("frequency"),
        "by": row.value("by"),
        "plan": row.value("plan"),
        "resources": row.value("resources"),
        "owner": str(row.owner) if row.owner else "",
        "state": one.state,
        "stale": one.is_stale(at.date()),
        "latest": _plain(one.latest[1]) if one.latest else None,
        "latest_day": one.latest[0] if one.latest else None,
        "points": [{"day": day, "value": _plain(value)} for day, value in one.points],
    }


def _plain(value: Decimal) -> Decimal:
    """A measured value without the zeros its column adds: 22, not 22.0000."""
    return Decimal(f"{value.normalize():f}")
