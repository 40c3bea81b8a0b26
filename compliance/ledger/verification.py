"""Does the history still say what was sealed, and do the live rows still say what the history says?

Every doubt is one Finding that names the row. Cost: linear in the history, 500 rows at a time.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from compliance.ledger import guard
from compliance.ledger.guard.tables import TrackedTable, tracked_models
from compliance.ledger.leaves import erased_columns, history_rows, is_redacted, leaf_bytes
from compliance.ledger.log import Finding, check_log
from compliance.ledger.models import Checkpoint, Entry, Leaf, Redaction, Timestamp
from compliance.ledger.proof.merkle import Frontier, leaf_hash

BATCH = 500
# What an entry tells of its history row.
ENTRY = {
    "stream": "entry_stream",
    "object_id": "id",
    "reference": "reference",
    "type": "history_type",
    "at": "history_date",
    "actor": "history_user_id",
    "role": "entry_role",
    "origin": "entry_origin",
    "change_set": "entry_change_set",
}


def verify(*, trusted: str = "") -> Iterator[Finding]:
    """Check triggers, debts, entries, leaves, heads, checkpoints, time-stamps, keys and live rows against each other.

    `trusted` is the key text the ledger has to be signed with now. Yields nothing when all agree.
    """
    if gone := guard.missing():
        yield Finding(f"guard: {', '.join(gone[:3])}", f"{len(gone)} triggers are missing: changes could pass unseen")
    yield from _debts()
    for model in tracked_models():
        table = TrackedTable.of(model)
        yield from _entries(table)
        yield from _live_rows(table)
    heads: dict[str, Frontier] = {}
    yield from _leaves(heads)
    yield from check_log(heads, trusted)
    yield from _passed_over()
    yield from _timestamps()


def unrecorded(triggers: list[str]) -> Iterator[Finding]:
    """Live rows without equal history in the tables the named triggers stand on: what passed while they were away."""
    there = set(connection.introspection.table_names())
    for model in tracked_models():
        table = TrackedTable.of(model)
        names = (table.live, table.history)
        if there.issuperset(names) and any(_stands_on(trigger, name) for trigger in triggers for name in names):
            yield from _live_rows(table)


def _stands_on(trigger: str, table: str) -> bool:
    """Triggers are named `<table>.<kind>` on PostgreSQL and `<kind>_<table>` on SQLite."""
    return trigger.startswith(f"{table}.") or trigger.endswith(f"_{table}")


def _debts() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due.tbl, due.pk, due.op FROM ledger_due due "
            "WHERE NOT EXISTS (SELECT 1 FROM ledger_done paid WHERE paid.id = due.id) ORDER BY due.id"
        )
        for table, key, event in cursor.fetchall():
            yield Finding(f"{table} {key}", f"was changed ({event}) without a history row")


def _entries(table: TrackedTable) -> Iterator[Finding]:
    """History rows nobody entered, and entries whose history row is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT h.history_id, h.id FROM "{table.history}" h WHERE NOT EXISTS '  # noqa: S608  names from the models
            "(SELECT 1 FROM ledger_entry e WHERE e.model = %s AND e.history_id = h.history_id)",
            [table.label],
        )
        for history_id, key in cursor.fetchall():
            yield Finding(f"{table.history} row {history_id} ({key})", "has no ledger entry: it was put in afterwards")
        cursor.execute(
            "SELECT e.id, e.history_id, e.reference FROM ledger_entry e WHERE e.model = %s AND NOT EXISTS "  # noqa: S608
            f'(SELECT 1 FROM "{table.history}" h WHERE h.history_id = e.history_id)',
            [table.label],
        )
        for entry, history_id, reference in cursor.fetchall():
            yield Finding(
                f"{table.history} row {history_id} ({reference})", f"is gone; ledger entry {entry} proves it was there"
            )


def _live_rows(table: TrackedTable) -> Iterator[Finding]:
    """Live rows that differ from their newest history row, or have none, or should not be there any more."""
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    unequal = " OR ".join(f'l."{column}" {differs} h."{column}"' for column in table.columns)
    latest = f'(SELECT id, max(history_id) AS history_id FROM "{table.history}" GROUP BY id)'  # noqa: S608
    queries = {
        "differs from its newest history row": f'SELECT l.id, l.reference FROM "{table.live}" l JOIN {latest} n '  # noqa: S608
        f'ON n.id = l.id JOIN "{table.history}" h ON h.history_id = n.history_id '
        f"WHERE h.history_type = '-' OR {unequal}",
        "has no history at all": f'SELECT l.id, l.reference FROM "{table.live}" l '  # noqa: S608
        f'WHERE NOT EXISTS (SELECT 1 FROM "{table.history}" h WHERE h.id = l.id)',
        "was removed without a history row": f'SELECT h.id, h.reference FROM "{table.history}" h JOIN {latest} n '  # noqa: S608
        f"ON n.history_id = h.history_id WHERE h.history_type <> '-' "
        f'AND NOT EXISTS (SELECT 1 FROM "{table.live}" l WHERE l.id = h.id)',
    }
    with connection.cursor() as cursor:
        for problem, query in queries.items():
            cursor.execute(query)
            for key, reference in cursor.fetchall():
                yield Finding(f"{table.live} {reference or key}", problem)


def _leaves(heads: dict[str, Frontier]) -> Iterator[Finding]:
    """Every leaf against its history row, in order; leaves `heads` with the trees they make."""
    for stream in Leaf.objects.order_by().values_list("stream", flat=True).distinct():
        frontier = heads[stream] = Frontier()
        start = -1
        while leaves := list(
            Leaf.objects.filter(stream=stream, seq__gt=start).select_related("entry", "fields").order_by("seq")[:BATCH]
        ):
            rows = history_rows([leaf.entry for leaf in leaves])
            for leaf in leaves:
                if leaf.seq != frontier.size:
                    yield Finding(f"{stream} entry {frontier.size}", f"is gone: the ledger goes on at {leaf.seq}")
                    return
                yield from _leaf(leaf, rows.get((leaf.entry.model, leaf.entry.history_id)))
                frontier.append(bytes.fromhex(leaf.hash))
            start = leaves[-1].seq


def _leaf(leaf: Leaf, row: object) -> Iterator[Finding]:
    entry = leaf.entry
    place = f"{entry.model} history row {entry.history_id} ({entry.reference or entry.object_id})"
    if row is None:
        return  # told by _entries
    if not _same(leaf, row):
        yield Finding(place, f"was changed after it was sealed as entry {leaf.seq} of {leaf.stream}")
    elif is_redacted(row):
        for column in sorted(erased_columns(row) - _redacted(entry)):
            yield Finding(place, f"lost {column} without a redaction that says so")
    if leaf.stream != entry.stream:
        yield Finding(place, f"was moved: it is sealed in {leaf.stream}, its entry is of {entry.stream}")
    if [getattr(entry, name) for name in ENTRY] != [getattr(row, name) for name in ENTRY.values()]:
        yield Finding(place, f"ledger entry {entry.pk} was changed: it no longer tells what the row tells")


def _same(leaf: Leaf, row: Any) -> bool:
    try:
        return leaf_hash(leaf_bytes(leaf.entry.model, row, leaf.fields.names)).hex() == leaf.hash
    except (ValueError, KeyError, TypeError):  # a row key that is none
        return False


def _redacted(entry: Entry) -> set[str]:
    """The columns redactions on record erased from an entry's history row; redactions are few."""
    found = Redaction.objects.filter(model=entry.model, object_id=entry.object_id)
    return {one.field for one in found if entry.history_id in one.history_ids}


def _passed_over() -> Iterator[Finding]:
    """Entries the sealer will never come back to."""
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is not None:
        for entry in Entry.objects.unsealed().filter(pk__lte=newest.floor).order_by("pk"):
            yield Finding(f"{entry.model} history row {entry.history_id} ({entry.reference})", "was never sealed")


def _timestamps() -> Iterator[Finding]:
    """Every time-stamp against its checkpoint and the trusted authorities."""
    stamps = Timestamp.objects.select_related("checkpoint").order_by("checkpoint")
    if not stamps.exists():
        return
    from compliance.ledger.timestamp import NoTimestamp, check_token, digest_of  # heavy, and rarely wanted

    for stamp in stamps.iterator(BATCH):
        place = f"time-stamp of checkpoint {stamp.checkpoint_id}"
        try:
            at = check_token(bytes(stamp.token), digest_of(stamp.checkpoint))
        except (NoTimestamp, ImproperlyConfigured) as problem:
            yield Finding(place, str(problem))
            continue
        if at != stamp.at or at < stamp.checkpoint.signed_at - timedelta(minutes=5):
            yield Finding(place, f"vouches for {at:%Y-%m-%d %H:%M:%S} UTC, not for the moment the ledger says")
