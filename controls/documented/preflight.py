"""What auditors reject in the scope, found before a pack is issued."""

from datetime import datetime

from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.documented.past import projects_in, scope_at


@check("PF01", level=Level.BLOCK, part="statement")
def pack_is_inside_the_scope(scope: Organisation | Project, at: datetime, period: Period) -> list[Finding]:
    """The approved scope is as it was approved, and holds the project the pack is about."""
    organisation = scope.organisation if isinstance(scope, Project) else scope
    found = scope_at(organisation, at)
    if found is None:
        return []
    url, findings = address(organisation, "scope"), []
    if isinstance(scope, Project) and scope.pk not in {link.project_id for link in projects_in(found, at)}:
        text = f"{scope.name} is not among the projects of the approved scope {found.reference}."
        findings.append(Finding("PF01", Level.BLOCK, text, url, "Take it into a new version of the scope."))
    if found.review_date and found.review_date < at.date():
        text = f"The review of the scope {found.reference} was due on {found.review_date:%-d %b %Y}."
        findings.append(Finding("PF01", Level.WARN, text, url, "Review the scope."))
    return findings
