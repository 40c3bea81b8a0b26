"""Sealing: unsealed entries become leaves, each stream gets a new head, the log of heads a signed checkpoint.

The sealer finds its work by anti-join, never by "id greater than the last": a transaction that commits late
would be lost. It may run any number of times; only one runs at once.
"""

from django.conf import settings
from django.db import connection, transaction

from compliance.ledger.keys import signing_key
from compliance.ledger.leaves import field_list, history_rows, leaf_bytes
from compliance.ledger.models import Checkpoint, Entry, Leaf, LogLeaf
from compliance.ledger.proof.checkpoint import sign_checkpoint, vkey
from compliance.ledger.proof.entries import head_leaf
from compliance.ledger.proof.merkle import Frontier, leaf_hash

BATCH = 2000
SEALER_LOCK = 7_365_616  # any number: the advisory lock only sealers take


class NoKey(RuntimeError):
    """This process does not hold the signing key, so it cannot seal."""


def seal() -> int:
    """Seal everything committed so far; return how many entries were sealed.

    Raises NoKey where the signing key is not readable.
    """
    total = 0
    while sealed := _seal_batch():
        total += sealed
    return total


@transaction.atomic
def _seal_batch() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    entries = list(Entry.objects.unsealed().order_by("id")[:BATCH])
    if not entries:
        return 0
    if (key := signing_key()) is None:
        raise NoKey(f"The signing key {settings.ASSAY_SIGNING_KEY_FILE} is not readable here: run the sealer.")
    log = _log_tree()
    heads = _add_leaves(entries)
    leaves = []
    for stream, tree in sorted(heads.items()):
        body = head_leaf(stream, tree.size, tree.root())
        digest = leaf_hash(body)
        leaves.append(
            LogLeaf(
                index=log.size,
                kind="head",
                stream=stream,
                size=tree.size,
                body=body.decode(),
                hash=digest.hex(),
                frontier=tree.to_json(),
            )
        )
        log.append(digest)
    LogLeaf.objects.bulk_create(leaves)
    origin = settings.ASSAY_LEDGER_ORIGIN
    note = sign_checkpoint(origin, log.size, log.root(), key)
    Checkpoint.objects.create(size=log.size, note=note, vkey=vkey(origin, key), frontier=log.to_json())
    return len(entries)


def _add_leaves(entries: list[Entry]) -> dict[str, Frontier]:
    """Append each entry to its stream's tree; return the trees that grew."""
    rows = history_rows(entries)
    lists = {model: field_list(model) for model in {entry.model for entry in entries}}
    trees = _stream_trees({entry.stream for entry in entries})
    leaves = []
    for entry in entries:
        tree, names = trees[entry.stream], lists[entry.model]
        digest = leaf_hash(leaf_bytes(entry.model, rows[entry.model, entry.history_id], names.names))
        leaves.append(Leaf(entry=entry, stream=entry.stream, seq=tree.size, fields=names, hash=digest.hex()))
        tree.append(digest)
    Leaf.objects.bulk_create(leaves, batch_size=500)
    return trees


def _stream_trees(streams: set[str]) -> dict[str, Frontier]:
    trees = {}
    for stream in streams:
        head = LogLeaf.objects.filter(kind="head", stream=stream).order_by("-index").first()
        trees[stream] = Frontier.from_json(head.frontier) if head else Frontier()
    return trees


def _log_tree() -> Frontier:
    last = Checkpoint.objects.order_by("-size").first()
    return Frontier.from_json(last.frontier) if last else Frontier()
