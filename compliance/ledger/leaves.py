"""From history rows to ledger leaves and to what a pack discloses of them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.apps import apps

from compliance.ledger.models import REASON_COLUMN, Entry, FieldList
from compliance.ledger.proof.canonical import canonical, moment, plain
from compliance.ledger.proof.entries import ROW_KEY_BYTES, commitment, disclosed, field_salt, leaf, leaf_of_disclosed
from compliance.prepared import Prepared

REASON = "ledger.reason"


@dataclass(frozen=True)
class Opening:
    """What opens a redacted row: the salts of what remains, the commitments of what is gone; hex, by field."""

    salts: Mapping[str, str]
    commitments: Mapping[str, str]

    @classmethod
    def of(cls, row: Any, names: Iterable[str]) -> "Opening":
        """The opening of a history row, whether or not something was erased from it before."""
        key = bytes(row.entry_key)
        if len(key) == ROW_KEY_BYTES:
            return cls({name: field_salt(key, name).hex() for name in names}, {})
        return cls(**json.loads(key))

    def without(self, name: str, row: Any) -> "Opening":
        """The opening after the field's value and salt are destroyed."""
        kept = {one: salt for one, salt in self.salts.items() if one != name}
        if name not in self.salts:  # a field its leaf never committed to
            return Opening(kept, self.commitments)
        gone = commitment(bytes.fromhex(self.salts[name]), name, values(row, [name])[name])
        return Opening(kept, {**self.commitments, name: gone})

    def stored(self) -> bytes:
        """As it stands in the row in place of the row key; always longer than one."""
        return canonical({"commitments": dict(self.commitments), "salts": dict(self.salts)})

    def shown(self, fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The fields as a pack shows them: value and salt, or the commitment alone."""
        return {
            name: {"commitment": self.commitments[name]}
            if name in self.commitments
            else {"salt": self.salts[name], "value": plain(fields[name])}
            for name in fields
        }


def is_redacted(row: Any) -> bool:
    """Whether something was erased from a history row."""
    return len(bytes(row.entry_key)) != ROW_KEY_BYTES


def erased_fields(row: Any) -> set[str]:
    """The fields erased from a history row."""
    return set(json.loads(bytes(row.entry_key))["commitments"]) if is_redacted(row) else set()


def erased_columns(row: Any) -> set[str]:
    """The columns of the history table that were erased from a row."""
    return {REASON_COLUMN if name == REASON else name for name in erased_fields(row)}


@cache
def field_names(model: str) -> tuple[str, ...]:
    """The committed fields of a model, in the order of its columns; the free-text reason is one of them."""
    return (*(field.attname for field in apps.get_model(model).history.model.tracked_fields), REASON)


@cache
def _digest_of(model: str, names: tuple[str, ...]) -> str:
    return hashlib.sha256(canonical([model, list(names)])).hexdigest()


def field_list(model: str, names: Sequence[str] | None = None) -> FieldList:
    """The stored list of the fields a leaf of this model commits to today."""
    names = tuple(names or field_names(model))
    digest = _digest_of(model, names)
    if kept := _field_list.first(digest=digest):
        return cast(FieldList, kept)
    return FieldList.objects.get_or_create(digest=digest, defaults={"model": model, "names": list(names)})[0]


_field_list = Prepared(lambda digest: FieldList.objects.filter(digest=digest), digest=str)
FEW = 3  # rows, up to which the same short query again is cheaper than a new one for all


def history_rows(entries: Iterable[Entry]) -> dict[tuple[str, int], Any]:
    """The history rows of many entries, by (model, history id)."""
    wanted: dict[str, list[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.model, []).append(entry.history_id)
    return {(model, row.history_id): row for model, ids in wanted.items() for row in _rows(model, ids)}


def _rows(model: str, ids: list[int]) -> Iterator[Any]:
    if len(ids) <= FEW:
        for one in ids:
            yield from _row(model)(history_id=one)
        return
    history = apps.get_model(model).history.model.objects
    for start in range(0, len(ids), 800):
        yield from history.filter(history_id__in=ids[start : start + 800])


@cache
def _row(model: str) -> Prepared:
    history = apps.get_model(model).history.model.objects
    return Prepared(lambda history_id: history.filter(history_id=history_id), history_id=int)


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
    if not is_redacted(row):
        return leaf(envelope(model, row), values(row, names), bytes(row.entry_key))
    shown = disclosure(model, row, names)
    return leaf_of_disclosed(shown["envelope"], shown["fields"])


def disclosure(model: str, row: Any, names: Iterable[str]) -> dict[str, Any]:
    """What a pack shows of a history row: the envelope, and each field's value with its salt."""
    fields = values(row, names)
    if is_redacted(row):
        return {"envelope": envelope(model, row), "fields": Opening.of(row, names).shown(fields)}
    return {"envelope": envelope(model, row), "fields": disclosed(fields, bytes(row.entry_key))}
