"""The commit guard: no change commits without its history row, and history is append-only.

Triggers in the database itself, on SQLite and PostgreSQL. A tracked row that changes owes a history row
(`ledger_due`); the history row that equals it pays the debt (`ledger_done`); a debt left at COMMIT refuses
the transaction. Installed after every migrate, because SQLite's table remake silently drops triggers.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections

from compliance.ledger.guard import postgresql, sqlite
from compliance.ledger.guard.tables import TrackedTable, tracked_tables
from compliance.ledger.models import Checkpoint, Entry, FieldList, Leaf, LogLeaf, Redaction, Stream, Timestamp

__all__ = ["check_installed", "install", "missing", "tracked_tables"]

APPEND_ONLY = (Stream, Entry, FieldList, Leaf, LogLeaf, Checkpoint, Redaction, Timestamp)


def _engine(using: str) -> Any:
    return sqlite if connections[using].vendor == "sqlite" else postgresql


def _statements(using: str) -> Iterator[str]:
    engine, there = _engine(using), set(connections[using].introspection.table_names())
    yield from engine.base()
    for table in tracked_tables():
        if table.history not in there:  # a migration that stops half-way; the next one comes by again
            continue
        yield from engine.guard(table)
        yield from engine.redactable(table)
        model: Any = apps.get_model(table.label)
        if model.append_only and table.label != Redaction._meta.label_lower:
            yield from engine.recorded(table)
        if model.frozen:
            yield from engine.frozen(table, model)
    for model in APPEND_ONLY:
        yield from engine.append_only(model._meta.db_table, model._meta.pk.column)
    if Redaction._meta.db_table in there:
        yield from engine.redactions(Redaction._meta.db_table)
    for name in ("ledger_due", "ledger_done"):
        yield from engine.append_only(name, "id")


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put every trigger in place; does nothing when all are there as expected."""
    if not missing(using):
        return
    with connections[using].cursor() as cursor:
        for statement in _statements(using):
            cursor.execute(statement)


def lift(using: str = DEFAULT_DB_ALIAS, *, labels: Collection[str] = ()) -> None:
    """Take every trigger away, or the ledger's and those of the models named (`risks.risk`).

    Only for a restore and for tests that play the attacker; `missing` then names them.
    """
    engine = _engine(using)
    tables = [table for table in tracked_tables() if not labels or table.label in labels]
    with connections[using].cursor() as cursor:
        for statement in engine.lift(tables, [m._meta.db_table for m in APPEND_ONLY]):
            cursor.execute(statement)


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of triggers that should stand in the database and do not, or differ from what this version installs."""
    engine = _engine(using)
    with connections[using].cursor() as cursor:
        there = engine.installed(cursor)
    wanted = engine.expected(_statements(using))
    return sorted(name for name, text in wanted.items() if there.get(name) != text)


def check_installed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """System check: the guard stands."""
    found: list[CheckMessage] = []
    for using in databases or []:
        if not connections[using].introspection.table_names():
            continue
        if gone := missing(using):
            found.append(
                Error(
                    f"The history guard is incomplete: {len(gone)} triggers are missing, first {gone[0]}.",
                    hint="Run `manage.py migrate`; then `manage.py verify_ledger` to see what happened meanwhile.",
                    id="ledger.E001",
                )
            )
    return found


def tables_of(label: str) -> TrackedTable:
    """The guarded table of one model, by its label (`risks.risk`)."""
    return TrackedTable.of(apps.get_model(label))
