"""Documents are written, put forward, approved by somebody else, published, and looked at again here."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import decide, request_approval
from compliance.approvals.writers import writers_of
from compliance.files import store as files
from compliance.ledger import Refused, change, governed, need_reason
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation
from controls.models import DOCUMENT_MOVES, UNFINISHED, Document, DocumentVersion, VersionState
from controls.required import REQUIRED
from controls.services.evidence import Upload

PURPOSE = "document"
LONGEST_TEXT = 200_000
FACTS = ("title", "kind", "classification", "owner", "audience", "acknowledge_days", "review_months", "answers")


@dataclass(frozen=True)
class Draft:
    """What a version says: text written here or a file, and what changed since the version before."""

    summary: str
    text: str = ""
    upload: Upload | None = None


def add_document(
    *, organisation: Organisation, about: Mapping[str, Any], draft: Draft, by: User, reason: str = ""
) -> Document:
    """Enter a document with its first draft. Raises Refused."""
    document = Document(organisation=organisation)
    _put(document, about)
    _check_draft(draft, None)
    with change(by=by, reason=reason):
        document.save()
        _add_version(document, 1, draft, by)
    return document


def edit_document(*, document: Document, about: Mapping[str, Any], by: User, reason: str = "") -> Document:
    """Change what is said about a document: owner, audience, cadence, which required documents it is."""
    _put(document, about)
    with change(by=by, reason=reason):
        document.save()
    return document


def draft_version(*, document: Document, draft: Draft, by: User, reason: str = "") -> DocumentVersion:
    """Begin the next version; the published one stays in force until it is published."""
    last = document.versions.order_by("-number").first()
    if last is not None and last.state in UNFINISHED:
        raise Refused(f"{last} is not finished: go on with it, or withdraw it first.")
    _check_draft(draft, None)
    with change(by=by, reason=reason):
        return _add_version(document, last.number + 1 if last else 1, draft, by)


def edit_version(*, version: DocumentVersion, draft: Draft, by: User, reason: str = "") -> DocumentVersion:
    """Change a draft; whoever writes it becomes its author."""
    if version.state != VersionState.DRAFT:
        raise Refused(f"{version} is {_said(version)}: only a draft is changed. Begin a new version.")
    _check_draft(draft, version)
    with change(by=by, reason=reason):
        _write(version, draft, by)
        version.save()
    return version


def submit_version(*, version: DocumentVersion, by: User, reason: str = "") -> DocumentVersion:
    """Put a draft before somebody else."""
    _check_move(version, VersionState.REVIEW)
    with change(by=by, reason=reason or "Put forward for approval"):
        version.approval = request_approval(
            subject=version, purpose=PURPOSE, facts=version.facts(), scope=version.document.organisation, by=by
        )
        version.state = VersionState.REVIEW
        version.save()
    return version


@governed("Say what was read and why")
def decide_version(*, version: DocumentVersion, approve: bool, by: User, reason: str) -> DocumentVersion:
    """Approve, or send back to be changed; by nobody who wrote it or put it forward, whatever their role."""
    to = VersionState.APPROVED if approve else VersionState.DRAFT
    _check_move(version, to)
    if version.approval is None:
        raise Refused(f"{version} was never put forward: put it forward first.")
    with change(by=by, reason=reason):
        authors = (version.author, *writers_of(version))
        decide(approval=version.approval, approve=approve, facts=version.facts(), by=by, reason=reason, authors=authors)
        version.state = to
        version.save()
    return version


def publish_version(*, version: DocumentVersion, by: User, reason: str = "") -> DocumentVersion:
    """Put an approved version in force: the one before it is superseded, and the next review follows."""
    _check_move(version, VersionState.PUBLISHED)
    if version.approval is None or version.approval.is_outdated(version.facts()):
        raise Refused(f"What was approved of {version} differs from what it says now: withdraw it and begin a new one.")
    now = simulated_moment() or timezone.now()
    document = version.document
    with change(by=by, reason=reason or "Published"):
        for older in document.versions.filter(state=VersionState.PUBLISHED):
            older.state = VersionState.SUPERSEDED
            older.save()
        version.state, version.published_at = VersionState.PUBLISHED, now
        version.save()
        document.review_date = months_after(now.date(), document.review_months)
        document.save()
    return version


@governed("Say why the version is withdrawn")
def withdraw_version(*, version: DocumentVersion, by: User, reason: str) -> DocumentVersion:
    """Take a version out of use; it stays readable, with its history."""
    _check_move(version, VersionState.WITHDRAWN)
    with change(by=by, reason=reason):
        version.state = VersionState.WITHDRAWN
        version.save()
        if version.published_at:
            version.document.review_date = None
            version.document.save()
    return version


@governed("Say what was looked at")
def review_document(*, document: Document, by: User, reason: str, next_date: date | None = None) -> Document:
    """Say that the published version is right as it stands; the next review follows from the cadence."""
    if not document.versions.filter(state=VersionState.PUBLISHED).exists():
        raise Refused(f"{document.reference} has no published version to review: publish one first.")
    now = (simulated_moment() or timezone.now()).date()
    following = next_date or months_after(now, document.review_months)
    if following <= now:
        raise Refused("The next review has to be after today.")
    with change(by=by, reason=reason):
        document.review_date = following
        document.save()
    return document


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def _put(document: Document, about: Mapping[str, Any]) -> None:
    for name in set(about) - set(FACTS):
        raise Refused(f"The {name} of a document is not set here.")
    for name, value in about.items():
        setattr(document, name, value)
    need_reason(document.title, "Give the document a title")
    unknown = [key for key in document.answer_keys if key not in REQUIRED]
    if unknown:
        raise Refused(f"{unknown[0]} is no required document: choose from the list.")
    if not 1 <= document.review_months <= 60:
        raise Refused("Review a document every 1 to 60 months.")


def _check_draft(draft: Draft, version: DocumentVersion | None) -> None:
    if not draft.summary.strip():
        raise Refused("Say what changed: First version will do for the first.")
    if len(draft.text) > LONGEST_TEXT:
        raise Refused(
            f"A text has at most {LONGEST_TEXT} characters; this has {len(draft.text)}. Hand it in as a file."
        )
    if draft.upload:
        try:
            files.inspect(draft.upload.stream, limit=settings.ASSAY_EVIDENCE_MAX_BYTES, name=draft.upload.name)
        except files.FileRefused as refused:
            raise Refused(str(refused)) from refused
    elif not draft.text.strip() and (version is None or version.blob_id is None):
        raise Refused("Write the text, or hand in a file.")


def _add_version(document: Document, number: int, draft: Draft, by: User) -> DocumentVersion:
    version = DocumentVersion(organisation_id=document.organisation_id, document=document, number=number)
    _write(version, draft, by)
    version.save()
    return version


def _write(version: DocumentVersion, draft: Draft, by: User) -> None:
    version.author, version.summary, version.text = by, draft.summary.strip(), draft.text
    if draft.upload:
        limit = settings.ASSAY_EVIDENCE_MAX_BYTES
        version.blob = files.store(draft.upload.stream, limit=limit, name=draft.upload.name)
        version.file_name = draft.upload.name[-255:]


def _check_move(version: DocumentVersion, to: str) -> None:
    if to not in DOCUMENT_MOVES[version.state]:
        raise Refused(f"{version} is {_said(version)}: it cannot become {VersionState(to).label.lower()} from there.")


def _said(version: DocumentVersion) -> str:
    return version.get_state_display().lower()
