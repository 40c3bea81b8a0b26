"""The past on SQLite: temporary views hide the tables of the same name on this connection.

A view is made when a statement first names its table: making all of them takes longer than a page. No transaction is
held (BEGIN IMMEDIATE would keep writers waiting): the history up to a moment does not change.
"""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from compliance.ledger.past.views import View, views

WORD = re.compile(r"\w+")
log = logging.getLogger(__name__)


class Shade:
    """Makes the views a statement needs before it runs; an execute wrapper of Django's."""

    def __init__(self, connection: Any, at: datetime) -> None:
        self.run = connection.connection.execute
        self.moment = f"'{connection.ops.adapt_datetimefield_value(at)}'"
        self.waiting = dict(_views())

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        needed = self.waiting.keys() & set(WORD.findall(sql))
        if needed:
            self.run("PRAGMA query_only = OFF")
            for name in needed:
                view = self.waiting.pop(name)
                self.run(f'CREATE TEMP VIEW "{name}" AS {view.sql(self.moment, "main")}')
            self.run("PRAGMA query_only = ON")
        return execute(sql, params, many, context)

    def lift(self) -> None:
        """Show the tables again."""
        self.run("PRAGMA query_only = OFF")
        for name in _views().keys() - self.waiting.keys():
            self.run(f'DROP VIEW IF EXISTS temp."{name}"')


@cache
def _views() -> dict[str, View]:
    return {view.name: view for view in views()}


@contextmanager
def shadowed(connection: Any, at: datetime) -> Iterator[None]:
    """Hide the tables and refuse to write; afterwards the connection is as it was, or closed."""
    connection.ensure_connection()
    shade = Shade(connection, at)
    try:
        shade.run("PRAGMA query_only = ON")
        with connection.execute_wrapper(shade):
            yield
    finally:
        try:
            shade.lift()
        except sqlite3.Error:
            log.exception("A connection could not be brought back to the present; it was closed.")
            connection.close()  # temporary views end with their connection


def install(connection: Any) -> None:
    """Nothing stands in the file."""


def remove(connection: Any) -> None:
    """Nothing stands in the file."""
