"""Rows are written here: added, changed, reviewed, retired, linked; whatever the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import RegisterType
from compliance.registers.linkable import Linkable, Target, linkables
from compliance.registers.models import RegisterRow, RowLink
from compliance.registers.services.values import belonging_to, problems_of

Scope = Organisation | Project
Link = tuple[Linkable, Target]


class RowRefused(Refused):
    """A row that cannot be kept; `problems` has a sentence for each field by its key."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


@dataclass(frozen=True)
class Said:
    """What a row says: its main line, who answers for it, and the fields of its register by key.

    A field that is left out keeps what it says already.
    """

    main: str
    values: Mapping[str, Any] = field(default_factory=dict)
    owner: User | None = None
    review_date: date | None = None
    parent: RegisterRow | None = None


def today() -> date:
    """The day something happens; in a demonstration, the simulated one."""
    return (simulated_moment() or timezone.now()).date()


def add_row(
    *, register: RegisterType, scope: Scope, said: Said, by: User, reason: str = "", links: Iterable[Link] = ()
) -> RegisterRow:
    """Enter a row; without a day for its review, the register's cadence gives one. Raises RowRefused."""
    if ("project" if isinstance(scope, Project) else "organisation") not in register.scopes:
        raise Refused(f"{register.title} are kept elsewhere: in the {register.scopes[0]}.")
    project = scope if isinstance(scope, Project) else None
    organisation = project.organisation if project else scope
    row = RegisterRow(organisation=organisation, project=project, register=register.key)
    _put(row, register, said)
    if row.review_date is None and register.review_days:
        row.review_date = today() + timedelta(days=register.review_days)
    with change(by=by, reason=reason):
        row.save()
        for kind, target in links:
            link_record(row=row, kind=kind, target=target, by=by)
    return row


def edit_row(*, row: RegisterRow, said: Said, by: User, reason: str = "") -> RegisterRow:
    """Change what a row says. Raises RowRefused."""
    _refuse_retired(row)
    _put(row, row.declared, said)
    with change(by=by, reason=reason):
        row.save()
    return row


@governed("Say what was looked at")
def review_row(*, row: RegisterRow, by: User, reason: str, next_date: date | None = None) -> RegisterRow:
    """Say that the row is right as it stands; the next review follows from the cadence unless a day is given."""
    _refuse_retired(row)
    days = row.declared.review_days
    following = next_date or (today() + timedelta(days=days) if days else None)
    if following and following <= today():
        raise RowRefused({"review": "The next review has to be after today."})
    with change(by=by, reason=reason):
        row.reviewed_date, row.reviewed_by, row.review_date = today(), by, following
        row.save()
    return row


@governed("Say why the line is no longer kept up")
def retire_row(*, row: RegisterRow, by: User, reason: str) -> RegisterRow:
    """Take a row out of use; it and its history stay."""
    _refuse_retired(row)
    with change(by=by, reason=reason):
        row.retired_date = today()
        row.save()
    return row


@governed("Say why the line is taken up again")
def reopen_row(*, row: RegisterRow, by: User, reason: str) -> RegisterRow:
    """Take a retired row up again."""
    if row.retired_date is None:
        raise Refused(f"{row.reference} is in use: only a retired line is taken up again.")
    with change(by=by, reason=reason):
        row.retired_date = None
        row.save()
    return row


def link_record(*, row: RegisterRow, kind: Linkable, target: Target, by: User, reason: str = "") -> RowLink:
    """Say that the row is about a record, or shown by it; saying so twice changes nothing."""
    known = row.links.filter(target=kind.key, target_id=target.id).first()
    if known is not None:
        return known
    with change(by=by, reason=reason):
        link = RowLink(
            organisation_id=row.organisation_id,
            project_id=row.project_id,
            row=row,
            target=kind.key,
            target_id=target.id,
            target_reference=target.reference,
        )
        link.save()
    return link


@governed("Say why the link goes")
def unlink_record(*, link: RowLink, by: User, reason: str) -> None:
    """Take a link away; history keeps it."""
    with change(by=by, reason=reason):
        link.delete()


def found_target(register: RegisterType, scope: Scope, reference: str) -> Link:
    """The record of the scope that a reference names, among those the register links to. Raises Refused."""
    for key in register.links:
        if key in linkables and (target := linkables[key].find(scope, reference.strip())) is not None:
            return linkables[key], target
    said = ", ".join(linkables[key].label.lower() for key in register.links if key in linkables)
    raise Refused(f"There is no record {reference.strip()[:40]} to link to: give the reference of {said or 'one'}.")


def _put(row: RegisterRow, register: RegisterType, said: Said) -> None:
    known = {one.key: getattr(row, one.column) for one in register.fields}
    values = {**known, **said.values}
    problems = problems_of(register, main=said.main, values=values, belongs=belonging_to(row.organisation))
    if register.under:
        problems |= _misplaced(row, register, said.parent or row.parent)
    if problems:
        raise RowRefused(problems)
    row.title, row.owner, row.review_date = said.main.strip(), said.owner, said.review_date
    row.parent = said.parent or row.parent
    for key, value in values.items():
        text = register.by_key[key].kind in {"text", "who", "choice"}
        setattr(row, register.by_key[key].column, (value or "").strip() if text else value)


def _misplaced(row: RegisterRow, register: RegisterType, parent: RegisterRow | None) -> dict[str, str]:
    if parent is None or parent.register != register.under or parent.organisation_id != row.organisation_id:
        return {"parent": f"Say which {register.under.replace('-', ' ')} it belongs to."}
    return {}


def _refuse_retired(row: RegisterRow) -> None:
    if row.retired_date:
        raise Refused(f"{row.reference} was retired on {row.retired_date:%-d %b %Y}: take it up again first.")
