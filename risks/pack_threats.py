"""What packs print of threat models and vulnerabilities: diagram with its table, threats, what was found and mended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.about import release_about
from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from risks.models import Threat, ThreatControl, ThreatElement, ThreatModel, Vulnerability
from risks.models.vulnerability import Severity
from risks.pack_release import affecting, covers
from risks.past import streams_of
from risks.threat_diagram import Diagram
from risks.threat_reading import coverage, diagram

Scope = Organisation | Project
PAGE_WIDTH, PAGE_HEIGHT = 1000, 500  # CSS pixels of a landscape page below its heading
WEAKNESSES = "details of weaknesses"
DEALT_WITH = {"mitigated", "transferred", "not_applicable"}
PRIVATE = dict.fromkeys(
    ("title", "threats", "location", "detail", "mitigation", "preconditions", "cvss", "impact"), WEAKNESSES
)


@section("threat_models", "Threat models", 102, "risks/pack/threats.html", wide=True, private=PRIVATE)
def threat_models(project: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """The threat models that counted: the approved ones, and what is being worked on (ISO/IEC 27001 A.8.25, A.8.27)."""
    streams = streams_of(project)
    named = ("approved_by", "author", "from_release", "to_release", "project")
    about = release_about(project, at, subject)
    models = as_of(ThreatModel, at, stream=streams).order_by("reference").instances(*named)
    shown = [model for model in models if model.state != "superseded" and (about is None or covers(model, about))]
    elements = as_of(ThreatElement, at, stream=streams).order_by("reference").instances("inside", "source", "target")
    threats = as_of(Threat, at, stream=streams).order_by("reference").instances("element", "risk", "detection")
    against: dict[Any, list[str]] = {}
    for link in as_of(ThreatControl, at, stream=streams).instances("implementation"):
        against.setdefault(link.threat_id, []).append(link.implementation.reference)
    printed = [_model(model, elements, threats, against) for model in shown]
    lines = [{"model": one["reference"], **row} for one in printed for row in one["threats"]]
    approved = [one for one in printed if one["state"] == "approved"]
    return {
        "models": [_standing(one) for one in printed] if about else printed,
        "release": about.release.name if about else "",
        "registers": {"threats.csv": [_flat(line) for line in lines]},
        "citations": [Citation("ISO/IEC 27001 A.8.27", one["reference"], one["title"]) for one in approved],
        "documents": [Document("ISO/IEC 27001 A.8.25", f"{len(approved)} approved threat models", "", status="present")]
        if approved
        else [],
    }


def _model(model: ThreatModel, elements: Sequence[Any], threats: Sequence[Any], against: Any) -> dict[str, Any]:
    parts = [row for row in elements if row.threat_model_id == model.pk]
    mine = [row for row in threats if row.threat_model_id == model.pk]
    drawn = diagram(model, parts, mine, id=f"diagram-{model.reference.lower()}") if parts else None
    return {
        "reference": model.reference,
        "title": model.title,
        "number": model.number,
        "state": model.state,
        "releases": model.releases,
        "method": model.get_method_display(),
        "participants": model.participants,
        "author": model.author.name,
        "approved_by": model.approved_by.name if model.approved_by else "",
        "approved_at": model.approved_at,
        "sha256": model.snapshot_sha256,
        "review": model.review_date,
        "diagram": _fitted(drawn) if drawn else None,
        "elements": [_element(row) for row in coverage(model, parts, mine)],
        "threats": [_threat(row, against) for row in mine],
        "undetected": sum(row.detection_id is None and row.status != "not_applicable" for row in mine),
    }


def _standing(model: Mapping[str, Any]) -> dict[str, Any]:
    """A model for a release file: its drawing, and the threats nothing was done about."""
    standing = [one for one in model["threats"] if one["status"] not in DEALT_WITH]
    return {**model, "elements": [], "threats": standing, "dealt_with": len(model["threats"]) - len(standing)}


def _element(row: Any) -> dict[str, Any]:
    one = row.element
    ways = f"{one.source.name} {'↔' if one.both_ways else '→'} {one.target.name}" if one.shape == "flow" else ""
    return {
        "reference": one.reference,
        "name": one.name,
        "kind": one.kind_name,
        "where": ways or (one.inside.name if one.inside else ""),
        "protocol": one.protocol,
        "personal_data": one.personal_data,
        "out": one.out_because or "yes" if one.out_of_scope else "",
        "covered": " ".join(cell.letter for cell in row.cells if cell.covered),
        "open": " ".join(cell.letter for cell in row.cells if not cell.covered),
    }


def _threat(row: Any, against: Any) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "element": row.element.name,
        "category": row.category_name,
        "library": row.library,
        "level": row.level,
        "status": row.status,
        "mitigation": row.mitigation,
        "preconditions": row.preconditions,
        "controls": sorted(against.get(row.pk, ())),
        "masvs": row.masvs,
        "test": row.test,
        "risk": row.risk.reference if row.risk else "",
        "detection": row.detection.reference if row.detection else "",
    }


def _flat(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "controls": " ".join(line["controls"])}


def _fitted(drawn: Diagram) -> dict[str, Any]:
    """The drawing as plain data, in the size it has on a page."""
    percent = min(100, 100 * PAGE_WIDTH // drawn.width, 100 * PAGE_HEIGHT // drawn.height)
    size = {"fit_width": drawn.width * percent // 100, "fit_height": drawn.height * percent // 100}
    return {**_plain(vars(drawn)), **size}


def _plain(value: Any) -> Any:
    """Named tuples as mappings, so that the template reads them and the content hash names their fields."""
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


@section(
    "vulnerabilities", "Vulnerabilities and updates", 180, "risks/pack/vulnerabilities.html", wide=True, private=PRIVATE
)
def vulnerabilities(project: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """What was found, by when it was due, what became of it in the period (ISO/IEC 27001 A.8.8; CRA Annex I)."""
    rows = as_of(Vulnerability, at, stream=streams_of(project)).order_by("reference").instances("owner", "fixed_by")
    about = release_about(project, at, subject)
    if about:
        has = affecting(streams_of(project), about, at)
        rows = [row for row in rows if row.pk in has or about.holds(row.found_at) or about.holds(row.settled_at)]
    open_rows = [row for row in rows if row.is_open]
    settled = [row for row in rows if row.settled_at and period.start <= row.settled_at.date() <= period.end]
    printed = [_vulnerability(row, at) for row in open_rows]
    done = [_vulnerability(row, at) for row in settled]
    return {
        "figures": [_figures(severity, rows, settled, period, at) for severity in Severity],
        "rows": printed,
        "settled": done,
        "release": about.release.name if about else "",
        "registers": {"vulnerabilities.csv": [_vulnerability(row, at) for row in rows]},
        "citations": [Citation("ISO/IEC 27001 A.8.8", row.reference, row.title) for row in (*open_rows, *settled)],
    }


def _figures(
    severity: Any, rows: Sequence[Any], settled: Sequence[Any], period: Period, at: datetime
) -> dict[str, Any]:
    """One severity: open and late now, found and settled in the period, and how many of those in time."""
    mine = [row for row in rows if row.severity == severity]
    done = [row for row in settled if row.severity == severity]
    counted: Counter[str] = Counter()
    for row in mine:
        counted["open"] += row.is_open
        counted["late"] += row.overdue(at.date())
        counted["found"] += period.start <= row.found_at.date() <= period.end
    in_time = sum(row.due_date is None or row.settled_at.date() <= row.due_date for row in done)
    return {
        "severity": severity.value,
        "label": str(severity.label),
        "open": counted["open"],
        "late": counted["late"],
        "found": counted["found"],
        "settled": len(done),
        "in_time": in_time,
    }


def _vulnerability(row: Vulnerability, at: datetime) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "severity": row.severity,
        "cvss": row.cvss,
        "score": str(row.score) if row.score is not None else "",
        "exploited": row.exploited,
        "identifier": row.identifier,
        "found_in": row.found_in,
        "location": row.location,
        "found_at": row.found_at,
        "due": row.due_date,
        "due_because": row.due_because,
        "late": row.overdue(at.date()),
        "state": row.state,
        "owner": row.owner.name if row.owner else "",
        "fixed_in": row.fixed_in,
        "justification": row.justification,
        "impact": row.impact,
        "settled_at": row.settled_at,
    }
