"""The documents in the frozen scope of an audit (ISO/IEC 27001 7.5, 9.2)."""

from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from controls.frozen import Items, frozen
from controls.models import Audit, Classification, DocumentVersion, VersionState
from controls.required import FRAMEWORKS, REQUIRED

OPEN = frozenset({Classification.PUBLIC, Classification.INTERNAL})


@frozen("documents", "Documents", order=30)
def documents(audit: Audit, at: datetime, asked: set[Any]) -> Items:
    """The documents in force: those for everybody, and confidential ones the audited editions ask for by name."""
    editions = set(audit.criteria.values_list("requirement__edition__key", flat=True))
    named = {
        key for key, one in REQUIRED.items() if any(editions & set(FRAMEWORKS[ref]["editions"]) for ref in one.refs)
    }
    published = as_of(DocumentVersion, at, stream=audit.organisation.stream).filter(state=VersionState.PUBLISHED)
    found = published.instances("document__owner", "author", "approval__decided_by", "blob")
    held = [one for one in found if one.document.classification in OPEN or named & set(one.document.answer_keys)]
    return [_item(one) for one in sorted(held, key=lambda one: one.document.reference)]


def _item(version: DocumentVersion) -> dict[str, Any]:
    one, approval = version.document, version.approval
    return {
        "reference": one.reference,
        "title": one.title,
        "kind": one.get_kind_display(),
        "version": version.number,
        "published": version.published_at,
        "owner": str(one.owner),
        "written_by": str(version.author),
        "approved_by": str(approval.decided_by) if approval and approval.decided_by else "",
        "next_review": one.review_date,
        "what_changed": version.summary,
        "text": version.text,
        "sha256": version.blob_id or "",
        "file_name": version.file_name,
    }
