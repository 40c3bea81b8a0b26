"""What packs print of parties and transfers: contracts, sub-processors, reviews, duties in the cloud, assessments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from dataflows import clauses, vocabulary
from dataflows.checked import lines, score
from dataflows.models import (
    AssessmentState,
    CloudDuty,
    ContractCheck,
    DataFlow,
    Engagement,
    Party,
    SupplierReview,
    TransferAssessment,
)
from dataflows.past import by_key, organisation_of, past_activities, past_approvals, past_flows, past_parties
from dataflows.problems import mechanism_problems

Scope = Organisation | Project
Rows = list[dict[str, Any]]


@section("parties", "Processors and transfers", 150, "dataflows/pack/parties.html", wide=True)
def parties(project: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """The parties the project's flows and records name with all that is agreed, and every transfer out of the EEA."""
    found = [flow for flow in past_flows(project, at) if flow.state != DataFlow.State.RETIRED]
    every = {party.pk: party for party in past_parties(project, at)}
    engaged = _past(Engagement, project, at, "sub_processor")
    shown = _shown(project, at, found, every, engaged)
    flows_of = _flows_of(found)
    checks, reviews = by_key(_past(ContractCheck, project, at, "reviewer"), "party_id"), _reviews(project, at)
    rows = [_party(one, at, flows_of.get(one.pk, []), checks[one.pk], reviews.get(one.pk)) for one in shown]
    transfers = [_transfer(flow, transfer, at) for flow in found for transfer in flow.transfer_rows]
    keys = {one.pk for one in shown}
    subs = [_engagement(one, every, at.date()) for one in engaged if one.processor_id in keys]
    registers = {
        "parties.csv": rows,
        "contracts.csv": [_contract(party, one, at.date()) for party in shown for one in party.contract_list],
        "contract_checklist.csv": [line for party in shown for line in _checks(party, checks[party.pk])],
        "sub_processors.csv": subs,
        "cloud_duties.csv": _duties(project, at, {one.pk: one for one in shown if one.is_cloud}),
        "transfers.csv": transfers,
    }
    return {
        "rows": rows,
        "contracts": registers["contracts.csv"],
        "weak": [row for party in shown for row in _weak(party, checks[party.pk])],
        "sub_processors": subs,
        "duties": registers["cloud_duties.csv"],
        "transfers": transfers,
        "checklist_edition": clauses.checklist_edition(),
        "registers": registers,
        "citations": [Citation("GDPR Art. 28", row["reference"], row["name"]) for row in rows if row["contracted"]]
        + [Citation("GDPR Art. 44", row["reference"], f"Transfer to {row['country']}") for row in transfers],
        "documents": [_document(row) for row in rows if row["contracted"]],
    }


def _past(model: Any, scope: Scope, at: datetime, *related: str) -> list[Any]:
    rows: list[Any] = as_of(model, at, stream=organisation_of(scope).stream).instances(*related)
    return rows


def _shown(project: Scope, at: datetime, found: list[DataFlow], every: dict[Any, Party], engaged: Any) -> list[Party]:
    """Those that flows, transfers and records name, and whom they engage; by name."""
    named = {link.party_id for row in past_activities(project, at) for link in row.party_rows}
    importers = {transfer.importer_id for flow in found for transfer in flow.transfer_rows}
    keys = {*_flows_of(found), *named, *importers}
    keys |= {one.sub_processor_id for one in engaged if one.processor_id in keys and one.runs(at.date())}
    return [party for key, party in every.items() if key in keys]


def _flows_of(found: list[DataFlow]) -> dict[Any, list[str]]:
    flows_of: dict[Any, list[str]] = {}
    for flow in found:
        for key in {node.party_id for node in flow.nodes if node.party_id}:
            flows_of.setdefault(key, []).append(flow.reference)
    return flows_of


def _reviews(scope: Scope, at: datetime) -> dict[Any, SupplierReview]:
    """The last review of each party."""
    return {
        one.party_id: one for one in sorted(_past(SupplierReview, scope, at, "reviewer"), key=lambda one: one.held_date)
    }


def _document(row: dict[str, Any]) -> Document:
    title = f"{row['contract'] or 'Contract'} with {row['name']}"
    status = "present" if row["contract_holds"] else "missing"
    return Document(
        "GDPR Art. 28", title, row["reference"], approved_at=None, next_review=row["contract_ends"], status=status
    )


def _party(
    party: Party, at: datetime, references: list[str], checks: list[ContractCheck], review: SupplierReview | None
) -> dict[str, Any]:
    contract, on = party.governing_contract, at.date()
    return {
        "reference": party.reference,
        "name": party.name,
        "role": party.get_role_display(),
        "service": party.service,
        "country": vocabulary.country_name(party.country),
        "parent_country": vocabulary.country_name(party.parent_country),
        "contracted": party.needs_contract,
        "contract": str(contract) if contract else "",
        "contract_signed": contract.signed_date if contract else None,
        "contract_ends": contract.expires_date if contract else None,
        "contract_holds": party.has_contract(on),
        "breach_hours": contract.breach_hours if contract else None,
        "checklist": score(checks).text if party.needs_contract else "",
        "guarantees": party.due_diligence,
        "certified_until": party.framework_until_date,
        "tier": party.tier,
        "last_review": review.held_date if review else None,
        "review_outcome": review.get_outcome_display() if review else "",
        "review_findings": review.findings if review else "",
        "next_review": party.review_date,
        "review_overdue": party.review_date is not None and party.review_date < on,
        "exit": party.get_exit_done_display(),
        "state": party.state,
        "flows": references,
    }


def _contract(party: Party, contract: Any, on: date) -> dict[str, Any]:
    return {
        "reference": contract.reference,
        "party": party.reference,
        "name": party.name,
        "kind": contract.get_kind_display(),
        "contract": str(contract),
        "signed": contract.signed_date,
        "ends": contract.expires_date,
        "holds": contract.holds(on),
        "breach_hours": contract.breach_hours,
        "kept_at": contract.filed,
    }


def _checks(party: Party, checks: list[ContractCheck]) -> Rows:
    """Every row of the checklist of a processor with its answer."""
    if not party.needs_contract:
        return []
    return [
        {
            "party": party.reference,
            "name": party.name,
            "row": line.clause.number,
            "title": line.clause.title,
            "article": line.clause.article,
            "answer": line.word,
            "concrete": line.concrete,
            "clause": line.check.clause if line.check else "",
            "remark": line.check.note if line.check else "",
            "reviewer": str(line.check.reviewer or "") if line.check else "",
            "reviewed": line.check.reviewed_date if line.check else None,
            "tone": line.tone,
        }
        for line in lines(checks)
    ]


def _weak(party: Party, checks: list[ContractCheck]) -> Rows:
    """The rows that are not in order; a party nobody has asked about is one line, not twenty-one."""
    found = [row for row in _checks(party, checks) if row["tone"] != "ok"]
    if not found or checks:
        return found
    whole = {"row": f"1 to {len(found)}", "title": "Every row", "article": found[0]["article"].partition("(")[0]}
    return [{**found[0], **whole}]


def _engagement(link: Engagement, every: dict[Any, Party], on: date) -> dict[str, Any]:
    return {
        "reference": link.reference,
        "processor": every[link.processor_id].name,
        "sub_processor": link.sub_processor.name,
        "service": link.service,
        "country": vocabulary.country_name(link.sub_processor.country),
        "authorisation": link.get_authorisation_display(),
        "told": link.notice_date,
        "objection_until": link.objection_date,
        "decision": link.get_decision_display(),
        "same_duties": link.same_duties,
        "ended": None if link.runs(on) else link.ended_date,
    }


def _duties(scope: Scope, at: datetime, clouds: dict[Any, Party]) -> Rows:
    found = [one for one in _past(CloudDuty, scope, at, "requirement__edition", "control") if one.party_id in clouds]
    found.sort(key=lambda one: (clouds[one.party_id].name, one.requirement.edition.position, one.requirement.position))
    return [
        {
            "party": clouds[one.party_id].name,
            "edition": one.requirement.edition.label,
            "topic": one.requirement.ref,
            "title": one.requirement.title,
            "who": one.get_split_display(),
            "control": one.control.reference if one.control else "",
            "control_title": one.control.title if one.control else "",
            "ours": one.is_ours,
            "remark": one.note,
        }
        for one in found
    ]


def _transfer(flow: DataFlow, transfer: Any, at: datetime) -> dict[str, Any]:
    made, importer = transfer.assessment, transfer.importer
    return {
        "reference": transfer.reference,
        "flow": flow.reference,
        "country": transfer.destination,
        "importer": importer.name if importer else "",
        "parent_country": vocabulary.country_name(importer.parent_outside) if importer else "",
        "remote_access": transfer.remote_access,
        "mechanism": transfer.get_mechanism_display(),
        "fallback": transfer.get_fallback_mechanism_display(),
        "safeguards": transfer.safeguard,
        "repetitive": transfer.repetitive,
        "assessment": made.reference if made else "",
        "assessment_result": made.get_result_display() if made else "",
        "assessment_needed": transfer.needs_assessment,
        "valid_until": made.expires_date if made else None,
        "assessment_holds": transfer.is_assessed(at.date()),
        "to_mend": " ".join(problem.text for problem in mechanism_problems(transfer, at.date())),
    }


@section("transfer_assessments", "Transfer assessments", 144, "dataflows/pack/transfer_assessments.html")
def transfer_assessments(project: Scope, at: datetime, period: Period) -> Mapping[str, Any] | None:
    """The assessments the project's transfers rest on, step by step; nothing to print where none is needed."""
    made = _past(TransferAssessment, project, at, "importer", "opinion_by")
    if isinstance(project, Project):
        present = [flow for flow in past_flows(project, at) if flow.state != DataFlow.State.RETIRED]
        used = {row.assessment_id for flow in present for row in flow.transfer_rows}
        passed = set(_flows_of(present))
        made = [one for one in made if one.pk in used or one.importer_id in passed]
    made = [one for one in made if one.state != AssessmentState.SUPERSEDED]
    if not made:
        return None
    approvals = past_approvals(project, TransferAssessment, at)
    rows = [_assessment(one, approvals.get(one.pk), at) for one in sorted(made, key=lambda one: one.reference)]
    return {
        "rows": rows,
        "registers": {"transfer_assessments.csv": rows},
        "citations": [Citation("GDPR Art. 46", row["reference"], row["title"]) for row in rows],
        "documents": [
            Document(
                "GDPR Art. 46",
                row["title"],
                row["reference"],
                "",
                row["approved_by"],
                row["approved_at"],
                row["valid_until"],
                "present" if row["holds"] else "draft" if not row["approved_at"] else "missing",
            )
            for row in rows
        ],
    }


def _assessment(one: TransferAssessment, approval: Any, at: datetime) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "title": one.title,
        "destination": one.destination,
        "importer": one.importer.name if one.importer else "",
        "parent_country": one.parent_outside,
        "known": one.known,
        "tool": one.get_mechanism_display(),
        "law": one.law,
        "practice": one.practice,
        "measures": clauses.measure_labels(one.measures),
        "measures_text": one.measures_text,
        "formal_steps": one.formal_steps,
        "valid_until": one.expires_date,
        "triggers": one.triggers,
        "result": one.get_result_display(),
        "conclusion": one.conclusion,
        "opinion": one.opinion,
        "opinion_by": str(one.opinion_by or ""),
        "opinion_at": one.opinion_at,
        "state": one.get_state_display(),
        "approved_by": str(approval.decided_by or "") if approval else "",
        "approved_at": approval.decided_at if approval else None,
        "sha256": approval.snapshot_sha256 if approval else "",
        "holds": one.holds(at.date()),
        "over": one.has_run_out(at.date()),
    }
