"""What cells of this room's sheets may name, by the names they go by there."""

from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import Implementation, Requirement


def people(scope: Organisation | Project) -> dict[str, User]:
    """Everybody who holds or held a role in the organisation, by mail address."""
    organisation, _ = split(scope)
    found = User.objects.filter(memberships__organisation=organisation).distinct()
    return {person.email.casefold(): person for person in found}


def implementations(scope: Organisation | Project) -> dict[str, Implementation]:
    """What is at work for the scope, by reference."""
    rows = Implementation.objects.select_related("control")
    rows = rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    return {row.reference.casefold(): row for row in rows}


def requirements(scope: Organisation | Project) -> dict[str, Requirement]:
    """Every requirement in force, by its citation, and by the key of its edition and its number."""
    found: dict[str, Requirement] = {}
    for row in Requirement.objects.visible_in(split(scope)[0]).live().select_related("edition"):
        found[row.citation.casefold()] = found[f"{row.edition.key} {row.ref}".casefold()] = row
    return found


def owned(rows: Any, scope: Organisation | Project) -> Any:
    """The rows of the scope itself: a project's own, or everything of an organisation."""
    return rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
