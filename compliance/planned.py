"""The cursor of prepared queries on PostgreSQL: the server takes the values apart from the text, and keeps its plan."""

from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]


class PlannedCursor(ServerBindingCursor):
    """Tells the log of queries what it asked, as Django's usual cursor does."""

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
        done = super().execute(query, params, **kwargs)
        if connection.queries_logged:
            self._query = SimpleNamespace(query=connection.ops.compose_sql(query, params).encode())  # type: ignore[attr-defined]
        return done
