"""One view per tracked table, under the table's own name: each record's newest history row at the moment, if it lived.

The conditions stand beside the columns, not around them, so that a filter on `id`, `project_id` or any other key
reaches the history table's index before the newest row is looked for.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.ledger.guard.tables import tracked_models
from compliance.ledger.models import Entry, TrackedBase


@dataclass(frozen=True)
class View:
    """A table as it stood: its name and the query that stands in for it; `{at}` and `{real}` are still open."""

    name: str
    query: str

    def sql(self, at: str, real: str) -> str:
        """The query with the expression of the moment and the schema of the real tables filled in."""
        return self.query.replace("{at}", at).replace("{real}", real)


def views() -> Iterator[View]:
    """What is shadowed: every tracked table but those that are always today's, and the index of entries."""
    for model in tracked_models():
        if not model.always_today:
            yield View(model._meta.db_table, _query(model))
    table = Entry._meta.db_table
    yield View(table, f'SELECT * FROM {{real}}."{table}" e WHERE e.at <= {{at}}')  # noqa: S608  names of models


def digest() -> str:
    """Changes when any view would; an installed set that says otherwise is of another version."""
    return hashlib.sha256("".join(view.name + view.query for view in views()).encode()).hexdigest()


def _query(model: type[TrackedBase]) -> str:
    """Two changes in one instant: the later entry wins, as in `as_of`."""
    history = model.history.model  # type: ignore[attr-defined]
    past = f'{{real}}."{history._meta.db_table}"'
    return (
        f"SELECT {', '.join(_columns(model))} FROM {past} h WHERE h.history_type <> '-' "  # noqa: S608  names of models
        f"AND {_written(model, past)} AND NOT EXISTS (SELECT 1 FROM {past} n "
        "WHERE n.id = h.id AND n.history_id > h.history_id AND n.history_date <= {at})"
    )


def _written(model: type[TrackedBase], past: str) -> str:
    """Written by then; what is dated when it was loaded has always been."""
    if not model.installation_wide:
        return "h.history_date <= {at}"
    earlier = f"SELECT 1 FROM {past} o WHERE o.id = h.id AND o.history_id < h.history_id"  # noqa: S608
    return f"(h.history_date <= {{at}} OR NOT EXISTS ({earlier}))"


def _columns(model: type[TrackedBase]) -> Iterator[str]:
    """The table's columns; those that are not history (a password's hash) are today's."""
    kept = {field.column for field in model.history.model.tracked_fields}  # type: ignore[attr-defined]
    for column in (field.column for field in model._meta.concrete_fields):
        if column in kept:
            yield f'h."{column}"'
        else:
            live = f'{{real}}."{model._meta.db_table}"'
            yield f'(SELECT live."{column}" FROM {live} live WHERE live.id = h.id) AS "{column}"'  # noqa: S608
