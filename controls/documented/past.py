"""Documents and scope as they stood at a moment, read from the sealed history only."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from compliance.ledger import as_of
from compliance.projects.models import Organisation
from controls.models import Acknowledgement, Document, DocumentVersion, ScopeProject, ScopeState, ScopeStatement


def documents_at(organisation: Organisation, at: datetime) -> list[tuple[Document, list[DocumentVersion]]]:
    """Every document with its versions, newest first."""
    documents = as_of(Document, at, stream=organisation.stream).instances("owner")
    versions: dict[UUID, list[DocumentVersion]] = defaultdict(list)
    for one in as_of(DocumentVersion, at, stream=organisation.stream).instances("author", "approval__decided_by"):
        versions[one.document_id].append(one)
    return [(one, sorted(versions[one.pk], key=lambda version: -version.number)) for one in documents]


def confirmations_at(organisation: Organisation, at: datetime) -> dict[UUID, int]:
    """How many people had confirmed each version."""
    found: dict[UUID, int] = defaultdict(int)
    for one in as_of(Acknowledgement, at, stream=organisation.stream):
        found[one.version_read_id] += 1
    return found


def scope_at(organisation: Organisation, at: datetime) -> ScopeStatement | None:
    """The scope in force."""
    rows = as_of(ScopeStatement, at, stream=organisation.stream).filter(state=ScopeState.APPROVED)
    return rows.first("author", "approval__decided_by")


def projects_in(scope: ScopeStatement, at: datetime) -> list[ScopeProject]:
    """The projects a version of the scope held."""
    return as_of(ScopeProject, at, stream=scope.stream).filter(scope_id=scope.pk).instances("project")
