"""Entries of the history in words: who, when, why, and each field before and after.

Everything is told as it was known when the last entry of a piece was made, so a piece that is full is told the same
for ever: by the name people had then, with the values the record had before.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery

from compliance.ledger.leaves import values
from compliance.ledger.models import Entry
from compliance.ledger.proof.canonical import canonical, plain
from compliance.packs.history import History, Piece, Row
from compliance.packs.registry import Period
from compliance.ui.templatetags.ui import dated

REASON = "ledger.reason"
UNTOLD = {"id", "version", "reference", "organisation_id", "project_id", REASON}
NOTHING: tuple[Any, ...] = (None, "", [], {})
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST, LONGEST_DATA = 280, 90
KINDS = {"+": "added", "~": "changed", "-": "removed"}
ERASED = "(erased)"
Change = dict[str, Any]
Values = dict[str, Any]


def changes_in(history: History, period: Period, only: Container[int] | None = None) -> Iterator[Change]:
    """The entries of the period (of those in `only`), one after the other."""
    for piece in history.pieces:
        if chosen := piece.within(period, only):
            yield from told(history, piece, chosen)


def told(history: History, piece: Piece, chosen: Sequence[int]) -> list[Change]:
    """The entries of `piece` with the numbers in `chosen`, in words."""
    rows = history.rows(piece)
    earlier, wanted = before(rows), set(chosen)
    found = []
    for row in rows:
        record = row["envelope"]["model"], row["envelope"]["pk"]
        now = {name: shown.get("value", ERASED) for name, shown in row["fields"].items()}
        if row["seq"] in wanted:
            found.append(_told(row, earlier.get(record, {}), now))
        earlier[record] = now
    name_all(found, piece.last_at)
    for change in found:
        del change["pk"]
    return found


def before(rows: Iterable[Row]) -> dict[tuple[str, str], Values]:
    """What the records of some entries were before the first of these, by model and id."""
    first: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        envelope = row["envelope"]
        first.setdefault((envelope["model"], envelope["pk"]), envelope)
    by_model: dict[str, list[int]] = {}
    for (model, _), envelope in first.items():
        if envelope["type"] != "+":
            by_model.setdefault(model, []).append(envelope["hid"])
    return {(model, str(row.id)): _values(row) for model, ids in by_model.items() for row in _rows_before(model, ids)}


def _rows_before(model: str, ids: list[int]) -> Iterator[Any]:
    history = apps.get_model(model).history.model
    earlier = history.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    found = history.objects.filter(history_id__in=ids).order_by()
    keys = found.annotate(before=Subquery(earlier.values("history_id")[:1])).values_list("before", flat=True)
    yield from history.objects.in_bulk([key for key in keys if key is not None]).values()


def _values(row: Any) -> Values:
    names = [field.attname for field in row.tracked_fields]
    return {name: plain(value) for name, value in values(row, names).items()}


def _told(row: Row, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    envelope = row["envelope"]
    return {
        "seq": row["seq"] + 1,
        "at": datetime.fromisoformat(envelope["at"]).astimezone(UTC),
        "actor": envelope["actor"],
        "role": envelope["role"],
        "origin": envelope["origin"],
        "kind": KINDS[envelope["type"]],
        "model": _model_name(envelope["model"]),
        "record": new.get("reference") or "",
        "pk": envelope["pk"],
        "reason": new.get(REASON) or "",
        "fields": [] if envelope["type"] == "-" else differences(envelope["model"], old, new),
        "hash": row["leaf"],
    }


def _model_name(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name)


def differences(label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that differ between two states of a record, as stored; `name_all` puts names where ids stand."""
    model: Any = apps.get_model(label)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    found = []
    for name, value in new.items():
        before = old.get(name)
        if name in UNTOLD or name in model.desk_fields:
            continue
        if value == before or (_is_nothing(value) and _is_nothing(before)):
            continue
        field = fields.get(name)
        called, choices = model.told_field(field, new.get) if field is not None else (name, {})
        found.append({"name": called, "old": _worded(field, before, choices), "new": _worded(field, value, choices)})
    return found


def _is_nothing(value: Any) -> bool:
    """Whether a value says no more than that nothing was entered."""
    return value is False or value in NOTHING


def _worded(field: Any, value: Any, choices: Mapping[str, str]) -> Any:
    """A stored choice in its own words, a key of a table that has no history as the row it leads to."""
    if field is None or value in NOTHING:
        return value
    if field.is_relation and not hasattr(field.related_model, "history"):
        row = field.related_model._base_manager.filter(pk=value).first()
        return str(getattr(row, "name", "") or row or value)
    return choices.get(str(value), value)


def name_all(found: list[Change], at: datetime) -> None:
    """Put names where ids stand: people for actors, references for records; people are called what they were then."""
    names = _names(found, at)
    for change in found:
        kind, _, key = change["actor"].partition(":")
        change["actor"] = names.get(key, f"user {key[:8]}") if kind == "user" else f"{key} (program)"
        change["record"] = change["record"] or names.get(change["pk"], "")
        for field in change["fields"]:
            field["old"], field["new"] = (_shown(field[side], names) for side in ("old", "new"))


def _names(found: list[Change], at: datetime) -> dict[str, str]:
    keys = {change["actor"].partition(":")[2] for change in found if change["actor"].startswith("user:")}
    ids = {value for change in found for field in change["fields"] for value in _ids((field["old"], field["new"]))}
    ids |= {change["pk"] for change in found if not change["record"]}
    known = _people(keys | ids, at)
    records = Entry.objects.filter(object_id__in=ids - set(known)).exclude(reference="")
    return {**{str(key): text for key, text in records.values_list("object_id", "reference")}, **known}


def names_of(keys: set[str], at: datetime) -> dict[str, list[tuple[str, str]]]:
    """Names and addresses by person, oldest first; of somebody not yet written at the moment, the first ones."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = get_user_model().history.filter(id__in=keys).order_by("history_id")
    for key, name, email, written in rows.values_list("id", "name", "email", "history_date"):
        if written <= at or str(key) not in found:
            found.setdefault(str(key), []).append((name, email))
    return found


def _people(keys: set[str], at: datetime) -> dict[str, str]:
    return {key: had[-1][0] or had[-1][1] for key, had in names_of(keys, at).items()}


def _ids(found: Iterable[Any]) -> list[str]:
    return [value for value in found if isinstance(value, str) and ID.fullmatch(value)]


def _shown(value: Any, names: Mapping[str, str]) -> str:
    if value in NOTHING:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return _shortened(canonical(value).decode(), LONGEST_DATA)
    return names.get(value) or _shortened(dated(value), LONGEST)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text)} characters, whole in history.jsonl)"
