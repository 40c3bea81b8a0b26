"""Rows of registers as they stood at a moment, read from the sealed history only."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import RegisterType
from compliance.registers.models import RegisterRow, RowLink

Scope = Organisation | Project


def streams_of(scope: Scope) -> list[str]:
    """The histories a scope reads: a project its own and its organisation's, an organisation those of its projects."""
    if isinstance(scope, Project):
        return [scope.organisation.stream, scope.stream]
    keys = Project.objects.in_organisation(scope).values_list("pk", flat=True)
    return [scope.stream, *(f"project:{key}" for key in keys)]


def rows_at(declared: RegisterType, scope: Scope, at: datetime) -> list[RegisterRow]:
    """The lines in use of a register, in the order of their references."""
    rows = as_of(RegisterRow, at, stream=streams_of(scope)).filter(register=declared.key, retired_date__isnull=True)
    return rows.instances("owner", "parent", "person_1", "person_2")


def links_at(scope: Scope, at: datetime) -> dict[UUID, list[str]]:
    """The references every line of the scope was linked to."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for link in as_of(RowLink, at, stream=streams_of(scope)).instances():
        found[link.row_id].append(link.target_reference)
    return {row: sorted(references) for row, references in found.items()}
