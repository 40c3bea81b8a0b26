"""What packs print of controls: criteria, statements of applicability, control evidence, evidence index."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.packs.registry import Citation, Document, Exhibit, Period, Subject, day, section, subject
from compliance.projects.models import Organisation, Project
from controls.audited import pack_sections as _audited  # noqa: F401  registered with the rest
from controls.citing import by_framework
from controls.documented import pack_sections as _documented  # noqa: F401  registered with the rest
from controls.models import Code, EvidenceVersion, Implementation
from controls.monthly import Coverage, coverage_of, months_of
from controls.past import PastStatement, evidence_at, exceptions_at, statements_at
from controls.services.soa import Line, complete, lines, past
from controls.tested import facts_of_tests, lines_of, populations, requests_at

Scope = Organisation | Project


@section("criteria", "Criteria and applicability", 30, "controls/pack/criteria.html")
def criteria(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The frameworks the scope holds itself to, and the standing of each statement (ISO/IEC 27001 6.1.3 d)."""
    holdings = past(scope, at)
    found = lines(holdings, scope, at.date())
    by_edition = _by_edition(found)
    return {"statements": [_statement(one, by_edition.get(one.edition_id, [])) for one in statements_at(scope, at)]}


@section("soa", "Statements of applicability", 60, "controls/pack/soa.html", wide=True)
def statements_of_applicability(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """Every row of every statement, with what carries it out, shows it and relies on it; of one control, its rows."""
    every = lines(past(scope, at), scope, at.date())
    found = complete([line for line in every if _is_about(line, subject)], scope, at)
    by_edition, whole = _by_edition(found), _by_edition(every)
    tables, registers = [], {}
    for one in statements_at(scope, at):
        rows = [_row(line) for line in by_edition.get(one.edition_id, [])]
        if subject and not rows:
            continue
        tables.append({**_statement(one, whole.get(one.edition_id, [])), "rows": rows})
        registers[f"soa-{one.edition.key}.csv"] = [_plain(row) for row in rows]
    exceptions = exceptions_at(scope, at)
    registers["exceptions.csv"] = exceptions
    return {
        "tables": tables,
        "exceptions": [row for row in exceptions if not subject or row["requirement"] in _refs(found)],
        "codes": [{"code": code.value, "label": str(code.label)} for code in Code],
        "registers": registers,
        "citations": _citations(found),
        "exhibits": [_exhibit(version) for line in found if line.row.included for version in line.evidence],
        "documents": [_document(one, whole) for one in statements_at(scope, at)],
        "about": subject,
    }


@section("control_evidence", "Control evidence", 90, "controls/pack/controls.html")
def control_evidence(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """One block for each control at work: how it is done, by whom, and what shows it."""
    holdings = past(scope, at)
    asked = defaultdict(list)
    for line in lines(holdings, scope, at.date()):
        if line.row.included:
            for one in line.implementations:
                asked[one.pk].append(line.row.requirement)
    by_evidence = {version.evidence_id: version for version in holdings.versions}
    shown = defaultdict(list)
    for implementation, evidence in holdings.shows:
        if evidence in by_evidence:
            shown[implementation].append(by_evidence[evidence])
    coverage = coverage_of(scope, at, period)
    chosen = [one for one in holdings.implementations if subject in ("", one.control.reference)]
    rows = [
        _at_work(one, asked[one.pk], shown[one.pk], coverage.get(one.pk), at)
        for one in sorted(chosen, key=lambda one: one.reference)
    ]
    plain = [
        {
            **_plain({name: value for name, value in row.items() if name != "coverage"}),
            "evidence": " ".join(item["reference"] for item in row["evidence"]),
            "coverage": " ".join(row["coverage"]["states"]) if row["coverage"] else "",
        }
        for row in rows
    ]
    exhibits = [_exhibit(version) for one in chosen for version in shown[one.pk]]
    return {
        "rows": rows,
        "months": [first for first, _ in months_of(period, at)],
        "registers": {"controls.csv": plain},
        "exhibits": exhibits,
        "documents": _operating(rows),
    }


@section("evidence", "Evidence index", 92, "controls/pack/evidence.html", wide=True)
def evidence_index(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """Every piece of evidence with its hash and verdict; the accepted ones come along as exhibits."""
    versions = evidence_at(scope, at)
    if subject:
        holdings = past(scope, at)
        mine = {one.pk for one in holdings.implementations if one.control.reference == subject}
        kept = {evidence for implementation, evidence in holdings.shows if implementation in mine}
        versions = [version for version in versions if version.evidence_id in kept]
    rows = [_indexed(version, at) for version in versions]
    return {
        "rows": rows,
        "accepted": sum(row["standing"] in {"accepted", "expiring", "expired"} for row in rows),
        "registers": {"evidence.csv": rows},
        "exhibits": [_exhibit(version) for version in versions if version.state == "accepted"],
    }


@section("control_tests", "Tests and samples", 94, "controls/pack/tests.html")
def control_tests(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """Every test with its population, its draw and what it found (ISO/IEC 27001 9.1; ISO/IEC TS 27008)."""
    rows = facts_of_tests(scope, at, subject)
    samples = [sample for row in rows for sample in row["samples"]]
    citations = [Citation(row["implementation"], row["reference"], row["objective"]) for row in rows if row["result"]]
    return {
        "rows": rows,
        "ineffective": sum(row["result"] == "ineffective" for row in rows),
        "registers": {"tests.csv": [_plain(row) for row in rows], "samples.csv": lines_of(samples)},
        "exhibits": populations(samples),
        "citations": citations,
    }


@section("evidence_requests", "Evidence asked for", 96, "controls/pack/requests.html", wide=True)
def evidence_requests(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """What was asked of whom by when, and what came of it."""
    rows = requests_at(scope, at, subject)
    return {
        "rows": rows,
        "late": sum(row["late"] for row in rows),
        "registers": {"evidence_requests.csv": [_plain(row) for row in rows]},
    }


@subject("control")
def controls_to_choose(scope: Scope, at: datetime) -> list[Subject]:
    """The controls at work in a scope, for a pack about one of them."""
    found = {one.control.reference: one.control.title for one in past(scope, at).implementations}
    return [Subject(reference, title) for reference, title in sorted(found.items())]


def _at_work(
    one: Implementation, asked: list[Any], shown: list[EvidenceVersion], covered: Coverage | None, at: datetime
) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "control": one.control.reference,
        "title": one.control.title,
        "kind": one.control.get_kind_display(),
        "scope": "Project" if one.project_id else "Organisation",
        "responsibility": one.get_responsibility_display(),
        "owner": str(one.owner),
        "status": _status(one, shown, at),
        "statement": one.statement,
        "frequency": one.get_frequency_display() if one.frequency else "",
        "effectiveness": one.get_effectiveness_display(),
        "planned": one.planned_date,
        "review": one.review_date,
        "requirements": by_framework(asked),
        "evidence": [_shown(version, at) for version in shown],
        "coverage": _covered(covered),
    }


def _is_about(line: Line, subject: str) -> bool:
    return not subject or any(one.control.reference == subject for one in line.implementations)


def _covered(found: Coverage | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "states": found.states,
        "every": found.every,
        "expected": found.expected,
        "found": found.found,
        "gaps": found.gaps,
    }


def _document(one: PastStatement, by_edition: Mapping[Any, list[Line]]) -> Document:
    approval, state = one.approval, one.state(by_edition.get(one.edition_id, []))
    return Document(
        "ISO/IEC 27001 6.1.3 d",
        f"Statement of applicability, {one.edition.label}",
        one.statement.reference,
        version=str(one.version.number) if one.version else "",
        approved_by=str(approval.decided_by) if approval else "",
        approved_at=approval.decided_at if approval else None,
        status="present" if state == "approved" else "draft",
    )


def _operating(rows: list[dict[str, Any]]) -> list[Document]:
    running = sum(row["status"] == "operating" for row in rows)
    text = f"{running} of {len(rows)} controls operating, shown by accepted evidence"
    return [Document("ISO/IEC 27001 8.1", text, "", status="present" if running else "missing")] if rows else []


def _by_edition(found: list[Line]) -> dict[Any, list[Line]]:
    by_edition: dict[Any, list[Line]] = defaultdict(list)
    for line in found:
        by_edition[line.row.requirement.edition_id].append(line)
    return by_edition


def _statement(one: PastStatement, found: list[Line]) -> dict[str, Any]:
    approval = one.approval
    included = [line for line in found if line.row.included]
    return {
        "reference": one.statement.reference,
        "edition": one.edition.label,
        "title": one.edition.title,
        "role": one.statement.get_pii_role_display() if one.statement.pii_role else "",
        "owner": str(one.statement.owner),
        "inherited": one.inherited,
        "state": one.state(found),
        "version": one.version.number if one.version else 0,
        "approved_by": str(approval.decided_by) if approval else "",
        "approved_at": approval.decided_at if approval else None,
        "sha256": approval.snapshot_sha256 if approval else "",
        "included": len(included),
        "excluded": len(found) - len(included),
        "in_place": sum(line.progress in {"implemented", "operating"} for line in included),
        "operating": sum(line.progress == "operating" for line in included),
        "contradictions": sum(any(one.blocks for one in line.problems) for line in found),
        "open_points": sum(bool(line.problems) and not any(one.blocks for one in line.problems) for line in found),
    }


def _row(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "requirement": row.requirement.ref,
        "title": row.requirement.title,
        "theme": f"{row.requirement.group.ref} {row.requirement.group.title}",
        "reference": row.reference,
        "included": row.included,
        "codes": row.code_list,
        "justification": row.justification if row.included else "",
        "exclusion": "" if row.included else row.exclusion_reason,
        "progress": line.progress_label if row.included else "",
        "planned": line.planned_date if row.included else None,
        "how": [{"reference": one.reference, "title": one.control.title} for one in line.implementations],
        "responsibility": sorted({one.get_responsibility_display() for one in line.implementations}),
        "owner": str(row.owner) if row.owner else "",
        "origin": "Organisation" if row.project_id is None else "Project",
        "deviation": row.deviation_reason,
        "until": row.holds_until,
        "relied_on": [reference for references in line.claims.values() for reference in references],
        "evidence": [version.evidence.reference for version in line.evidence],
        "problems": [problem.text for problem in line.problems],
        **_besides(line),
    }


def _besides(line: Line) -> dict[str, Any]:
    found = line.besides
    return {
        "projects": found.projects if found else "",
        "apart": found.projects.partition("; ")[2] if found else "",
        "tested": found.tested if found else "",
        "findings": list(found.findings) if found else [],
        "changed": found.changed if found else None,
    }


def _refs(found: list[Line]) -> set[str]:
    return {line.row.requirement.citation for line in found}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as one line of a table: lists become text."""
    return {name: _flat(value) for name, value in row.items()}


def _flat(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return "; ".join(item["reference"] if isinstance(item, dict) else str(item) for item in value)


def _citations(found: list[Line]) -> list[Citation]:
    cited = []
    for line in found:
        if line.row.included:
            asked = line.row.requirement.citation
            cited += [Citation(asked, one.reference, one.control.title) for one in line.implementations]
            cited += [Citation(asked, one.evidence.reference, one.evidence.title) for one in line.evidence]
    return cited


def _status(one: Any, shown: list[EvidenceVersion], at: datetime) -> str:
    proven = any(version.standing_on(at.date()) != "expired" for version in shown)
    return "operating" if one.is_operating(proven) else str(one.status)


def _shown(version: EvidenceVersion, at: datetime) -> dict[str, Any]:
    return {
        "reference": version.evidence.reference,
        "title": version.evidence.title,
        "day": version.last_day,
        "standing": version.standing_on(at.date()),
    }


def _indexed(version: EvidenceVersion, at: datetime) -> dict[str, Any]:
    evidence = version.evidence
    return {
        "reference": evidence.reference,
        "title": evidence.title,
        "shows": evidence.shows,
        "version": version.number,
        "kind": evidence.get_kind_display(),
        "observed": version.observed_at,
        "period_start": version.period_start,
        "period_end": version.period_end,
        "source": version.source,
        "method": version.get_method_display(),
        "collected_by": str(version.collected_by),
        "collected_at": version.collected_at,
        "reliability": str(version.reliability.label),
        "population": version.population,
        "delivered": version.delivered,
        "completeness": version.completeness,
        "redactions": version.redactions,
        "standing": version.standing_on(at.date()),
        "reviewer": str(version.reviewer) if version.reviewer else "",
        "reviewed_at": version.reviewed_at,
        "rejected_because": version.get_reject_code_display() if version.reject_code else "",
        "valid_until": version.valid_until,
        "file_name": version.file_name,
        "size": version.blob.size if version.blob else 0,
        "sha256": version.blob_id or "",
    }


def _exhibit(version: EvidenceVersion) -> Exhibit:
    blob = version.blob
    return Exhibit(
        reference=version.evidence.reference,
        title=version.evidence.title,
        sha256=blob.sha256 if blob else "",
        size=blob.size if blob else 0,
        content_type=blob.content_type if blob else "",
        file_name=version.file_name,
        collected=f"{day(version.collected_at.date())} by {version.collected_by}",
        verdict=f"Accepted by {version.reviewer}" if version.reviewer else "Accepted",
    )
