"""The past on PostgreSQL: views in a schema of their own, put before the tables' for one read-only transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction

from compliance.ledger.moment import NotInstalled
from compliance.ledger.past.views import digest, views

SCHEMA = "assay_past"
MOMENT = "(current_setting('assay.at')::timestamptz)"
ENTER = (
    "SELECT obj_description(to_regnamespace(%s), 'pg_namespace'), "
    "set_config('assay.at', %s, true), set_config('search_path', %s || ', ' || current_setting('search_path'), true), "
    "set_config('transaction_read_only', 'on', true), "
    "set_config('jit', 'off', true)"  # compiling costs seconds where reading costs milliseconds
)


@contextmanager
def shadowed(connection: Any, at: datetime) -> Iterator[None]:
    """Put the views before the tables until the transaction, or savepoint, is rolled back."""
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.execute(ENTER, [SCHEMA, at.isoformat(), SCHEMA])
            installed = cursor.fetchone()[0]
        # Without the views the names would fall through to today's rows, so ask first.
        if installed != _expected():
            raise NotInstalled("The views of the past are missing or of another version: run `manage.py migrate`.")
        # A view has no primary key, so what is grouped by has to be named whole.
        connection.features.allows_group_by_selected_pks = False
        try:
            yield
        finally:
            del connection.features.allows_group_by_selected_pks
            transaction.set_rollback(True, using=connection.alias)


@cache
def _expected() -> str:
    return digest()


def install(connection: Any) -> None:
    """Make the views, unless those of this version stand there already."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace'), current_schema()", [SCHEMA])
        installed, real = cursor.fetchone()
        if installed == digest():
            return
        remove(connection)
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for view in views():
            cursor.execute(f'CREATE VIEW {SCHEMA}."{view.name}" AS {view.sql(MOMENT, real)}')
        cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{digest()}'")


def remove(connection: Any) -> None:
    """Take the views away: a migration could not alter the columns they name."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
