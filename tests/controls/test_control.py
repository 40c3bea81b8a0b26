"""Controls are reused; an implementation takes one step at a time."""

from datetime import date
from itertools import product

import pytest

from compliance.accounts.models import User
from compliance.ledger import ReasonMissing, Refused, change
from compliance.projects.models import Organisation, Project
from controls.models import MOVES, Control, Implementation, Status
from controls.services.control import (
    CannotMove,
    add_control,
    implement_control,
    move_implementation,
    update_implementation,
)

ALLOWED = [(a, b) for a in MOVES for b in sorted(MOVES[a])]
FORBIDDEN = [(a, b) for a, b in product(Status.values, repeat=2) if b not in MOVES[a]]


def placed(implementation: Implementation, status: str, mara: User) -> Implementation:
    with change(by=mara):
        implementation.status, implementation.statement = status, "By the platform team."
        implementation.planned_date = date(2026, 12, 1)
        implementation.save()
    return implementation


def test_references_count_within_the_organisation(backups: Control, running: Implementation, lumaro, mara) -> None:
    second = add_control(organisation=lumaro, title="Restore tests", by=mara)

    assert (backups.reference, second.reference, running.reference) == ("C-001", "C-002", "CI-001")
    assert (backups.stream, running.stream) == (lumaro.stream, lumaro.stream)


def test_a_title_is_taken_once(backups: Control, lumaro: Organisation, mara: User) -> None:
    with pytest.raises(Refused) as refused:
        add_control(organisation=lumaro, title="Backups", by=mara)

    assert str(refused.value) == "There is already a control called 'Backups': use it, or choose another title."


def test_a_control_is_implemented_once_in_a_scope(
    project_backups: Implementation, running: Implementation, stridewell: Project, ed: User
) -> None:
    assert project_backups.responsibility == "project"
    assert project_backups.stream == stridewell.stream
    with pytest.raises(Refused):
        implement_control(control=project_backups.control, scope=stridewell, owner=ed, by=ed)


def test_a_control_of_another_organisation_is_refused(backups: Control, otto: User) -> None:
    elsewhere = Organisation.objects.get(name="Elsewhere")

    with pytest.raises(Refused):
        implement_control(control=backups, scope=elsewhere, owner=otto, by=otto)


@pytest.mark.parametrize(("start", "to"), ALLOWED)
def test_each_allowed_step_is_taken(start: str, to: str, project_backups: Implementation, mara: User) -> None:
    placed(project_backups, start, mara)

    move_implementation(implementation=project_backups, to=to, by=mara, reason="Decided in the weekly meeting")

    project_backups.refresh_from_db()
    assert project_backups.status == to


@pytest.mark.parametrize(("start", "to"), FORBIDDEN)
def test_each_forbidden_step_is_refused(start: str, to: str, project_backups: Implementation, mara: User) -> None:
    placed(project_backups, start, mara)

    with pytest.raises(CannotMove):
        move_implementation(implementation=project_backups, to=to, by=mara, reason="Tried")

    project_backups.refresh_from_db()
    assert project_backups.status == start


def test_operating_is_not_a_step(project_backups: Implementation, mara: User) -> None:
    placed(project_backups, "implemented", mara)

    with pytest.raises(CannotMove):
        move_implementation(implementation=project_backups, to="operating", by=mara, reason="Looks fine")


def test_planned_needs_a_day_and_implemented_a_statement(project_backups: Implementation, mara: User) -> None:
    with pytest.raises(CannotMove):
        move_implementation(implementation=project_backups, to="planned", by=mara)
    move_implementation(implementation=project_backups, to="in_progress", by=mara)
    with pytest.raises(CannotMove):
        move_implementation(implementation=project_backups, to="implemented", by=mara)


def test_retiring_needs_a_reason(running: Implementation, mara: User) -> None:
    with pytest.raises(ReasonMissing):
        move_implementation(implementation=running, to="retired", by=mara, reason=" ")


def test_the_statement_stays_while_it_is_implemented(running: Implementation, mara: User) -> None:
    with pytest.raises(CannotMove):
        update_implementation(implementation=running, by=mara, statement="")
    with pytest.raises(Refused):
        update_implementation(implementation=running, by=mara, status="retired")
