"""`with past(at):` unmodified code reads the past: on this connection the names of the tracked tables mean their
rows as they stood at `at`, links and roles included. Nothing can be written, and afterwards it is today again.

    with past(at):
        response = view(request)      # a lazy queryset must be read, a template rendered, before the block ends
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from compliance.ledger.moment import (
    NotInstalled,
    PastIsFixed,
    afterwards,
    fixed,
    moment_read,
    now_read,
    reading,
    when_today,
)
from compliance.ledger.past import postgresql, sqlite

__all__ = ["NotInstalled", "PastIsFixed", "install", "moment_read", "now_read", "past", "remove", "when_today"]
READ_ONLY = ("read-only transaction", "readonly database")


def _engine(connection: Any) -> Any:
    return sqlite if connection.vendor == "sqlite" else postgresql


@contextmanager
def past(at: datetime, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Read everything as it stood at `at`. Not to be nested: one page, one moment."""
    if reading.get() is not None:
        raise RuntimeError("past() inside past(): leave the one before you enter the other.")
    connection, waiting = connections[using], []  # type: ignore[var-annotated]
    with _engine(connection).shadowed(connection, at), connection.execute_wrapper(_told(at)):
        tokens = reading.set(at), afterwards.set(waiting)
        try:
            yield
        finally:
            reading.reset(tokens[0])
            afterwards.reset(tokens[1])
    for act in waiting:
        act()


def _told(at: datetime) -> Callable[..., Any]:
    """Say what the database means by refusing a write."""

    def run(execute: Callable[..., Any], *statement: Any) -> Any:
        try:
            return execute(*statement)
        except DatabaseError as error:
            if any(words in str(error) for words in READ_ONLY):
                raise fixed(at) from error
            raise

    return run


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put into the database what `past` needs there; after every migrate."""
    _engine(connections[using]).install(connections[using])


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take it away; before every migrate that changes something."""
    _engine(connections[using]).remove(connections[using])
