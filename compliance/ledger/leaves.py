"""From history rows to ledger leaves and to what a pack discloses of them."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.apps import apps

from compliance.ledger.models import Entry, FieldList
from compliance.ledger.proof.canonical import canonical, moment
from compliance.ledger.proof.entries import disclosed, leaf

REASON = "ledger.reason"


def field_names(model: str) -> list[str]:
    """The committed fields of a model, in the order of its columns; the free-text reason is one of them."""
    return [field.attname for field in apps.get_model(model).history.model.tracked_fields] + [REASON]


def field_list(model: str, names: list[str] | None = None) -> FieldList:
    """The stored list of the fields a leaf of this model commits to today."""
    names = field_names(model) if names is None else names
    digest = hashlib.sha256(canonical([model, names])).hexdigest()
    return FieldList.objects.get_or_create(digest=digest, defaults={"model": model, "names": names})[0]


def history_rows(entries: Iterable[Entry]) -> dict[tuple[str, int], Any]:
    """The history rows of many entries, one query per model, by (model, history id)."""
    wanted: dict[str, list[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.model, []).append(entry.history_id)
    found = {}
    for model, ids in wanted.items():
        for start in range(0, len(ids), 800):
            for row in apps.get_model(model).history.model.objects.filter(history_id__in=ids[start : start + 800]):
                found[model, row.history_id] = row
    return found


def envelope(model: str, row: Any) -> dict[str, Any]:
    """What anybody may read of an entry: never a name, never free text."""
    return {
        "v": 1,
        "stream": row.entry_stream,
        "kind": "history",
        "model": model,
        "pk": str(row.id),
        "hid": row.history_id,
        "type": row.history_type,
        "at": moment(row.history_date),
        "actor": row.history_user_id,
        "role": row.entry_role,
        "origin": row.entry_origin,
        "change_set": str(row.entry_change_set),
    }


def values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """The committed values of a history row."""
    return {name: (row.history_change_reason or "") if name == REASON else getattr(row, name) for name in names}


def leaf_bytes(model: str, row: Any, names: Iterable[str]) -> bytes:
    """The leaf of a history row in format assay-ledger/1."""
    return leaf(envelope(model, row), values(row, names), bytes(row.entry_key))


def disclosure(model: str, row: Any, names: Iterable[str]) -> dict[str, Any]:
    """What a pack shows of a history row: the envelope, and each field's value with its salt."""
    return {"envelope": envelope(model, row), "fields": disclosed(values(row, names), bytes(row.entry_key))}
