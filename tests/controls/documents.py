"""Documents and scopes in the states tests need."""

from io import BytesIO
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from controls.models import Document, DocumentVersion
from controls.services.document import Draft, add_document, decide_version, publish_version, submit_version
from controls.services.evidence import Upload

TEXT = "We protect what people entrust us with.\nEverybody reports incidents."


def write(
    organisation: Organisation, by: User, title: str = "Security policy", upload: bytes = b"", **about: Any
) -> DocumentVersion:
    """The first draft of a document."""
    facts = {"title": title, "owner": by, **about}
    draft = Draft("First version", "" if upload else TEXT, Upload(BytesIO(upload), "policy.pdf") if upload else None)
    made = add_document(organisation=organisation, about=facts, draft=draft, by=by)
    return made.versions.get()


def publish(version: DocumentVersion, by: User, approver: User) -> Document:
    """Put a draft in force."""
    submit_version(version=version, by=by)
    decide_version(version=version, approve=True, by=approver, reason="Read it")
    publish_version(version=version, by=by)
    return version.document
