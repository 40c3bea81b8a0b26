"""What packs print of what people are told: notices and consent, and the labels of the stores."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from compliance.packs.registry import Citation, Document, Period, section
from compliance.projects.models import Organisation, Project
from dataflows import vocabulary
from dataflows.consent_check import weaknesses
from dataflows.label_rules import by_flow, derive
from dataflows.models import Consent, Notice, StoreDeclaration, TextVersion
from dataflows.past_told import Past, counts_at, needs_at, told_at
from dataflows.told_vocabulary import ages_in, checklist_for

Scope = Organisation | Project
Rows = list[dict[str, Any]]
TYPES = frozenset({"gdpr_accountability", "pims_27701", "project_app", "release"})


@section("notices", "Notices and consent", 143, "dataflows/pack/notices.html", types=TYPES)
def notices(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """What people were told when, what the flows ask beside it, and the consents with their counts."""
    told, asked = told_at(scope, Notice, at), told_at(scope, Consent, at)
    needed, counts = needs_at(scope, at, asked), counts_at(scope, at)
    rows = [_notice(one) for one in told]
    consents = [_consent(one, counts) for one in asked]
    found = [
        {
            "flow": one.flow.reference,
            "title": one.flow.title,
            "why": one.why,
            "article": one.article,
            "consent": one.flow.consent.reference if one.flow.consent else "",
            "missing": one.missing,
        }
        for one in needed
    ]
    versions = [{"reference": row["reference"], **one} for row in (*rows, *consents) for one in row["versions"]]
    return {
        "rows": rows,
        "consents": consents,
        "needs": found,
        "ages": _ages(scope, at.date(), [*told, *asked]),
        "registers": {"told-versions.csv": versions, "consent-needs.csv": found},
        "citations": [Citation("GDPR Art. 13", row["reference"], row["title"]) for row in rows]
        + [Citation("GDPR Art. 7", row["reference"], row["title"]) for row in consents],
        "documents": [_document("GDPR Art. 13, 14", row) for row in rows]
        + [_document("GDPR Art. 7", row) for row in consents],
    }


@section("store_labels", "Store declarations", 145, "dataflows/pack/store_labels.html", types=TYPES)
def store_labels(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """What the stores were told, what follows from the flows with the reason of each line, and where they differ."""
    rows = [_label(one) for one in told_at(scope, StoreDeclaration, at)]
    lines = [{"reference": row["reference"], **line} for row in rows for line in row["lines"]]
    differ = [{"reference": row["reference"], **one} for row in rows for one in row["differences"]]
    return {
        "rows": rows,
        "registers": {"store-label-lines.csv": lines, "store-label-differences.csv": differ},
        "citations": [Citation("GDPR Art. 5(1)(a)", row["reference"], row["title"]) for row in rows],
        "documents": [_document("GDPR Art. 12(1)", row) for row in rows],
    }


def _document(clause: str, row: dict[str, Any]) -> Document:
    now = next((one for one in row["versions"] if one["state"] == "published"), None)
    status = "present" if now else "draft"
    by, moment = (now["approved_by"], now["approved_at"]) if now else ("", None)
    version = f"v{now['number']}" if now else ""
    return Document(clause, row["title"], row["reference"], version, by, moment, row["review"], status)


def _base(one: Past) -> dict[str, Any]:
    return {
        "reference": one.about.reference,
        "title": one.about.title,
        "project": one.project.name,
        "owner": str(one.about.owner or ""),
        "review": one.about.review_date,
        "versions": [_version(version) for version in one.versions],
    }


def _version(version: TextVersion) -> dict[str, Any]:
    approval = version.approval
    granted = approval is not None and approval.state == "approved"
    return {
        "number": version.number,
        "state": version.state,
        "changed": version.summary,
        "author": str(version.author),
        "approved_by": str(approval.decided_by) if approval and granted else "",
        "approved_at": approval.decided_at if approval and granted else None,
        "sha256": approval.snapshot_sha256 if approval else "",
        "file_sha256": version.blob_id or "",
        "seen_from": version.published_at,
        "seen_until": version.ended_at,
        "release": str(version.since_release or ""),
        "proof_url": version.proof_url,
        "proof_sha256": version.proof_id or "",
        "evidence": version.evidence.reference if version.evidence else "",
    }


def _notice(one: Past) -> dict[str, Any]:
    about, now = one.about, one.published or next(iter(one.versions), None)
    answers = now.checklist if now else {}
    return {
        **_base(one),
        "language": about.get_language_display(),
        "article": about.get_article_display(),
        "place": about.place,
        "listing": about.listing_url,
        "checklist": [
            {"label": row.label, "clause": row.clause, "where": answers.get(row.code, ""), "may": row.may_not_apply}
            for row in checklist_for(about.article)
        ],
        "missing": [str(line) for line in one.lines()],
    }


def _consent(one: Past, counts: Mapping[Any, Any]) -> dict[str, Any]:
    about = one.about
    return {
        **_base(one),
        "purposes": about.purpose_lines,
        "asked": about.get_granularity_display(),
        "screen": about.screen,
        "withdrawal": about.withdrawal,
        "kept": about.get_proof_kept_display(),
        "weak": weaknesses(about),
        "counts": [
            {
                "month": row.month,
                "version": version.number,
                "given": row.given,
                "refused": row.refused,
                "withdrawn": row.withdrawn,
            }
            for version in one.versions
            for row in counts.get(version.pk, [])[:12]
        ],
    }


def _ages(scope: Scope, on: date, told: list[Past]) -> list[list[Any]]:
    """Ages of consent in the countries of the apps whose flows name children."""
    projects = {
        one.project.pk: one.project
        for one in told
        if any(vocabulary.is_minor(flow.subject_categories) for flow in one.flows)
    }
    countries = sorted({code for project in projects.values() for code in project.countries.split()})
    return [[row.name, row.age] for row in ages_in(countries, on)] if countries else []


def _label(one: Past) -> dict[str, Any]:
    derived = derive(one.flows, one.about.store)
    found, wrong = one.differences()
    return {
        **_base(one),
        "store": one.about.get_store_display(),
        "lines": [
            {
                "data": line.label,
                "handling": ", ".join(line.handling),
                "purposes": ", ".join(line.purposes),
                "because": _said(by_flow(line.because)),
            }
            for line in derived.lines
        ],
        "left_out": _said(by_flow(derived.left_out)),
        "encrypted": derived.encrypted if one.about.is_play and derived.lines else None,
        "differences": [
            {
                "line": each.label,
                "label_says": each.published,
                "flows_say": each.derived,
                "says_less": each.contradicts,
                "reason": each.reason,
                "because": _said(each.grounds),
            }
            for each in found
        ],
        "wrong": wrong,
    }


def _said(grounds: list[tuple[str, str, str]]) -> list[str]:
    return [f"{flow} {data}. {text}" if data else f"{flow} {text}" for flow, data, text in grounds]
