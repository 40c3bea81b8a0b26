"""The documents and records the standards ask for, and how each stood: the first table an auditor looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.packs.registry import Document, Section, sections
from compliance.packs.types import PackType

DOCUMENTS_SLOT = 4
MISSING, AWAITED = "missing", "awaited"


@dataclass(frozen=True)
class Required:
    """What a clause asks to have documented, and the section whose room keeps it."""

    clause: str
    title: str
    room: str


ISMS = (
    Required("ISO/IEC 27001 4.3", "Scope of the management system", "scope"),
    Required("ISO/IEC 27001 5.2", "Information security policy", "policies"),
    Required("ISO/IEC 27001 6.1.2", "Risk assessment process", "risk_method"),
    Required("ISO/IEC 27001 6.1.3", "Risk treatment process", "risk_method"),
    Required("ISO/IEC 27001 6.1.3 d", "Statement of applicability", "soa"),
    Required("ISO/IEC 27001 6.1.3 e, f", "Risk treatment plan, with approval and acceptance", "treatment"),
    Required("ISO/IEC 27001 6.2", "Objectives and plans", "metrics"),
    Required("ISO/IEC 27001 6.3", "Planned changes", "changes"),
    Required("ISO/IEC 27001 7.2", "Evidence of competence", "competence"),
    Required("ISO/IEC 27001 7.5", "Documents judged necessary, and their control", "policies"),
    Required("ISO/IEC 27001 8.1", "Processes carried out as planned", "control_evidence"),
    Required("ISO/IEC 27001 8.2", "Results of risk assessments", "risks"),
    Required("ISO/IEC 27001 8.3", "Results of risk treatment", "treatment"),
    Required("ISO/IEC 27001 9.1", "Results of monitoring and measurement", "metrics"),
    Required("ISO/IEC 27001 9.2.2", "Audit programme and audit results", "audits"),
    Required("ISO/IEC 27001 9.3.3", "Results of management reviews", "management_review"),
    Required("ISO/IEC 27001 10.2", "Nonconformities, actions and their results", "audits"),
)
PIMS = (
    Required("GDPR Art. 30", "Records of processing activities", "processing"),
    Required("GDPR Art. 28", "Contracts with processors", "parties"),
    Required("GDPR Art. 35", "Impact assessments", "dpia"),
    Required("GDPR Art. 12 to 22", "Requests of people and their answers", "requests"),
    Required("GDPR Art. 33(5)", "Register of breaches", "incidents"),
)


def documents(kind: PackType, parts: list[tuple[Section, Mapping[str, Any]]]) -> tuple[Section, dict[str, Any]]:
    """The mandatory documents register, from what the sections of the pack say they keep."""
    kept: dict[str, list[Document]] = {}
    for _, context in parts:
        for item in context.get("documents", ()):
            kept.setdefault(item.clause, []).append(item)
    asked = (*ISMS, *PIMS) if kind.privacy else ISMS
    rows = [row for item in asked for row in _rows(item, kept.get(item.clause, []))]
    section = Section("documents", "Mandatory documents", 40, "packs/print/documents.html", lambda *_: {})
    return section, {"rows": rows, "registers": {"documents.csv": rows}}


def _rows(asked: Required, found: list[Document]) -> list[dict[str, Any]]:
    if not found:
        status = MISSING if asked.room in sections else AWAITED
        return [_row(asked, Document(asked.clause, asked.title, "", status=status))]
    return [_row(asked, item) for item in found]


def _row(asked: Required, item: Document) -> dict[str, Any]:
    return {
        "clause": asked.clause,
        "asked": asked.title,
        "title": item.title,
        "reference": item.reference,
        "version": item.version,
        "approved_by": item.approved_by,
        "approved_at": item.approved_at,
        "next_review": item.next_review,
        "status": item.status,
    }
