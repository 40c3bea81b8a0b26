"""What falls due of documents and the scope: reviews, decisions, and reading."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Value

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, Dues, Several, ahead, personal_reminder, reminder, said
from controls.addresses import address
from controls.models import Document, ScopeStatement
from controls.services.reading import readings

Scope = Organisation | Project


@reminder("document-reviews", kind="document")
def document_reviews(scope: Scope, at: datetime) -> Several:
    """Documents and the scope to be looked at again."""
    if isinstance(scope, Project):
        return Several()
    documents = Document.objects.in_organisation(scope).in_force().filter(review_date__lte=ahead(at))
    scopes = ScopeStatement.objects.in_organisation(scope).in_force().filter(review_date__lte=ahead(at))
    return Several(
        [
            Dues(documents, "review_date", said(F("title"), ": review"), _document, "owner"),
            Dues(scopes, "review_date", Value("Scope: review"), _scope),
        ]
    )


def _document(scope: Scope, where: str, key: str) -> str:
    return address(scope, "document", key)


def _scope(scope: Scope, where: str, key: str) -> str:
    return address(scope, "scope")


@reminder("document-reading", kind="document")
def reading_due(scope: Scope, at: datetime) -> Iterator[Due]:
    """Documents not everybody has confirmed: one line each, for their owner."""
    if isinstance(scope, Project):
        return
    for one in readings(scope, at):
        if one.waiting and one.due is not None:
            document = one.version.document
            title = f"{document.title}: {one.done} of {one.total} have confirmed"
            url = address(scope, "document", document.reference)
            yield Due(title, url, one.due.date(), document.owner, document.reference)


@personal_reminder("documents-to-read", kind="document")
def documents_to_read(user: User, organisation: Organisation, at: datetime) -> Iterator[Due]:
    """What this person has still to read and confirm."""
    for one in readings(organisation, at):
        if user.pk in one.waiting and one.due is not None:
            document = one.version.document
            url = address(organisation, "document", document.reference)
            yield Due(f"{document.title}: read and confirm", url, one.due.date(), user, document.reference)
