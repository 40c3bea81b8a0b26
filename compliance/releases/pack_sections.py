"""What packs print of gates: every decision in order, with its deviations and what the checks said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.pack_sections import projects_at
from compliance.packs.registry import Citation, Period, section
from compliance.projects.models import Organisation, Project, Release
from compliance.releases.gates import Gate, rules
from compliance.releases.models import GateDecision
from compliance.releases.standing import review_due

Scope = Organisation | Project
CLAUSE = "ISO/IEC 27001 A.8.32"


@section("release", "The release", 20, "releases/pack/release.html", types=("release",))
def release(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """The release on one page: what it is, how it stands at each gate, and who let it go."""
    streams = [project.stream for project in projects_at(scope, at)]
    one = as_of(Release, at, stream=streams).filter(reference=subject).first()
    if one is None:
        return {"facts": None}
    decisions = as_of(GateDecision, at, stream=streams).order_by("decided_at", "reference").instances("decided_by")
    newest = {row.gate: row for row in decisions if row.release_id == one.pk}
    lines = [_gate(gate, newest.get(gate.key), one, at) for gate in rules().of_class(one.change_class)]
    after = f"{rules()['G5']}"  # asked once it is published
    closed = [line["gate"] for line in lines if not line["open"] and (one.released_at or line["gate"] != after)]
    return {
        "facts": {
            "reference": one.reference,
            "version": one.name,
            "change": one.get_change_class_display(),
            "state": one.state,
            "planned": one.planned_date,
            "published": one.released_at,
            "development": one.development_date,
            "build": one.build_sha256,
            "notes": one.notes,
        },
        "lines": lines,
        "closed": closed,
        "deviations": [f"{line['gate']}: {line['deviation']}" for line in lines if line["deviation"]],
    }


def _gate(gate: Gate, row: GateDecision | None, release: Release, at: datetime) -> dict[str, Any]:
    """One gate with the decision that counts."""
    return {
        "gate": str(gate),
        "question": gate.question,
        "verdict": row.verdict if row else "",
        "open": row is not None and row.opens(at.date(), release.released_at),
        "by": row.decided_by.name if row else "",
        "at": row.decided_at if row else None,
        "until": row.expires_date if row else None,
        "deviation": row.deviation if row else "",
    }


@section("gates", "Release gates", 111, "releases/pack/gates.html", wide=True)
def gates(scope: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """Every release with its gates; of a release file, the one it is about. Nothing is asked anew: what stands here
    was decided, and the findings are those of the decision.
    """
    projects = {project.pk: project for project in projects_at(scope, at)}
    streams = [project.stream for project in projects.values()]
    found = as_of(Release, at, stream=streams)
    if subject.startswith(f"{Release.reference_prefix}-"):
        found = found.filter(reference=subject)
    releases = found.order_by("-planned_date", "-reference").instances()
    decisions = as_of(GateDecision, at, stream=streams).order_by("decided_at", "reference").instances("decided_by")
    rows = [_release(one, projects[one.project_id], decisions, at) for one in releases]
    lines = [{"release": row["reference"], **line} for row in rows for line in row["decisions"]]
    plain = [{**line, "findings": "; ".join(line["findings"])} for line in lines]
    return {
        "rows": rows,
        "many": len(projects) > 1,
        "edition": rules().edition,
        "registers": {"gates.csv": plain},
        "citations": [Citation(CLAUSE, row["reference"], row["version"]) for row in rows if row["decisions"]],
    }


def _release(one: Release, project: Project, decisions: list[GateDecision], at: datetime) -> dict[str, Any]:
    own = [row for row in decisions if row.release_id == one.pk]
    newest = {row.gate: row for row in own}
    through = {key for key, row in newest.items() if row.opens(at.date(), one.released_at)}
    due = review_due(one)
    return {
        "reference": one.reference,
        "version": one.name,
        "project": project.name,
        "change": one.get_change_class_display(),
        "state": one.state,
        "build": one.build_sha256,
        "development": one.development_date,
        "missing": [str(gate) for gate in rules().of_class(one.change_class) if gate.key not in through],
        "unproven": one.released_at is not None and "G4" not in through,
        "review_due": due,
        "review_late": due is not None and due < at.date() and "G5" not in through,
        "decisions": [_decision(row, at, one) for row in own],
    }


def _decision(row: GateDecision, at: datetime, release: Release) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "gate": row.get_gate_display(),
        "verdict": row.verdict,
        "by": str(row.decided_by),
        "at": row.decided_at,
        "note": row.note,
        "deviation": row.deviation,
        "counts_until": row.expires_date,
        "over": row.expires_date is not None and not row.opens(at.date(), release.released_at),
        "findings": [one["text"] for one in row.findings],
    }
