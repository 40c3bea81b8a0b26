"""Whatever leaves the house leaves an entry."""

from compliance.accounts.models import User
from compliance.files.models import Disclosure
from compliance.ledger import change
from compliance.projects.models import Organisation, Project


def record_disclosure(
    *,
    scope: Organisation | Project,
    name: str,
    page: str,
    by: User | str,
    reason: str = "",
    subject: str = "",
    asked: str = "",
    size: int | None = None,
    sha256: str = "",
) -> Disclosure:
    """Write that a file of this scope was handed out; pages do it by themselves (`middleware.Disclosures`)."""
    project = scope if isinstance(scope, Project) else None
    with change(by=by, reason=reason):
        row = Disclosure(
            organisation=scope.organisation if isinstance(scope, Project) else scope,
            project=project,
            name=name[:160],
            page=page[:80],
            subject=subject[:64],
            asked=asked[:500],
            size=size,
            sha256=sha256,
        )
        row.save()
    return row
