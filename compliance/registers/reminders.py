"""What falls due in registers: reviews by their cadence, and the days a register declares to fall due."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from compliance.projects.models import Organisation, Project
from compliance.registers.addresses import address
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.tasks.registry import Due, reminder

Scope = Organisation | Project
AHEAD = timedelta(days=60)


@reminder("registers", kind="register")
def lines_due(scope: Scope, at: datetime) -> Iterator[Due]:
    """Lines to review, and lines whose own days run out. One query, whatever the number of registers."""
    until = at.date() + AHEAD
    wanted = Q(review_date__lte=until)
    for declared in register_types:
        for field in declared.fields:
            if field.due:
                wanted |= Q(register=declared.key, **{f"{field.column}__lte": until})
    known = register_types.keys()
    rows = RegisterRow.objects.kept_in(scope).live().filter(wanted, register__in=known)
    for row in rows.select_related("owner").order_by("review_date", "reference"):
        url = address(scope, "row", row.register, row.reference)
        if row.review_date and row.review_date <= until:
            yield Due(f"{row.title}: review", url, row.review_date, row.owner, row.reference)
        for field in row.declared.fields:
            day: Any = getattr(row, field.column) if field.due else None
            if day and day <= until:
                yield Due(f"{row.title}: {field.due}", url, day, row.owner, row.reference)
