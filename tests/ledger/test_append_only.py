"""History and ledger tables refuse UPDATE and DELETE in the database itself."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction

from compliance.ledger import guard
from compliance.ledger.keys import make_signing_key
from compliance.ledger.sealing import seal
from compliance.projects.models import Project

COLUMNS = {
    "projects_historicalproject": "name",
    "ledger_entry": "actor",
    "ledger_leaf": "hash",
    "ledger_logleaf": "body",
    "ledger_checkpoint": "note",
    "ledger_fieldlist": "digest",
    "ledger_stream": "parent",
    "ledger_due": "tbl",
    "ledger_done": "history_id",
}


@pytest.fixture
def sealed(stridewell: Project) -> Project:
    make_signing_key()
    seal()
    return stridewell


@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
@pytest.mark.parametrize("table", COLUMNS)
def test_the_database_itself_refuses(table: str, statement: str, sealed: Project) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, COLUMNS[table]))


def test_replacing_rows_is_refused(sealed: Project) -> None:
    table = "projects_historicalproject"
    statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    if connection.vendor == "postgresql":
        statement = f"TRUNCATE {table}"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_lifted_triggers_are_noticed_and_put_back(sealed: Project) -> None:
    connection.check_constraints()
    guard.lift()
    assert len(guard.missing()) > 100
    assert [error.id for error in guard.check_installed(None, ["default"])] == ["ledger.E001"]
    with pytest.raises(SystemCheckError, match="history guard is incomplete"):
        call_command("check", databases=["default"])

    guard.install()

    assert guard.missing() == []


def test_a_second_install_changes_nothing(sealed: Project, django_assert_num_queries: object) -> None:
    with connection.execute_wrapper(lambda run, sql, *rest: pytest.fail(sql) if "CREATE" in sql else run(sql, *rest)):
        guard.install()


def test_the_commands_that_clean_history_are_refused(sealed: Project) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        call_command("clean_old_history", "projects.Project", "--days", "-1", verbosity=0)
