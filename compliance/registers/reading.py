"""What the page of a line shows besides its columns: facts, links with their names, lines below with their trend."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from compliance.projects.models import Organisation, Project
from compliance.registers.addresses import address
from compliance.registers.declaration import RegisterType, children_of
from compliance.registers.linkable import linkables
from compliance.registers.models import RegisterRow
from compliance.registers.models.row import plain
from compliance.ui.pictures import Trend, trend

Scope = Organisation | Project
SHOWN_BELOW = 20
DRAWN = 60


def facts_shown(row: RegisterRow) -> list[dict[str, Any]]:
    """The fields of a line that say something, in order."""
    return [
        {"label": one.label, "kind": one.kind, "value": said, "unit": one.unit, "long": one.long}
        for one in row.declared.fields
        if (said := row.said(one.key)) not in (None, "")
    ]


def links_shown(row: RegisterRow, scope: Scope, can: Any) -> list[dict[str, Any]]:
    """The linked records by kind; those whose kind the person may not view stay away. A query for each kind."""
    ids: dict[str, list[UUID]] = {}
    for link in row.links.all():
        ids.setdefault(link.target, []).append(link.target_id)
    shown = []
    for kind in linkables:
        if kind.key in ids and getattr(can, kind.kind).view:
            named = kind.named(scope, ids[kind.key])
            found = sorted(named.values(), key=lambda one: one.reference)
            shown.append({"label": kind.label, "targets": found})
    return shown


def children_shown(row: RegisterRow, scope: Scope, can: Any) -> list[dict[str, Any]]:
    """The registers below with the newest lines of this one, and a picture where one is declared."""
    shown = []
    for register in children_of(row.declared):
        day = register.day.column if register.day else "reference"
        rows = RegisterRow.objects.of(register).live().filter(parent=row).select_related("owner")
        newest = list(rows.order_by(F(day).desc(nulls_last=True), "-reference")[:DRAWN])
        shown.append(
            {
                "register": register,
                "rows": [_line(register, one, scope) for one in newest[:SHOWN_BELOW]],
                "more": len(newest) > SHOWN_BELOW,
                "picture": trend_of(register, newest, row),
                "list_url": address(scope, "register", register.key),
                "add_url": f"{address(scope, 'row_add', register.key)}?under={row.reference}" if can.edit else "",
            }
        )
    return shown


def _line(register: RegisterType, row: RegisterRow, scope: Scope) -> dict[str, Any]:
    day, number = _point(register, row)
    url = address(scope, "row", register.key, row.reference)
    return {"row": row, "url": url, "day": day, "number": plain(number)}


def trend_of(register: RegisterType, rows: list[RegisterRow], above: RegisterRow) -> Trend | None:
    """The numbers of a register below along its days; a target of the line above is drawn beside them."""
    if not register.trend or register.day is None:
        return None
    points = sorted(
        (day, float(number)) for row in rows for day, number in [_point(register, row)] if day and number is not None
    )
    if len(points) < 2:
        return None
    keys = register.trend_of
    label = register.by_key[keys[0]].label if len(keys) == 1 else f"{register.by_key[keys[0]].label}, %"
    series = {label: points}
    target = above.declared.by_key.get("target")
    if target is not None and target.kind == "number" and (wanted := plain(above.value("target"))) is not None:
        series["Target"] = [(points[0][0], float(wanted)), (points[-1][0], float(wanted))]
    return trend(series, id=f"trend-{above.reference.lower()}", title=above.title)


def _point(register: RegisterType, row: RegisterRow) -> tuple[date | None, Any]:
    day = row.value(register.day.key) if register.day else None
    numbers = [row.value(key) for key in register.trend_of]
    if len(numbers) == 2:
        part, whole = numbers
        return day, round(100 * part / whole, 1) if part is not None and whole else None
    return day, numbers[0] if numbers else None
