"""Which scopes a register of this room belongs to, and where the records it links to stand."""

from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.ui.addresses import filled

Scope = Organisation | Project

PROJECT = ("project",)
BOTH = ("organisation", "project")
ORGANISATION = ("organisation",)
TESTED = (("passed", "Passed"), ("failed", "Failed"), ("not_tested", "Not tested"))


def risk_url(scope: Scope, risk: Any) -> str:
    """Where a risk is read from a scope."""
    if risk.project_id and isinstance(scope, Project):
        return filled("risks:risk", scope.slug, risk.reference)
    return risk.get_absolute_url()


def organisation_of(scope: Scope) -> Organisation:
    """The organisation a scope is, or belongs to."""
    return scope.organisation if isinstance(scope, Project) else scope


def party_url(scope: Scope, party: Any) -> str:
    """Where a party is read from a scope."""
    return filled("dataflows:party", organisation_of(scope).slug, party.reference)


def takes_payments(scope: Scope) -> bool:
    """Whether an app of the scope takes payments or carries payment data."""
    if isinstance(scope, Project):
        return scope.takes_payments
    return Project.objects.in_organisation(scope).filter(takes_payments=True).exists()
