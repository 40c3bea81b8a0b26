"""What packs print of records of processing, of the retention schedule and of assessments of interests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from dataflows.approved import Version, beside, versions
from dataflows.letters import letters
from dataflows.models import DataFlow, DisposalRun, InterestAssessment, ProcessingActivity, RetentionRule
from dataflows.past import (
    organisation_of,
    past_activities,
    past_approvals,
    past_organisation,
    past_rules,
)
from dataflows.standing import is_outdated

Scope = Organisation | Project
Rows = list[dict[str, Any]]


@section("processing", "Records of processing", 120, "dataflows/pack/processing.html")
def processing(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The project's records and those it shares as they were approved last, letter by letter (GDPR Art. 30(1), (2)).

    One that was never approved stands as a draft and says so.
    """
    organisation, house = past_organisation(project, at), organisation_of(project)
    found = [row for row in past_activities(project, at) if row.state != ProcessingActivity.State.RETIRED]
    granted = past_approvals(house, ProcessingActivity, at)
    drafts = {row.pk: row.flow_rows for row in found}
    made = versions(house, found, granted, past_approvals(house, DataFlow, at))
    for row in found:
        row.flow_rows = row.flow_rows if row.pk in made else drafts[row.pk]
    rows = [_row(row, made.get(row.pk), organisation, project) for row in found]
    citations = [Citation("GDPR Art. 30", str(row["reference"]), str(row["name"])) for row in rows]
    return {
        "rows": rows,
        "registers": {"processing.csv": [_flat(row) for row in rows]},
        "citations": citations,
        "documents": [_document(row) for row in rows],
    }


def _row(
    present: ProcessingActivity, version: Version | None, organisation: Organisation, scope: Scope
) -> dict[str, Any]:
    row = version.record if version else present
    written = [
        {"letter": one.letter, "title": one.title, "lines": list(one.lines), "missing": list(one.missing)}
        for one in letters(row, organisation)
    ]
    flows = _flows(row, scope)
    return {
        "reference": row.reference,
        "name": row.name,
        "role": f"{row.get_role_display()}, Art. 30({1 if row.is_controller else 2})",
        "shared": row.project_id is None,
        "state": present.state,
        "approval": _approval(version.approval) if version else None,
        "outdated": version is not None and version.pending,
        "letters": written,
        "complete": sum(not one["missing"] for one in written),
        "missing": [str(one["letter"]) for one in written if one["missing"]],
        "extras": [[label, text] for label, text in beside(row) if label != "Flows"],
        "flows": flows,
    }


def _document(row: dict[str, Any]) -> Document:
    approval = row["approval"] or {"by": "", "at": None}
    status = "present" if row["approval"] and not row["outdated"] else "draft"
    return Document("GDPR Art. 30", row["name"], row["reference"], "", approval["by"], approval["at"], None, status)


def _approval(approval: Any) -> dict[str, Any]:
    by = str(approval.decided_by) if approval.decided_by else ""
    return {"by": by, "at": approval.decided_at, "sha256": approval.snapshot_sha256}


def _flows(row: ProcessingActivity, scope: Scope) -> list[str]:
    every = isinstance(scope, Organisation)
    return [flow.reference for flow in row.flow_rows if every or flow.project_id == scope.pk]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A record as one line of a table: a column for each letter and each extra."""
    flat = {name: row[name] for name in ("reference", "name", "role", "state", "outdated")}
    for one in row["letters"]:
        flat[f"({one['letter']}) {one['title']}"] = "\n".join(one["lines"])
    missing = [f"({one['letter']}) {lack}" for one in row["letters"] for lack in one["missing"]]
    return {**flat, **dict(row["extras"]), "Flows": ", ".join(row["flows"]), "missing": "\n".join(missing)}


@section("retention", "Retention schedule", 124, "dataflows/pack/retention.html", wide=True)
def retention(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The rules in force, the disposal runs of the period, and data past its rule (GDPR Art. 5(1)(e), 30(1)(f))."""
    rules = [rule for rule in past_rules(scope, at) if rule.ended_date is None]
    named = {rule.pk: rule for rule in rules}
    found = as_of(DisposalRun, at, stream=organisation_of(scope).stream).order_by("run_date", "reference")
    runs = [run for run in found.instances("proof", "recorded_by", "verified_by") if run.rule_id in named]
    shown = [run for run in runs if period.start <= run.run_date <= period.end]
    rows, ran = [_rule(rule, at) for rule in rules], [_run(run, named[run.rule_id]) for run in shown]
    return {
        "rows": rows,
        "runs": ran,
        "overrun": [row["reference"] for row in rows if row["overrun"]],
        "registers": {"retention.csv": rows, "disposal_runs.csv": ran},
        "citations": [Citation("GDPR Art. 5(1)(e)", row["reference"], row["name"]) for row in rows],
        "documents": [Document("GDPR Art. 30(1)(f)", f"Retention schedule: {len(rows)} rules", rows[0]["reference"])]
        if rows
        else [],
    }


def _rule(rule: RetentionRule, at: datetime) -> dict[str, Any]:
    return {
        "reference": rule.reference,
        "name": rule.name,
        "data": rule.about,
        "where": rule.where,
        "kept": rule.said,
        "basis": rule.basis,
        "runs_every": f"{rule.every_days} days" if rule.every_days else "by itself",
        "last_run": rule.last_run_date,
        "next_run": rule.next_run_date,
        "run_overdue": bool(rule.next_run_date and rule.next_run_date < at.date()),
        "oldest": rule.oldest_date,
        "gone_by": rule.gone_by_date,
        "overrun": rule.is_overrun(at.date()),
        "review": rule.review_date,
    }


def _run(run: DisposalRun, rule: RetentionRule) -> dict[str, Any]:
    return {
        "reference": run.reference,
        "rule": rule.reference,
        "on": run.run_date,
        "scope": run.scope,
        "count": run.count,
        "oldest_left": run.oldest_date,
        "proof": run.proof.reference if run.proof else "",
        "recorded_by": str(run.recorded_by or ""),
        "verified_by": str(run.verified_by or ""),
        "verified_at": run.verified_at,
        "verified_how": run.verified_how,
    }


@section("interests", "Legitimate interests", 126, "dataflows/pack/interests.html")
def interests(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The assessments the shown records rest on, and in a pack of the organisation all of them (Art. 6(1)(f))."""
    house = organisation_of(scope)
    records = [row for row in past_activities(scope, at) if row.state != ProcessingActivity.State.RETIRED]
    resting: dict[Any, list[str]] = {}
    for record in records:
        for key in {row.balancing_id for row in record.purpose_rows if row.balancing_id}:
            resting.setdefault(key, []).append(record.reference)
    approvals = past_approvals(house, InterestAssessment, at)
    found = as_of(InterestAssessment, at, stream=house.stream).order_by("reference").instances("author", "dpo_view_by")
    shown = [row for row in found if row.state != InterestAssessment.State.RETIRED]
    if isinstance(scope, Project):
        shown = [row for row in shown if row.pk in resting]
    rows = [_interest(row, approvals.get(row.pk), resting.get(row.pk, [])) for row in shown]
    return {
        "rows": rows,
        "registers": {"interests.csv": [{**row, "tests": _tests(row), "approval": _by(row)} for row in rows]},
        "citations": [Citation("GDPR Art. 6(1)(f)", row["reference"], row["title"]) for row in rows],
        "documents": [_assessed(row) for row in rows],
    }


def _interest(row: InterestAssessment, approval: Any, records: list[str]) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "interest": row.interest,
        "tests": [[label, text, words] for label, text, _, words in row.tests],
        "safeguards": row.safeguards,
        "outcome": row.get_outcome_display(),
        "author": str(row.author or ""),
        "dpo_view": row.dpo_view,
        "dpo_view_by": str(row.dpo_view_by or ""),
        "dpo_view_at": row.dpo_view_at,
        "approval": _approval(approval) if approval else None,
        "outdated": is_outdated(row, approval),
        "review": row.review_date,
        "state": row.state,
        "records": records,
    }


def _tests(row: dict[str, Any]) -> str:
    return "\n".join(f"{label} ({words or 'open'}): {text}" for label, text, words in row["tests"])


def _by(row: dict[str, Any]) -> str:
    return f"{row['approval']['by']}, {row['approval']['at']:%Y-%m-%d}" if row["approval"] else ""


def _assessed(row: dict[str, Any]) -> Document:
    approval = row["approval"] or {"by": "", "at": None}
    status = "present" if row["approval"] and not row["outdated"] else "draft"
    return Document(
        "GDPR Art. 6(1)(f)", row["title"], row["reference"], "", approval["by"], approval["at"], row["review"], status
    )
