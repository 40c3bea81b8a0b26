"""Which obligations rely on which controls, told to the statement of applicability (ISO/IEC 27001 6.1.3 c, d)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from compliance.registers.models import RowLink
from compliance.registers.past import streams_of
from controls.claims import Links, claim


def _rows(scope: Organisation | Project) -> QuerySet[RowLink]:
    rows = RowLink.objects.filter(target="control", row__register="obligations", row__retired_date__isnull=True)
    return rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)


@claim("obligation", label="Obligations", links=Links(_rows, "target_id"))
def obligations_by_control(scope: Organisation | Project, at: datetime | None = None) -> Mapping[UUID, Sequence[str]]:
    """The references of obligations in force by the control that meets them."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for control, reference in _links(scope) if at is None else _past_links(scope, at):
        found[control].append(reference)
    return found


def _links(scope: Organisation | Project) -> list[tuple[UUID, str]]:
    return list(_rows(scope).values_list("target_id", "row__reference"))


def _past_links(scope: Organisation | Project, at: datetime) -> list[tuple[UUID, str]]:
    links = as_of(RowLink, at, stream=streams_of(scope)).filter(target="control").instances("row")
    return [
        (link.target_id, link.row.reference)
        for link in links
        if link.row.register == "obligations" and link.row.retired_date is None
    ]
