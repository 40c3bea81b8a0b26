"""Tracked rows, their history, and the entries, leaves and checkpoints that seal it."""

from compliance.ledger.models.entries import Entry, EntryQuerySet
from compliance.ledger.models.log import Checkpoint, FieldList, Leaf, LogLeaf, Timestamp
from compliance.ledger.models.redaction import ERASED, REASON_COLUMN, Redaction, erasable_fields
from compliance.ledger.models.stream import INSTANCE, Counter, Stream, open_stream
from compliance.ledger.models.tracked import Frozen, HistoryRow, Tracked, TrackedBase, TrackedQuerySet, records

__all__ = [
    "ERASED",
    "INSTANCE",
    "REASON_COLUMN",
    "Checkpoint",
    "Counter",
    "Entry",
    "EntryQuerySet",
    "FieldList",
    "Frozen",
    "HistoryRow",
    "Leaf",
    "LogLeaf",
    "Redaction",
    "Stream",
    "Timestamp",
    "Tracked",
    "TrackedBase",
    "TrackedQuerySet",
    "erasable_fields",
    "open_stream",
    "records",
]
