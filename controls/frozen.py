"""What an audit's frozen scope is made of: each part registers how it is written down, as plain data with hashes.

@frozen("documents", "Documents")
def documents(audit, at, asked) -> list[dict]: ...

`asked` are the ids of the requirements the audit measures by. A part whose items have a stored file names it by
`sha256` and `file_name`: the desk hands out those files and no others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.packs.models import EvidencePack
from compliance.packs.models.pack import State
from compliance.registry import Registry
from controls.models import Audit, EvidenceVersion
from controls.past import statements_at
from controls.services.soa import Line, lines, past

Items = list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """One part of the scope: its items have at least `reference` and `title`."""

    key: str
    title: str
    write: Callable[[Audit, datetime, set[Any]], Items]


parts: Registry[Part] = Registry("part of a frozen scope")


def frozen(key: str, title: str, *, order: int = 50) -> Callable[..., Any]:
    """Register a part of the scope of audits."""

    def register(write: Callable[[Audit, datetime, set[Any]], Items]) -> Callable[..., Items]:
        parts.add(key, Part(key, title, write), order=order)
        return write

    return register


def freeze(audit: Audit, at: datetime) -> dict[str, Any]:
    """The scope of an audit at a moment, as plain data."""
    criteria = list(audit.criteria.select_related("requirement__edition").order_by(*_ORDER))
    asked = {one.requirement_id for one in criteria}
    return {
        "audit": audit.reference,
        "scope": str(audit.project or audit.organisation),
        "as_at": at,
        "criteria": [
            {
                "edition": one.requirement.edition.key,
                "label": one.requirement.edition.label,
                "requirement": one.requirement.ref,
                "title": one.requirement.title,
            }
            for one in criteria
        ],
        "parts": [{"key": one.key, "title": one.title, "items": one.write(audit, at, asked)} for one in parts],
    }


_ORDER = ("requirement__edition__position", "requirement__position")


@frozen("statements", "Statement of applicability", order=10)
def statements(audit: Audit, at: datetime, asked: set[Any]) -> Items:
    """The rows asked for, as decided, with what carries them out and what shows it."""
    scope: Any = audit.project or audit.organisation
    versions = {one.edition_id: one for one in statements_at(scope, at)}
    return [_row(line, versions.get(line.row.requirement.edition_id)) for line in _lines(audit, at, asked)]


@frozen("evidence", "Evidence", order=20)
def evidence(audit: Audit, at: datetime, asked: set[Any]) -> Items:
    """The accepted versions that show the rows asked for, with their files."""
    found = {version.pk: version for line in _lines(audit, at, asked) for version in line.evidence}
    return [_version(one, at) for one in sorted(found.values(), key=lambda one: one.evidence.reference)]


@frozen("packs", "Evidence packs", order=40)
def packs(audit: Audit, at: datetime, asked: set[Any]) -> Items:
    """The packs issued to auditors that speak of the scope."""
    scope: Any = audit.project or audit.organisation
    issued = EvidencePack.objects.in_scope(scope).filter(state=State.ISSUED, profile="auditor", issued_at__lte=at)
    return [
        {
            "reference": one.reference,
            "title": one.get_type_display(),
            "as_at": one.as_at,
            "issued": one.issued_at,
            "sha256": one.pdf_id or "",
            "file_name": f"{one.reference}.pdf",
        }
        for one in issued.order_by("reference")
    ]


def _lines(audit: Audit, at: datetime, asked: set[Any]) -> list[Line]:
    scope: Any = audit.project or audit.organisation
    return [one for one in lines(past(scope, at), scope, at.date()) if one.row.requirement_id in asked]


def _row(line: Line, statement: Any) -> dict[str, Any]:
    row = line.row
    return {
        "reference": f"{row.requirement.edition.key} {row.requirement.ref}",
        "edition": row.requirement.edition.label,
        "requirement": row.requirement.ref,
        "title": row.requirement.title,
        "statement": f"v{statement.version.number}" if statement and statement.version else "not approved",
        "included": row.included,
        "codes": row.codes if row.included else "",
        "justification": row.justification if row.included else row.exclusion_reason,
        "progress": line.progress_label if row.included else "",
        "owner": str(row.owner) if row.owner else "",
        "how": [
            {
                "reference": one.reference,
                "title": one.control.title,
                "statement": one.statement,
                "owner": str(one.owner),
            }
            for one in line.implementations
        ],
        "evidence": [version.evidence.reference for version in line.evidence],
    }


def _version(version: EvidenceVersion, at: datetime) -> dict[str, Any]:
    one = version.evidence
    return {
        "reference": one.reference,
        "title": one.title,
        "version": version.number,
        "shows": one.shows,
        "kind": one.get_kind_display(),
        "source": version.source,
        "method": version.get_method_display(),
        "query": version.query,
        "collected_by": str(version.collected_by),
        "collected": version.collected_at,
        "speaks_of": version.last_day,
        "standing": version.standing_on(at.date()),
        "valid_until": version.valid_until,
        "source_url": version.source_url,
        "sha256": version.blob_id or "",
        "file_name": version.file_name,
    }
