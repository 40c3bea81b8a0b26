"""`verify_ledger` names the row, whatever was changed behind the application's back."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection

from compliance.accounts.models import User
from compliance.ledger import change, guard
from compliance.ledger.keys import make_signing_key
from compliance.ledger.sealing import seal
from compliance.ledger.verification import verify
from compliance.projects.models import Project


@pytest.fixture
def sealed(stridewell: Project, korvo: Project, mara: User) -> Project:
    with change(by=mara, reason="For the record"):
        stridewell.summary = "A coach"
        stridewell.save()
    make_signing_key()
    seal()
    return stridewell


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def doubts() -> list[str]:
    return [str(finding) for finding in verify()]


def attack(*statements: str) -> list[str]:
    """What verification says after an attacker took the triggers away, did it, and put them back."""
    lift()
    sql(*statements)
    connection.check_constraints()
    guard.install()
    return doubts()


def lift() -> None:
    """PostgreSQL alters no table that still has deferred checks to make."""
    connection.check_constraints()
    guard.lift()


def test_an_untouched_ledger_has_no_doubts(sealed: Project) -> None:
    assert doubts() == []
    call_command("verify_ledger", verbosity=0)


def test_the_command_exits_1_and_names_the_row(sealed: Project, capsys: pytest.CaptureFixture[str]) -> None:
    attack("UPDATE projects_project SET name = 'Forged' WHERE reference = 'P-001'")

    with pytest.raises(SystemExit) as stop:
        call_command("verify_ledger")

    assert stop.value.code == 1
    said = "DOUBT  projects_project P-001: differs from its newest history row"
    assert capsys.readouterr().err.splitlines()[0] == said


NEWEST = "(SELECT max(history_id) FROM projects_historicalproject WHERE reference = 'P-001')"
ENTRY = "(SELECT max(id) FROM ledger_entry WHERE model = 'projects.project')"
TAMPERINGS: dict[str, tuple[tuple[str, ...], Callable[[str], bool]]] = {
    "a history row is changed": (
        (f"UPDATE projects_historicalproject SET summary = 'forged' WHERE history_id = {NEWEST}",),
        lambda said: "projects.project history row" in said and "(P-001): was changed after it was sealed" in said,
    ),
    "a history row is back-dated": (
        (f"UPDATE projects_historicalproject SET history_date = '2001-01-01 00:00:00' WHERE history_id = {NEWEST}",),
        lambda said: "(P-001): was changed after it was sealed" in said,
    ),
    "a history row is deleted": (
        (f"DELETE FROM projects_historicalproject WHERE history_id = {NEWEST}",),
        lambda said: "(P-001): is gone; ledger entry" in said,
    ),
    "a live row is changed": (
        ("UPDATE projects_project SET summary = 'forged' WHERE reference = 'P-001'",),
        lambda said: "projects_project P-001: differs from its newest history row" in said,
    ),
    "a live row is changed and the history with it": (
        (
            "UPDATE projects_project SET summary = 'forged' WHERE reference = 'P-001'",
            f"UPDATE projects_historicalproject SET summary = 'forged' WHERE history_id = {NEWEST}",
        ),
        lambda said: "(P-001): was changed after it was sealed" in said,
    ),
    "an entry is given to somebody else": (
        (f"UPDATE ledger_entry SET actor = 'user:somebody' WHERE id = {ENTRY}",),
        lambda said: "it no longer tells what the row tells" in said,
    ),
    "a leaf is changed": (
        (f"UPDATE ledger_leaf SET hash = '{'0' * 64}' WHERE entry_id = {ENTRY}",),
        lambda said: "was changed after it was sealed" in said,
    ),
    "a leaf is deleted": (
        ("DELETE FROM ledger_leaf WHERE seq = 0 AND stream LIKE 'project:%'",),
        lambda said: ": is gone: the ledger goes on at" in said,
    ),
    "a head is changed": (
        ("UPDATE ledger_logleaf SET body = '{}' WHERE index = 0".replace("index", '"index"'),),
        lambda said: "instance log leaf 0: was changed" in said,
    ),
    "a checkpoint is changed": (
        ("UPDATE ledger_checkpoint SET note = replace(note, 'assay', 'other')",),
        lambda said: "checkpoint" in said,
    ),
    "the tail is cut off": (
        ('DELETE FROM ledger_logleaf WHERE "index" = (SELECT max("index") FROM ledger_logleaf)',),
        lambda said: "vouches for more than the log holds" in said,
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_named(name: str, sealed: Project) -> None:
    statements, expected = TAMPERINGS[name]

    found = attack(*statements)

    assert [said for said in found if expected(said)] != []


def test_missing_triggers_are_a_doubt(sealed: Project) -> None:
    lift()

    assert doubts()[0].endswith("triggers are missing: changes could pass unseen")
    guard.install()


def test_a_row_put_in_without_triggers_has_no_entry(sealed: Project) -> None:
    columns = ", ".join(
        f'"{field.column}"' for field in Project.history.model._meta.concrete_fields if field.name != "history_id"
    )
    found = attack(
        f"INSERT INTO projects_historicalproject ({columns}) SELECT {columns} FROM projects_historicalproject "
        f"WHERE history_id = {NEWEST}"
    )

    assert [said for said in found if said.endswith("has no ledger entry: it was put in afterwards")] != []
