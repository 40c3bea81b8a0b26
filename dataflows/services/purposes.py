"""What a record is done for: rows of purpose, people and basis, written as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from dataflows.models import ActivityPurpose, InterestAssessment, ProcessingActivity
from dataflows.services.saving import BadValue, save


@dataclass(frozen=True)
class Purpose:
    """A purpose for one category of data subjects (empty: for all of the record), and what it rests on."""

    text: str = ""
    subject: str = ""
    legal_basis: str = ""
    law: str = ""
    article9_condition: str = ""
    article10_law: str = ""
    eprivacy: str = ""
    balancing: InterestAssessment | None = None


NAMES = tuple(one.name for one in fields(Purpose))
Purposes = str | Sequence[Purpose]


def purposes_of(activity: ProcessingActivity) -> list[Purpose]:
    """The present purposes of a record as values."""
    rows = ActivityPurpose.objects.filter(activity=activity).select_related("balancing").order_by("position")
    return [Purpose(**{name: getattr(row, name) for name in NAMES}) for row in rows]


def asked_purposes(known: Sequence[Purpose], said: Purposes | None, fixed: dict[str, Any]) -> list[Purpose] | None:
    """What is to be written: rows as they are; or lines of text, each with the basis it had or the first one's.

    `fixed` holds what shall hold for all of them, e.g. one legal basis; None when nothing is asked.
    """
    if said is None and not fixed:
        return None
    if isinstance(said, str):
        before = {one.text: one for one in known}
        first = known[0] if known else Purpose()
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        rows = [before.get(line) or replace(first, text=line, subject="") for line in lines]
    else:
        rows = list(known if said is None else said)
    if not fixed:
        return rows
    return [replace(row, **fixed) for row in rows or [Purpose()]]


def write_purposes(activity: ProcessingActivity, wanted: Sequence[Purpose]) -> None:
    """Make the rows what is asked; unchanged ones stay. Raises BadValue."""
    found = {row.position: row for row in ActivityPurpose.objects.filter(activity=activity)}
    for position, one in enumerate(wanted, 1):
        _check(activity, one)
        row = found.pop(position, None) or ActivityPurpose(
            organisation=activity.organisation, project=activity.project, activity=activity, position=position
        )
        if row._state.adding or any(getattr(row, name) != getattr(one, name) for name in NAMES):
            for name in NAMES:
                setattr(row, name, getattr(one, name))
            save(row)
    for row in found.values():
        row.delete()


def _check(activity: ProcessingActivity, one: Purpose) -> None:
    if one.balancing is None:
        return
    if one.balancing.organisation_id != activity.organisation_id:
        raise BadValue("Balancing: choose one of the same organisation.")
    if one.legal_basis != "legitimate_interests":
        raise BadValue(f"Balancing: {one.balancing.reference} belongs to a purpose that rests on legitimate interests.")
