"""Sealing: unsealed entries become leaves, each stream gets a new head, the log of heads a signed checkpoint.

The sealer takes every committed entry that has no leaf, in the order of ids, never "ids greater than the last": an
older transaction may still commit a smaller one. Whoever changes a record holds it until the commit, so two entries of
one record are always seen, and sealed, in the order they were written.

So as not to search all history for that, each checkpoint keeps a floor: every entry up to it is sealed, and every
transaction that was given such an id has ended. It moves like this: a seal notes the newest id given out (`next_entry`)
and then its own, younger transaction id (`next_xid`). A later seal whose snapshot sees everything before that
transaction ended takes what is left up to the noted id, and makes it the floor.
"""

import logging
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from compliance.ledger.keys import NoKey, OtherKey, sealing_key, vkey_of
from compliance.ledger.leaves import field_list, history_rows, leaf_bytes
from compliance.ledger.models import Checkpoint, Entry, FieldList, Leaf, LogLeaf
from compliance.ledger.proof.checkpoint import sign_checkpoint
from compliance.ledger.proof.entries import head_leaf
from compliance.ledger.proof.merkle import Frontier, leaf_hash
from compliance.prepared import Prepared

__all__ = ["NoKey", "OtherKey", "alone", "close", "newest", "seal"]

BATCH = 2000
SEALER_LOCK = 7_365_616  # any number: the advisory lock only sealers take
log = logging.getLogger(__name__)


def seal() -> int:
    """Seal everything committed when it is called; return how many entries were sealed.

    Raises NoKey where the signing key is not readable, OtherKey where it is not the one that signed last.
    """
    total, taken = 0, BATCH
    while taken == BATCH:
        taken, sealed = _seal_batch()
        total += sealed
    return total


def newest() -> Checkpoint | None:
    """The newest checkpoint."""
    return cast(Checkpoint | None, _newest.first())


def alone() -> None:
    """Wait until no other sealer works, and keep them out until this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])


def close(last: Checkpoint | None, leaves: list[LogLeaf], tree: Frontier, key: Ed25519PrivateKey, floor: int) -> None:
    """Append `leaves` (of which `tree` is the frontier) to the log and sign it."""
    LogLeaf.objects.bulk_create(leaves)
    vkey = vkey_of(key)
    note = sign_checkpoint(vkey.split("+")[0], tree.size, tree.root(), key)
    given, xid = _given_out()
    Checkpoint.objects.create(
        size=tree.size, note=note, vkey=vkey, frontier=tree.to_json(), floor=floor, next_entry=given, next_xid=xid
    )


@transaction.atomic
def _seal_batch() -> tuple[int, int]:
    """Seal up to BATCH entries; return how many were looked at and how many sealed."""
    alone()
    last, oldest = newest(), _oldest_running()
    floor = last.floor if last else 0
    entries = waiting(floor)
    if not entries:
        return 0, 0
    key = sealing_key(last)
    tree = Frontier.from_json(last.frontier) if last else Frontier()
    heads, sealed = _add_leaves(entries)
    leaves = []
    for stream, head in sorted(heads.items()):
        body = head_leaf(stream, head.size, head.root())
        leaves.append(log_leaf(tree, "head", body, stream=stream, size=head.size, frontier=head.to_json()))
    if leaves:
        reached = entries[-1].pk if len(entries) == BATCH else None
        close(last, leaves, tree, key, _floor(floor, oldest, reached, entries[-1].pk))
    return len(entries), sealed


def log_leaf(tree: Frontier, kind: str, body: bytes, **more: object) -> LogLeaf:
    """The next leaf of the log; `tree` grows by it."""
    digest = leaf_hash(body)
    leaf = LogLeaf(index=tree.size, kind=kind, body=body.decode(), hash=digest.hex(), **more)
    tree.append(digest)
    return leaf


def waiting(floor: int) -> list[Entry]:
    """The next entries to seal."""
    return _waiting(floor=floor)


def _unsealed(floor: int) -> QuerySet[Entry]:
    """Both sides of the anti-join begin at the floor."""
    done = Leaf.objects.filter(entry_id=OuterRef("pk"), entry_id__gt=floor)
    return Entry.objects.filter(~Exists(done), pk__gt=floor).order_by("pk")[:BATCH]


# On SQLite every change ends with these.
_newest = Prepared(lambda: Checkpoint.objects.order_by("-size")[:1])
_waiting = Prepared(_unsealed, floor=int)
_head = Prepared(lambda stream: LogLeaf.objects.filter(kind="head", stream=stream).order_by("-index")[:1], stream=str)


def _floor(floor: int, oldest: int | None, reached: int | None, last: int) -> int:
    """The new floor; `reached` is the last entry of a full batch, behind which more may wait."""
    if oldest is None:
        return last  # SQLite: one writer, so ids are given out and committed in one order
    settled = (
        Checkpoint.objects.filter(next_entry__gt=floor, next_xid__lte=oldest)
        .order_by("-next_entry")
        .values_list("next_entry", flat=True)
        .first()
    )
    if settled is None:
        return floor
    return settled if reached is None else max(floor, min(settled, reached))


def _oldest_running() -> int | None:
    """PostgreSQL: every transaction before this one has ended."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _given_out() -> tuple[int, int]:
    """PostgreSQL: the newest entry id given out, then a transaction id younger than all that were given one."""
    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('ledger_entry', 'id')")
        cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]}")  # noqa: S608  the database's own name
        given = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return given, int(cursor.fetchone()[0])


def _add_leaves(entries: list[Entry]) -> tuple[dict[str, Frontier], int]:
    """Append each entry to its stream's tree; return the trees that grew and how many leaves were added."""
    rows = history_rows(entries)
    lists = {model: field_list(model) for model in sorted({entry.model for entry in entries})}
    trees = _stream_trees({entry.stream for entry in entries})
    grown, leaves = {}, []
    for entry in entries:
        tree, names = trees[entry.stream], lists[entry.model]
        digest = _digest(entry, rows, names)
        if digest is None:
            continue
        leaves.append(Leaf(entry=entry, stream=entry.stream, seq=tree.size, fields=names, hash=digest.hex()))
        tree.append(digest)
        grown[entry.stream] = tree
    Leaf.objects.bulk_create(leaves, batch_size=500)
    return grown, len(leaves)


def _digest(entry: Entry, rows: dict[tuple[str, int], Any], names: FieldList) -> bytes | None:
    """The leaf hash of an entry, or None for one that cannot be sealed: that must not hold up all the others."""
    try:
        return leaf_hash(leaf_bytes(entry.model, rows[entry.model, entry.history_id], names.names))
    except (KeyError, TypeError, ValueError) as error:
        if connection.vendor == "sqlite":
            raise  # the change is not committed yet, so it can still be refused
        log.error("Ledger entry %s cannot be sealed (%r): run verify_ledger.", entry.pk, error)
        return None


def _stream_trees(streams: set[str]) -> dict[str, Frontier]:
    """One look-up per stream: a query over all of them would read every head they ever had."""
    trees = {}
    for stream in sorted(streams):
        head = _head.first(stream=stream)
        trees[stream] = Frontier.from_json(head.frontier) if head else Frontier()
    return trees
