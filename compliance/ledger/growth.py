"""Whether a scope's history has grown: what was worked out from its records holds for as long as it has not.

    mark = settled()
    before = since(mark, "project:…", "organisation:…")
    answer = ...                                             # any number of queries
    if since(mark, "project:…", "organisation:…") == before: ...    # nothing came between: it is the answer to `before`

Nothing changes without an entry that commits with it, and an entry stays: the same entries are the same records. Their
newest id alone would not tell, since PostgreSQL may commit a smaller one later; so those above a mark are compared, and
up to the mark none can still come: `sealing.py` says why that holds for the floor of a checkpoint, and for the
newest id it noted once every transaction of that time has ended.
"""

from collections.abc import Collection
from typing import TypeAlias

from django.db import connection
from django.db.models import Max

from compliance.ledger.models import Entry

Came: TypeAlias = tuple[int, str]
MOST = 2000  # above that something keeps the mark from following: a sealer that stands still, a very long transaction
SINCE = """
SELECT e.id, e.model FROM ledger_entry e LEFT JOIN ledger_stream s ON s.key = e.stream
WHERE e.id > %s AND (e.stream IN ({streams}) OR s.parent IN ({parents})) AND NOT e.model IN ({without})
ORDER BY e.id LIMIT %s"""

SETTLED = """
SELECT CASE WHEN next_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  THEN greatest(floor, next_entry) ELSE floor END
FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"""


def settled() -> int:
    """An entry up to which every one is committed. SQLite has one writer, who commits ids in their order."""
    if connection.vendor == "sqlite":
        return Entry.objects.aggregate(last=Max("id"))["last"] or 0
    with connection.cursor() as cursor:
        cursor.execute(SETTLED)
        found = cursor.fetchone()
    return found[0] if found else 0


def since(mark: int, *streams: str, below: Collection[str] = (), without: Collection[str] = ()) -> list[Came] | None:
    """The entries above the mark in some streams and in those that belong to `below`, but of the models `without`:
    the id of each, and the model it is about.

    None when they are too many to compare.
    """
    named = {"streams": streams, "parents": below, "without": without}
    statement = SINCE.format(**{name: ", ".join(["%s"] * len(values)) or "NULL" for name, values in named.items()})
    with connection.cursor() as cursor:
        cursor.execute(statement, [mark, *streams, *below, *without, MOST + 1])
        found = [(key, model) for key, model in cursor.fetchall()]
    return found if len(found) <= MOST else None
