"""`with past(at):` unmodified code reads the past: on this connection the names of the tracked tables mean their
rows as they stood at `at`, links and roles included. Nothing can be written, and afterwards it is today again.

    with past(at):
        response = view(request)      # a lazy queryset must be read, a template rendered, before the block ends
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from compliance.ledger.past import postgresql, sqlite
from compliance.ledger.moment import NotInstalled, PastIsFixed, moment_read, reading, refuse_in_past

__all__ = ["NotInstalled", "PastIsFixed", "install", "moment_read", "past", "refuse_in_past", "remove"]


def _engine(connection: Any) -> Any:
    return sqlite if connection.vendor == "sqlite" else postgresql


@contextmanager
def past(at: datetime, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Read everything as it stood at `at`. Not to be nested: one page, one moment."""
    if reading.get() is not None:
        raise RuntimeError("past() inside past(): leave the one before you enter the other.")
    connection = connections[using]
    with _engine(connection).shadowed(connection, at):
        token = reading.set(at)
        try:
            yield
        finally:
            reading.reset(token)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put into the database what `past` needs there; after every migrate."""
    _engine(connections[using]).install(connections[using])


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take it away; before every migrate that changes something."""
    _engine(connections[using]).remove(connections[using])
