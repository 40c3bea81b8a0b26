"""Which kinds of records a history holds at all, asked of all tables in one statement."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection


def ever_written(streams: Sequence[str]) -> frozenset[type[Any]]:
    """The models with at least one history row in one of `streams`, whenever it was made."""
    models = {model.history.model._meta.db_table: model for model in apps.get_models() if hasattr(model, "history")}
    if not streams:
        return frozenset()
    names, marks = connection.ops.quote_name, ", ".join(["%s"] * len(streams))
    stream = names("entry_stream")
    asked = " UNION ALL ".join(
        f"SELECT {at} WHERE EXISTS (SELECT 1 FROM {names(table)} WHERE {stream} IN ({marks}))"  # noqa: S608 - our names
        for at, table in enumerate(models)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [*streams] * len(models))
        found = {at for (at,) in cursor.fetchall()}
    return frozenset(model for at, model in enumerate(models.values()) if at in found)
