"""Controls and their implementations: made, changed and moved here."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Organisation, Project
from controls.models import MOVES, Control, ControlRequirement, Implementation, Requirement, Responsibility, Status

WORDS = dict(Status.choices)


class CannotMove(Refused):
    """The implementation may not take this status now."""


def add_control(*, organisation: Organisation, title: str, by: User | str, reason: str = "", **details: Any) -> Control:
    """Add a control to the organisation's own set; its title is unique there."""
    if Control.objects.in_organisation(organisation).filter(title=title).exists():
        raise Refused(f"There is already a control called {title!r}: use it, or choose another title.")
    with change(by=by, reason=reason):
        control = Control(organisation=organisation, title=title, **details)
        control.save()
    return control


def update_control(*, control: Control, by: User | str, reason: str = "", **fields: Any) -> Control:
    """Change title, description or kind."""
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(control, name, value)
        control.save()
    return control


def implement_control(
    *,
    control: Control,
    scope: Organisation | Project,
    owner: User,
    by: User | str,
    reason: str = "",
    status: str = Status.NOT_STARTED,
    **details: Any,
) -> Implementation:
    """Put a control to work in a scope, once; what already runs may begin as implemented. Raises CannotMove."""
    project = scope if isinstance(scope, Project) else None
    organisation = scope.organisation if isinstance(scope, Project) else scope
    if control.organisation_id != organisation.pk:
        raise Refused(f"{control.reference} belongs to another organisation.")
    if Implementation.objects.filter(control=control, organisation=organisation, project=project).exists():
        raise Refused(f"{control.reference} is already implemented for {scope}: change that implementation.")
    details.setdefault("responsibility", Responsibility.PROJECT if project else Responsibility.COMMON)
    implementation = Implementation(
        organisation=organisation, project=project, control=control, owner=owner, status=status, **details
    )
    _check(implementation, status)
    with change(by=by, reason=reason):
        implementation.save()
    return implementation


def update_implementation(
    *, implementation: Implementation, by: User | str, reason: str = "", **fields: Any
) -> Implementation:
    """Change everything but the status; what a status asks for cannot be taken away from under it."""
    if "status" in fields:
        raise Refused("The status moves by itself: use the step offered on the page.")
    for name, value in fields.items():
        setattr(implementation, name, value)
    _check(implementation, implementation.status)
    with change(by=by, reason=reason):
        implementation.save()
    return implementation


def move_implementation(
    *,
    implementation: Implementation,
    to: str,
    by: User | str,
    reason: str = "",
    planned_date: date | None = None,
) -> Implementation:
    """Take one step of the implementation's life. Raises CannotMove with what is missing."""
    if to not in MOVES[implementation.status]:
        raise CannotMove(
            f"{implementation.reference} is {WORDS[implementation.status].lower()}: "
            f"it cannot become {WORDS.get(to, to).lower()} from there."
        )
    if to in {Status.NEEDS_REMEDIATION, Status.RETIRED}:
        need_reason(reason, f"Say why {implementation.reference} becomes {WORDS[to].lower()}")
    if planned_date is not None:
        implementation.planned_date = planned_date
    _check(implementation, to)
    with change(by=by, reason=reason):
        implementation.status = to
        implementation.save()
    return implementation


def _check(implementation: Implementation, status: str) -> None:
    if status == Status.RETIRED and implementation._state.adding:
        raise CannotMove("A new implementation cannot begin as retired.")
    if status == Status.PLANNED and implementation.planned_date is None:
        raise CannotMove("Planned for when? Give the day by which it will be in place.")
    if status == Status.IMPLEMENTED and not implementation.statement.strip():
        raise CannotMove("Say how it is done before you call it implemented: policy, procedure or system.")


def answer_requirements(
    *, control: Control, requirements: Iterable[Requirement], by: User | str, reason: str = ""
) -> list[ControlRequirement]:
    """Say which requirements a control answers, in addition to those it answers already."""
    known = set(control.requirement_links.values_list("requirement_id", flat=True))
    with change(by=by, reason=reason):
        return ControlRequirement.objects.bulk_create(
            ControlRequirement(organisation_id=control.organisation_id, control=control, requirement=row)
            for row in requirements
            if row.pk not in known
        )


@governed("Say why the control no longer answers the requirement")
def stop_answering(*, link: ControlRequirement, by: User, reason: str) -> None:
    """Take back that a control answers a requirement."""
    with change(by=by, reason=reason):
        link.delete()
