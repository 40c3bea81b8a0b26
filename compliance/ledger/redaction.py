"""Taking personal data out of the history on a lawful request, so that every proof stays whole.

    found = held(record)                                   # what a field ever said, to be shown before it goes
    redact(record=user, fields=["email"], ground=…, by=mara, reason="Request of 3 May, ticket 118")

The value goes from the history rows (and from the record, where it still stands), its salt is destroyed, its
commitment stays: the leaf is the same, bit for bit. Text only: files and packs already handed out keep what they hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.dispatch import Signal

from compliance.ledger.context import change
from compliance.ledger.errors import Refused
from compliance.ledger.leaves import REASON, Opening, field_names
from compliance.ledger.models import (
    ERASED,
    REASON_COLUMN,
    Leaf,
    Redaction,
    TrackedBase,
    erasable_fields,
)
from compliance.ledger.models.redaction import LEAST_REASON
from compliance.ledger.reasons import governed

# Sent before a record's own value goes (`record`, `fields`): rooms drop their copies, or raise Refused.
erasing = Signal()
# Sent after the commit of an erasure: copies that may hold the value are dropped.
erased = Signal()


class CannotErase(Refused):
    """The value cannot be erased; the message says why."""


@dataclass(frozen=True)
class Held:
    """What one field of one record ever held: the distinct values, oldest first, and the history rows of each."""

    field: str
    label: str
    personal: bool
    values: dict[str, list[int]]
    live: bool
    told: bool = True  # False: its values are shown at the record's desk only

    @property
    def rows(self) -> list[int]:
        """Every history row that would be changed."""
        return sorted(row for rows in self.values.values() for row in rows)


def held(model: type[TrackedBase], key: Any) -> list[Held]:
    """The erasable fields of a record that hold something, personal data first. Two queries."""
    found: dict[str, dict[str, list[int]]] = {}
    columns = erasable_fields(model)
    rows = history_of(model, key).values("history_id", *columns)
    for row in rows.order_by("history_id"):
        for column in columns:
            if row[column] and row[column] != ERASED and not str(row[column]).startswith(f"{ERASED} "):
                found.setdefault(column, {}).setdefault(row[column], []).append(row["history_id"])
    live = model._base_manager.filter(pk=key).values(*(set(columns) - {REASON_COLUMN})).first() or {}
    told = [
        Held(
            column,
            _label(model, column),
            column in model.personal_fields,
            values,
            live.get(column) in values,
            column not in model.desk_fields,
        )
        for column, values in found.items()
    ]
    return sorted(told, key=lambda one: (not one.personal, one.field == REASON_COLUMN, one.label))


def history_of(model: type[TrackedBase], key: Any) -> Any:
    """The history rows of one record."""
    return model.history.model.objects.filter(id=key)  # type: ignore[attr-defined]


@governed("Say what was asked for and by whom, without the value itself")
def redact(
    *,
    model: type[TrackedBase],
    key: Any,
    fields: Iterable[str],
    ground: str,
    by: Any,
    reason: str,
    rows: Iterable[int] | None = None,
) -> list[Redaction]:
    """Erase what `fields` of the record ever held, or held in the history rows `rows` only. For good.

    Raises CannotErase; a room that keeps a copy may raise Refused.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # the freed pages are overwritten, too
    with change(by=by, reason=reason):
        model._base_manager.select_for_update().filter(pk=key).first()  # nobody writes the value once more meanwhile
        chosen = _chosen(model, key, list(fields), None if rows is None else set(rows))
        _check(chosen, ground, reason)
        _erase_live(model, key, chosen)
        made = []
        for one, ids in chosen:
            made += _record(model, key, one.field, ids, ground, reason)
        for redaction in made:
            _erase(model, redaction)
        transaction.on_commit(lambda: erased.send(sender=model, key=key), robust=True)
    return made


def _chosen(
    model: type[TrackedBase], key: Any, fields: list[str], rows: set[int] | None
) -> list[tuple[Held, list[int]]]:
    known = {one.field: one for one in held(model, key)}
    if model is Redaction:
        raise CannotErase("A redaction stays as it was written: its reason never holds the value.")
    chosen = []
    for field in dict.fromkeys(fields):
        if field not in erasable_fields(model):
            raise CannotErase(f"{field} holds no text: it is not erased.")
        ids = [row for row in known[field].rows if rows is None or row in rows] if field in known else []
        if not ids:
            raise CannotErase(f"{_label(model, field)}: nothing is held there any more. It may be erased already.")
        chosen.append((known[field], ids))
    if not chosen:
        raise CannotErase("Choose at least one field to erase.")
    return chosen


def _check(chosen: list[tuple[Held, list[int]]], ground: str, reason: str) -> None:
    if ground not in Redaction.Ground.values:
        raise CannotErase("Choose the ground the request rests on.")
    if len(reason.strip()) < LEAST_REASON:
        raise CannotErase(f"Say in at least {LEAST_REASON} characters what was asked for and by whom.")
    for one, _ in chosen:
        if any(len(value) > 3 and value.lower() in reason.lower() for value in one.values):
            raise CannotErase("The reason repeats the value that is to go: the reason stays for ever, reword it.")


def _erase_live(model: type[TrackedBase], key: Any, chosen: list[tuple[Held, list[int]]]) -> None:
    """The record itself: one save, whose history row says erased from the start."""
    names = [one.field for one, ids in chosen if one.live and one.rows[-1] in ids]
    erasing.send(sender=model, key=key, fields=names)
    record = model._base_manager.filter(pk=key).first()
    if record is None or not names:
        return
    for name in names:
        unique = record._meta.get_field(name).unique  # type: ignore[union-attr]
        setattr(record, name, f"{ERASED} {record.pk.hex}" if unique else ERASED)
    record.save()


def _record(
    model: type[TrackedBase], key: Any, field: str, ids: list[int], ground: str, reason: str
) -> list[Redaction]:
    """One redaction per stream the rows stand in: a record that moved has history in two."""
    streams: dict[str, list[int]] = {}
    subject = ""
    for stream, row, reference in (
        history_of(model, key).filter(history_id__in=ids).values_list("entry_stream", "history_id", "reference")
    ):
        streams.setdefault(stream, []).append(row)
        subject = reference
    made = []
    for stream, rows in sorted(streams.items()):
        redaction = Redaction(
            stream_key=stream,
            model=model._meta.label_lower,
            object_id=key,
            subject=subject,
            field=field,
            ground=ground,
            reason=reason.strip(),
            history_ids=sorted(rows),
        )
        redaction.save()
        made.append(redaction)
    return made


def _erase(model: type[TrackedBase], redaction: Redaction) -> None:
    """Value and salt of each row go in one UPDATE, the only one the database lets through."""
    history = model.history.model  # type: ignore[attr-defined]
    rows = list(history.objects.filter(history_id__in=redaction.history_ids))
    sealed = _sealed_names(model, [row.history_id for row in rows])
    leaving = REASON if redaction.field == REASON_COLUMN else redaction.field
    # Not by the ORM: all histories share one field object for the reason, so it would update another table.
    statement = f'UPDATE "{history._meta.db_table}" SET "{redaction.field}" = %s, entry_key = %s WHERE history_id = %s'  # noqa: S608  names from the models
    with connection.cursor() as cursor:
        for row in rows:
            names = sealed.get(row.history_id) or field_names(model._meta.label_lower)
            cursor.execute(statement, [ERASED, Opening.of(row, names).without(leaving, row).stored(), row.history_id])


def _sealed_names(model: type[TrackedBase], ids: Sequence[int]) -> dict[int, list[str]]:
    """The fields each row's leaf commits to, where it is sealed: an older schema's, perhaps."""
    leaves = Leaf.objects.filter(entry__model=model._meta.label_lower, entry__history_id__in=ids)
    return {leaf.entry.history_id: leaf.fields.names for leaf in leaves.select_related("entry", "fields")}


def redactions_of(records: Iterable[tuple[str, Any]]) -> dict[tuple[str, str, str], Redaction]:
    """The newest redaction per (model, record, field) of some records. One query."""
    wanted = set(records)
    found = Redaction.objects.filter(object_id__in={key for _, key in wanted}).order_by("id")
    return {(one.model, str(one.object_id), one.field): one for one in found if (one.model, one.object_id) in wanted}


def _label(model: type[TrackedBase], column: str) -> str:
    if column == REASON_COLUMN:
        return "Reason given"
    label = str(apps.get_model(model._meta.label)._meta.get_field(column).verbose_name)
    return label[:1].upper() + label[1:]
