"""How the documents the standards ask for stand in an organisation, at a moment."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.ledger import as_of
from compliance.projects.models import Organisation
from controls.addresses import address
from controls.models import Document, DocumentVersion, PiiRole, Statement, VersionState
from controls.required import FRAMEWORKS, REQUIRED, Kept, Required, Standing, best, keepers


@dataclass(frozen=True)
class Line:
    """A required document with what answers to it."""

    required: Required
    framework: str
    clause: str
    kept: list[Kept]
    kept_here: bool

    @property
    def standing(self) -> Standing:
        return best(self.kept)


def required_lines(organisation: Organisation, at: datetime) -> list[Line]:
    """Every required document of the frameworks the organisation keeps statements for; ISO/IEC 27001 always.

    What a room keeps that is not part of this installation counts as missing until a document is named for it.
    """
    statements = as_of(Statement, at, stream=organisation.stream).instances("edition")
    editions = {one.edition.key: one.pii_role for one in statements}
    by_key = _documents(organisation, at)
    asked: dict[str, list[Kept]] = {}
    found = []
    for framework, about in FRAMEWORKS.items():
        held = [key for key in about["editions"] if key in editions]
        if framework != "isms" and not held:
            continue
        roles = {editions[key] for key in held}
        for one in REQUIRED.values():
            if framework not in one.refs or not _binds(one, roles):
                continue
            if one.by and one.by not in asked:
                asked[one.by] = keepers[one.by](organisation, at) if one.by in keepers else []
            kept = [*asked.get(one.by, []), *by_key.get(one.key, [])]
            clause = one.cited(framework, earlier=bool(held) and held[0] != about["editions"][0])
            found.append(Line(one, framework, clause, kept, not one.by))
    return found


def _binds(one: Required, roles: set[str]) -> bool:
    """Whether a document asked of one role is asked of an organisation in these; one that says none is in both."""
    said = roles - {"", PiiRole.BOTH}
    return not one.role or not said or PiiRole.BOTH in roles or one.role in said


def _documents(organisation: Organisation, at: datetime) -> dict[str, list[Kept]]:
    """The documents of the register by the required ones they are."""
    documents = as_of(Document, at, stream=organisation.stream).exclude(answers="").instances()
    versions: dict[object, list[DocumentVersion]] = {}
    found = as_of(DocumentVersion, at, stream=organisation.stream).filter(document_id__in=[one.pk for one in documents])
    for version in found.instances("approval__decided_by"):
        versions.setdefault(version.document_id, []).append(version)
    kept: dict[str, list[Kept]] = {}
    for document in documents:
        held = kept_as(document, versions.get(document.pk, []), at.date(), organisation)
        for key in document.answer_keys:
            kept.setdefault(key, []).append(held)
    return kept


def kept_as(document: Document, versions: list[DocumentVersion], day: date, organisation: Organisation) -> Kept:
    """A document as it stands: by its published version, else by what is being written."""
    published = next((one for one in versions if one.state == VersionState.PUBLISHED), None)
    living = [one for one in versions if one.state not in {VersionState.WITHDRAWN, VersionState.SUPERSEDED}]
    url = address(organisation, "document", document.reference)
    if published is None:
        newest = max((one.number for one in living), default=0)
        standing = Standing.DRAFT if living else Standing.MISSING
        return Kept(standing, document.title, document.reference, str(newest or ""), url=url)
    approval = published.approval
    return Kept(
        Standing.OVERDUE if document.is_overdue(day) else Standing.CURRENT,
        document.title,
        document.reference,
        str(published.number),
        str(approval.decided_by) if approval and approval.decided_by else "",
        approval.decided_at if approval else None,
        document.review_date,
        url,
    )
