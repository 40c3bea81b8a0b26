"""Organisations and projects: made and changed here."""

from typing import Any

from django.utils.text import slugify

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.ledger.models import open_stream
from compliance.projects.models import Organisation, Project
from compliance.projects.services.membership import grant_role


def free_slug(model: type[Any], name: str) -> str:
    """A slug nobody has yet."""
    base = slugify(name)[:50] or "untitled"
    slug, number = base, 1
    while model.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def create_organisation(
    *, name: str, by: User | str, admin: User, reason: str = "", demonstration: bool = False, **details: Any
) -> Organisation:
    """Make an organisation with its stream and its first admin.

    Only an organisation made as a demonstration may hold simulated time; that is decided here, once.
    """
    with change(by=by, reason=reason):
        organisation = Organisation(
            name=name, slug=free_slug(Organisation, name), demonstration=demonstration, **details
        )
        open_stream(organisation.stream, simulated=demonstration)
        organisation.save()
        grant_role(user=admin, role="organisation_admin", scope=organisation, by=_granter(by, admin), reason=reason)
    return organisation


def _granter(by: User | str, admin: User) -> User | str:
    """The first admin of a new organisation is put in place by the installation, not by themselves."""
    return "create_organisation" if by == admin else by


def update_organisation(*, organisation: Organisation, by: User, reason: str = "", **fields: Any) -> Organisation:
    """Change an organisation's particulars; slug and demonstration mark stay."""
    return write_row(organisation, {"slug", "demonstration", "id"}, by, reason, fields)


def write_row(row: Any, fixed: set[str], by: User | str, reason: str, fields: dict[str, Any]) -> Any:
    for name in fixed & set(fields):
        raise Refused(f"The {name} of {row} does not change.")
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
    return row


def create_project(
    *, organisation: Organisation, name: str, by: User | str, reason: str = "", **details: Any
) -> Project:
    """Make a project with its stream; people with a role in the whole organisation can open it at once."""
    with change(by=by, reason=reason):
        project = Project(organisation=organisation, name=name, slug=free_slug(Project, name), **details)
        open_stream(project.stream, parent=organisation.stream, simulated=organisation.demonstration)
        project.save()
    return project


def update_project(*, project: Project, by: User, reason: str = "", **fields: Any) -> Project:
    """Change a project's particulars; its slug and organisation stay."""
    return write_row(project, {"slug", "organisation", "id"}, by, reason, fields)
