"""What packs print of risks over time and of what they touch: key figures, controls they rely on, assets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Document, Period, section
from compliance.packs.types import PACK_TYPES
from compliance.projects.models import Organisation, Project
from risks.figures import figures
from risks.models import Asset, AssetNeed, Reassessment, Risk, RiskControl
from risks.past import risks_at, streams_of
from risks.rising import Rise, plain, rises
from risks.services.positions import counts

Scope = Organisation | Project
PRIVATE = {**dict.fromkeys(("reason", "outcome"), "internal notes"), "title": "details of weaknesses"}
DRAWN = 4
WHOLE = frozenset(PACK_TYPES) - {"single_control"}  # of one control, its risks stand in the register


@section("risk_figures", "Key figures of risks", 74, "risks/pack/figures.html", types=WHOLE, private=PRIVATE)
def risk_figures(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """A year of months from the history, what rises if a control fails, what is to be looked at again (27001 9.1)."""
    owner = project.organisation if isinstance(project, Project) else project
    months = [asdict(one) for one in figures(streams_of(project), owner.stream, at)]
    controls = _controls(risks_at(project, at))
    asked = _asked(project, at)
    documents = [Document("ISO/IEC 27001 9.1", f"{len(months)} months of key figures of risks", "", status="present")]
    return {
        "months": months,
        "controls": controls,
        "drawn": [one for one in controls if any(risk["ceiling"] is not None for risk in one["risks"])][:DRAWN],
        "asked": asked,
        "registers": {"risk_figures.csv": [_flat(month) for month in months], "reassessments.csv": asked},
        "documents": documents if any(month["open"] for month in months) else [],
    }


def _flat(month: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in month.items() if name != "levels"}, **month["levels"]}


def _controls(risks: Sequence[Risk]) -> list[dict[str, Any]]:
    """Each control open risks rely on, those that hold up most first."""
    links: dict[UUID, RiskControl] = {}
    relying: dict[UUID, list[Risk]] = defaultdict(list)
    for risk in risks:
        for link in risk.controls.all() if not risk.is_closed else ():
            links[link.implementation_id] = link
            relying[link.implementation_id].append(risk)
    found = [_control(links[key], rises(rows, [key])) for key, rows in relying.items()]
    return sorted(found, key=lambda one: (-one["alone"], -one["rising"], one["reference"]))


def _control(link: RiskControl, found: Sequence[Rise]) -> dict[str, Any]:
    return {
        "reference": link.implementation.reference,
        "name": link.implementation.control.title,
        "status": link.implementation.get_status_display(),
        "counts": counts(link.implementation),
        "rising": sum(one.rises for one in found),
        "alone": sum(one.rises and not one.others for one in found),
        "risks": plain(found),
    }


def _asked(scope: Scope, at: datetime) -> list[dict[str, Any]]:
    rows = as_of(Reassessment, at, stream=streams_of(scope)).filter(settled_at=None, notice=False, kind="risk")
    return [
        {
            "record": row.target_reference,
            "reason": row.reason,
            "action": row.action,
            "severity": row.severity,
            "owner": row.owner.name if row.owner else "",
            "due": row.due_date,
            "late": row.overdue(at.date()),
        }
        for row in rows.order_by("due_date", "target_reference").instances("owner")
    ]


@section("assets", "Assets", 71, "risks/pack/assets.html", types=WHOLE, wide=True)
def assets(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """What is worth protecting: owners, values, what it rests on and which risks touch it (ISO/IEC 27001 A.5.9)."""
    streams = streams_of(project)
    rows = as_of(Asset, at, stream=streams).filter(retired_at=None).order_by("reference")
    needs: dict[UUID, list[str]] = defaultdict(list)
    for need in as_of(AssetNeed, at, stream=streams).instances("needed"):
        needs[need.asset_id].append(need.needed.reference)
    touching: dict[UUID, list[str]] = defaultdict(list)
    for risk in risks_at(project, at):
        for link in risk.links.all() if not risk.is_closed else ():
            if link.asset_id:
                touching[link.asset_id].append(risk.reference)
    found = [_asset(row, needs[row.pk], touching[row.pk]) for row in rows.instances("owner", "custodian")]
    documents = [Document("ISO/IEC 27001 A.5.9", f"{len(found)} assets with owners", "", status="present")]
    return {
        "rows": found,
        "registers": {"assets.csv": [{**row, **{k: " ".join(row[k]) for k in ("needs", "risks")}} for row in found]},
        "citations": [Citation("ISO/IEC 27001 A.5.9", row["reference"], row["name"]) for row in found],
        "documents": documents if found else [],
    }


def _asset(row: Asset, needs: list[str], risks: list[str]) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "name": row.name,
        "kind": row.get_kind_display(),
        "rank": row.rank,
        "owner": row.owner.name,
        "custodian": row.custodian.name if row.custodian else "",
        "confidentiality": row.confidentiality or 0,
        "integrity": row.integrity or 0,
        "availability": row.availability or 0,
        "needs": sorted(needs),
        "risks": risks,
        "review": row.review_date,
    }
