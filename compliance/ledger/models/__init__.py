"""Tracked rows, their history, and the entries, leaves and checkpoints that seal it."""

from compliance.ledger.models.entries import Entry, EntryQuerySet
from compliance.ledger.models.log import Checkpoint, FieldList, Leaf, LogLeaf, Timestamp
from compliance.ledger.models.stream import INSTANCE, Counter, Stream, open_stream
from compliance.ledger.models.tracked import HistoryRow, Tracked, TrackedBase, TrackedQuerySet, records

__all__ = [
    "INSTANCE",
    "Checkpoint",
    "Counter",
    "Entry",
    "EntryQuerySet",
    "FieldList",
    "HistoryRow",
    "Leaf",
    "LogLeaf",
    "Stream",
    "Timestamp",
    "Tracked",
    "TrackedBase",
    "TrackedQuerySet",
    "open_stream",
    "records",
]
