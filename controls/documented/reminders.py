"""What falls due of documents and the scope: reviews, decisions, and reading."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, personal_reminder, reminder
from controls.addresses import address
from controls.models import Document, ScopeStatement
from controls.services.reading import readings

Scope = Organisation | Project
AHEAD = timedelta(days=60)


@reminder("document-reviews", kind="document")
def document_reviews(scope: Scope, at: datetime) -> Iterator[Due]:
    """Documents and the scope to be looked at again."""
    if isinstance(scope, Project):
        return
    until = at.date() + AHEAD
    documents = Document.objects.in_organisation(scope).in_force().filter(review_date__lte=until)
    for row in documents.select_related("owner").order_by("review_date"):
        url = address(scope, "document", row.reference)
        yield Due(f"{row.title}: review", url, row.review_date, row.owner, row.reference)
    for one in ScopeStatement.objects.in_organisation(scope).in_force().filter(review_date__lte=until):
        yield Due("Scope: review", address(scope, "scope"), one.review_date, None, one.reference)


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
