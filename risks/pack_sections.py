"""What packs print of risks: the method, the register with its heat maps, the treatment plan."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from compliance.packs.about import release_about
from compliance.packs.registry import Citation, Document, Period, day, section
from compliance.projects.models import Organisation, Project
from compliance.projects.roles import role_name
from controls.models import Control
from risks import pack_figures as _figures  # noqa: F401  registered with the rest
from risks import pack_threats as _threats  # noqa: F401  registered with the rest
from risks.models import Risk, RiskMethod, RiskPosition
from risks.pack_release import belonging
from risks.past import method_at, risks_at
from risks.pictures import names
from risks.reading import standings, summarise
from risks.templatetags.risk_words import dimension
from risks.totals import count_ways

Scope = Organisation | Project
NOTES, WEAKNESSES = "internal notes", "details of weaknesses"
# What a reader outside does not see, by the keys of rows and of the registers made from them.
PRIVATE = {
    **dict.fromkeys(("rationale", "reason", "conditions", "lower_because"), NOTES),
    **dict.fromkeys((f"{kind}_rationale" for kind in RiskPosition.Kind.values), NOTES),
    **dict.fromkeys(("statement", "threat"), WEAKNESSES),
}


@section("risk_method", "Risk method", 70, "risks/pack/method.html")
def risk_method(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Scales, matrix, criteria and authorities in force (ISO/IEC 27001 6.1.2 a, b)."""
    method = method_at(project, at)
    if method is None:
        return {"method": None}
    return {
        "method": {
            "label": method.label,
            "title": method.title,
            "author": method.author.name,
            "approved_by": method.approved_by.name if method.approved_by else "",
            "approved_at": method.approved_at,
            "sha256": method.snapshot_sha256,
            "intact": method.is_intact,
            "likelihoods": _scale(method.likelihoods),
            "consequences": _scale(method.consequences),
            "inherent": method.inherent,
            "bands": [_band(method, data["level"]) for data in reversed(method.bands)],
        },
        "map": _map(method, "current", {}),
        "citations": [Citation("ISO/IEC 27001 6.1.2", method.label, f"Risk method {method.title}")],
        "documents": [_method_document(method, clause) for clause in ("ISO/IEC 27001 6.1.2", "ISO/IEC 27001 6.1.3")],
    }


def _method_document(method: RiskMethod, clause: str) -> Document:
    by = method.approved_by.name if method.approved_by else ""
    status = "present" if method.approved_at else "draft"
    return Document(
        clause, f"Risk method {method.title}", method.label, method.label, by, method.approved_at, None, status
    )


def _scale(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "number": n,
            "name": value["name"],
            "description": value["description"],
            "dimensions": [{"name": dimension(key), "text": text} for key, text in value.get("dimensions", {}).items()],
        }
        for n, value in enumerate(values, 1)
    ]


def _band(method: RiskMethod, level: str) -> dict[str, Any]:
    band = method.band(level)
    return {
        "level": band.level,
        "acceptable": band.acceptable,
        "criterion": band.criterion,
        "accepted_by": band.accepted_by,
        "informed": band.told,
        "review_days": band.review_days,
        "acceptance_days": band.acceptance_days,
    }


def _map(method: RiskMethod, kind: str, counts: Mapping[tuple[int, int], int]) -> dict[str, Any]:
    """A heat map as plain data; `draw_heat_map` draws it."""
    high, wide = len(method.likelihoods), len(method.consequences)
    return {
        "kind": kind,
        "likelihoods": names(method.likelihoods),
        "consequences": names(method.consequences),
        "levels": method.matrix,
        "counts": [[counts.get((y, x), 0) for x in range(1, wide + 1)] for y in range(1, high + 1)],
    }


@section("risks", "Risk register", 72, "risks/pack/register.html", wide=True, private=PRIVATE)
def risk_register(project: Scope, at: datetime, period: Period, subject: str = "") -> Mapping[str, Any]:
    """Every risk as it stood, with its positions, treatment and acceptance; of one control, those that rely on it."""
    method, risks = method_at(project, at), _relying(risks_at(project, at), subject)
    summary, about = summarise(risks, method, at.date()), release_about(project, at, subject)
    rows = [_row(risk, at) for risk in risks]
    told = belonging(project, risks, about, at) if about else risks
    shown = {risk.reference for risk in told}
    maps = [_map(method, kind, cells) for kind, cells in summary.cells.items() if cells] if method else []
    return {
        "rows": [row for row in rows if not row["closed"] and row["reference"] in shown],
        "closed": [row for row in rows if row["closed"] and row["reference"] in shown],
        "release": about.release.name if about else "",
        "method": method.label if about and method else "",
        "open": sum(not row["closed"] for row in rows),
        "maps": maps if about is None else [],
        "moves": moves_of(method, risks) if about is None else [],
        "figures": summary.figures,
        "levels": {level: summary.levels[level] for level in ("critical", "high", "medium", "low")},
        "registers": {"risks.csv": [_flat(row) for row in rows]},
        "citations": [Citation("ISO/IEC 27001 8.2", one.reference, one.title) for one in told if one.current],
        "documents": _results("ISO/IEC 27001 8.2", sum(bool(risk.current) for risk in risks), "risks assessed"),
    }


def _relying(risks: list[Risk], subject: str) -> list[Risk]:
    """The risks that rely on the control a pack is about; all when it is not about a control."""
    if not subject.startswith(f"{Control.reference_prefix}-"):
        return risks
    controls = {risk.pk: {link.implementation.control.reference for link in risk.controls.all()} for risk in risks}
    return [risk for risk in risks if subject in controls[risk.pk]]


def _results(clause: str, count: int, words: str) -> list[Document]:
    return [Document(clause, f"{count} {words}", "", status="present")] if count else []


def _row(risk: Risk, at: datetime) -> dict[str, Any]:
    positions = {kind: _position(risk.position(kind)) for kind in RiskPosition.Kind.values}
    return {
        "reference": risk.reference,
        "title": risk.title,
        "statement": risk.statement,
        "approach": risk.approach,
        "source": risk.get_risk_source_display(),
        "threat": f"{risk.threat} {risk.threat_name}".strip(),
        "owner": risk.owner.name if risk.owner else "",
        "affects": risk.affects,
        "part_of": risk.parent.reference if risk.parent else "",
        "lower_because": risk.lower_because,
        "state": risk.state,
        "closed": risk.is_closed,
        "closed_because": risk.get_closed_because_display() if risk.is_closed else "",
        **positions,
        "controls": [
            {"reference": link.implementation.reference, "title": link.implementation.control.title}
            for link in risk.controls.all()
        ],
        "options": [treatment.word for treatment in risk.treatments.all()],
        "people": _people(risk),
        "acceptances": [_acceptance(one.acceptance, one.word) for one in standings(risk, at.date())],
        "review": risk.next_review_date,
        "review_overdue": risk.review_overdue(at.date()),
    }


def _position(position: RiskPosition | None) -> dict[str, Any] | None:
    if position is None:
        return None
    return {
        "likelihood": position.likelihood,
        "consequence": position.consequence,
        "level": position.level,
        "rationale": position.rationale,
        "assessor": position.assessor.name,
        "assessed_at": position.assessed_at,
        "method": position.method.label,
    }


def _people(risk: Risk) -> dict[str, Any] | None:
    if not risk.privacy_level:
        return None
    return {
        "severity": risk.privacy_severity,
        "likelihood": risk.privacy_likelihood,
        "level": risk.privacy_level,
        "rationale": risk.privacy_rationale,
    }


def _acceptance(row: Any, word: str) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "kind": row.get_kind_display(),
        "word": word,
        "level": row.level,
        "reason": row.reason,
        "conditions": row.conditions,
        "accepted_by": row.accepted_by.name if row.accepted_by else "",
        "authority": role_name(row.authority) if row.authority else "",
        "accepted_at": row.accepted_at,
        "valid_until": row.valid_until,
        "sha256": row.snapshot_sha256,
    }


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the machine-readable register."""
    plain = ("reference", "title", "statement", "approach", "source", "threat", "owner", "affects", "part_of", "state")
    line = {name: row[name] for name in plain}
    for kind in RiskPosition.Kind.values:
        for part in ("likelihood", "consequence", "level", "rationale", "method"):
            line[f"{kind}_{part}"] = row[kind][part] if row[kind] else ""
    for part in ("severity", "likelihood", "level"):
        line[f"people_{part}"] = row["people"][part] if row["people"] else ""
    line["controls"] = " ".join(one["reference"] for one in row["controls"])
    line["options"] = " ".join(row["options"]).lower()
    line["acceptances"] = "; ".join(
        f"{one['reference']} {one['word']} until {one['valid_until']}" for one in row["acceptances"]
    )
    return {**line, "next_review": row["review"] or ""}


@section("treatment", "Risk treatment plan", 80, "risks/pack/treatment.html", wide=True, private=PRIVATE)
def treatment_plan(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """What is done about each open risk, by whom, until when, and who approved it (ISO/IEC 27001 6.1.3 e, f; 8.3)."""
    plans = [_plan(risk, at) for risk in risks_at(project, at) if not risk.is_closed]
    shown = [plan for plan in plans if plan["treatments"]]
    lines = [
        {"risk": plan["reference"], "option": one["option"], **action}
        for plan in shown
        for one in plan["treatments"]
        for action in one["actions"]
    ]
    return {
        "plans": shown,
        "untreated": [plan["reference"] for plan in plans if not plan["treatments"]],
        "registers": {"treatment_plan.csv": lines},
        "citations": [Citation("ISO/IEC 27001 8.3", line["reference"], line["title"]) for line in lines],
        "documents": [
            *_results("ISO/IEC 27001 6.1.3 e, f", len(shown), "risks with a plan"),
            *_results("ISO/IEC 27001 8.3", len(lines), "actions with their results"),
        ],
    }


def _plan(risk: Risk, at: datetime) -> dict[str, Any]:
    treatments = [
        {
            "option": treatment.word,
            "rationale": treatment.rationale,
            "actions": [_action(action, at) for action in treatment.actions.all()],
        }
        for treatment in risk.treatments.all()
    ]
    return {
        "reference": risk.reference,
        "title": risk.title,
        "owner": risk.owner.name if risk.owner else "",
        "current": _position(risk.current),
        "residual": _position(risk.position("residual")),
        "treatments": treatments,
        "acceptances": [_acceptance(one.acceptance, one.word) for one in standings(risk, at.date())],
    }


def _action(action: Any, at: datetime) -> dict[str, Any]:
    return {
        "reference": action.reference,
        "title": action.title,
        "owner": action.owner.name,
        "due": action.due_date,
        "due_words": day(action.due_date),
        "overdue": action.overdue(at.date()),
        "status": action.status,
        "verified_by": action.verified_by.name if action.verified_by else "",
    }


def moves_of(method: RiskMethod | None, risks: list[Risk]) -> list[dict[str, Any]]:
    """How risks moved from one position to the next, as plain data; `draw_moves` draws it."""
    if method is None:
        return []
    open_ = [risk for risk in risks if not risk.is_closed]
    placed = [{one.kind: (one.likelihood, one.consequence) for one in risk.positions.all()} for risk in open_]
    matrix = _map(method, "current", {})
    return [
        {
            **{name: matrix[name] for name in ("likelihoods", "consequences", "levels")},
            "first": first,
            "second": second,
            "ways": [[*a, *b, count] for (a, b), count in sorted(found.items())],
        }
        for (first, second), found in count_ways(placed).items()
    ]


import_module("risks.pack_cases")
import_module("risks.pack_requirements")
