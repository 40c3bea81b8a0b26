"""The history as people read it: who changed which field from what to what, when, why and from where.

    lines = story(Entry.objects.in_streams(project.stream).between(since, until)[:50])

A page of entries costs a fixed number of queries per table it touches, never one per entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Max, OuterRef, Subquery

from compliance.ledger.leaves import history_rows, is_redacted
from compliance.ledger.models import ERASED, Entry, Redaction, TrackedBase
from compliance.ledger.moment import moment_read
from compliance.ledger.redaction import redactions_of

SILENT = frozenset({"id", "version", "reference", "stream_key", "object_id"})
SCOPE = frozenset({"organisation", "project"})
NAMING = ("name", "title", "ref", "label")
NOT_RECORDED = "not recorded"
AT_THE_DESK = "told at its desk only"


@dataclass(frozen=True)
class FieldChange:
    """One field: what it was and what it became, in words. `name` is the column's; `redaction` erased the value."""

    name: str
    label: str
    old: str
    new: str
    redaction: Redaction | None = None


@dataclass(frozen=True)
class Line:
    """One entry of the history, told."""

    entry: Entry
    what: str
    title: str
    actor: str
    reason: str
    changes: list[FieldChange] = field(default_factory=list)


def changes(*streams: str, since: datetime | None = None, until: datetime | None = None) -> Any:
    """Entries of one or more streams in a period, newest first; page it, then tell it with `story`."""
    return Entry.objects.in_streams(*streams).between(since, until)


def story(entries: Iterable[Entry], *, at: datetime | None = None) -> list[Line]:
    """Tell entries in their order. Names of people and of linked records are those at `at` (now by default)."""
    found = list(entries)
    rows, before = history_rows(found), _rows_before(found)
    names = _Names(at or moment_read())
    for entry in found:
        names.want(entry, rows[entry.model, entry.history_id], before.get((entry.model, entry.history_id)))
    names.load()
    return [
        _line(entry, rows[entry.model, entry.history_id], before.get((entry.model, entry.history_id)), names)
        for entry in found
    ]


def diff(entry: Entry) -> list[FieldChange]:
    """What one entry changed."""
    return story([entry])[0].changes


def compare(row: TrackedBase, first: datetime, second: datetime) -> list[FieldChange]:
    """What became of a record between two moments; a record that did not exist reads as not recorded."""
    history = type(row).history.filter(id=row.pk).order_by("-history_id")  # type: ignore[attr-defined]
    old = history.filter(history_date__lte=first).first()
    new = history.filter(history_date__lte=second).first()
    names = _Names(second)
    for one in (old, new):
        names.want_row(type(row), one)
    names.load()
    return _differences(type(row), _alive(new), _alive(old), names)


def _alive(row: Any) -> Any:
    return None if row is None or row.history_type == "-" else row


def _rows_before(entries: Sequence[Entry]) -> dict[tuple[str, int], Any]:
    """For each entry the history row before it, one query per model."""
    wanted: dict[str, list[int]] = {}
    for entry in entries:
        if entry.type != "+":
            wanted.setdefault(entry.model, []).append(entry.history_id)
    found = {}
    for label, ids in wanted.items():
        history = apps.get_model(label).history.model.objects
        earlier = (
            history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
            .order_by()
            .values("id")
            .annotate(latest=Max("history_id"))
            .values("latest")
        )
        pairs = dict(
            history.filter(history_id__in=ids).annotate(before=Subquery(earlier)).values_list("history_id", "before")
        )
        rows = history.in_bulk([before for before in pairs.values() if before is not None])
        found.update({(label, now): rows[before] for now, before in pairs.items() if before is not None})
    return found


def _line(entry: Entry, row: Any, before: Any, names: "_Names") -> Line:
    model = entry.tracked_model
    return Line(
        entry=entry,
        what=str(model._meta.verbose_name),
        title=names.of_record(model, row),
        actor=names.of_actor(entry.actor),
        reason=row.history_change_reason or "",
        changes=[] if entry.type == "-" else _differences(model, row, before, names),
    )


def _differences(model: type[TrackedBase], row: Any, before: Any, names: "_Names") -> list[FieldChange]:
    told = []
    said = partial(getattr, row if row is not None else before)
    for column in model.history.model.tracked_fields:  # type: ignore[attr-defined]
        if column.name in SILENT:
            continue
        old = getattr(before, column.attname) if before is not None else None
        new = getattr(row, column.attname) if row is not None else None
        if old == new or (before is None and new in (None, "", False)):
            continue
        label, choices = model.told_field(column, said)
        old_text = names.of_value(column, old, choices) if before is not None else ""
        new_text = names.of_value(column, new, choices) if row is not None else NOT_RECORDED
        gone = names.redaction(model, row or before, column.attname) if ERASED in (old_text, new_text) else None
        told.append(FieldChange(column.attname, label, old_text, new_text, gone))
    return told


class _Names:
    """Names for the ids a page of history mentions, loaded in one query per table."""

    def __init__(self, at: datetime | None) -> None:
        self.at = at
        self.wanted: dict[type[models.Model], set[Any]] = {}
        self.known: dict[tuple[type[models.Model], Any], str] = {}
        self.redacted: set[tuple[str, Any]] = set()
        self.redactions: dict[tuple[str, str, str], Redaction] = {}

    def want(self, entry: Entry, row: Any, before: Any) -> None:
        kind, _, key = entry.actor.partition(":")
        if kind == "user":
            self._want(apps.get_model("accounts.User"), key)
        for one in (row, before):
            self.want_row(entry.tracked_model, one)

    def want_row(self, model: type[TrackedBase], row: Any) -> None:
        if row is None:
            return
        if is_redacted(row):
            self.redacted.add((model._meta.label_lower, row.id))
        for column in model.history.model.tracked_fields:  # type: ignore[attr-defined]
            if column.is_relation and (key := getattr(row, column.attname)) is not None:
                self._want(column.related_model, key)

    def _want(self, model: type[models.Model], key: Any) -> None:
        self.wanted.setdefault(model, set()).add(str(key))

    def redaction(self, model: type[models.Model], row: Any, column: str) -> Redaction | None:
        """The redaction that erased a field of a record, if one did."""
        return self.redactions.get((model._meta.label_lower, str(row.id), column))

    def load(self) -> None:
        if self.redacted:
            self.redactions = redactions_of(self.redacted)
        for model, keys in self.wanted.items():
            for row in self._rows(model, keys):
                self.known[model, str(row.pk if not hasattr(row, "history_id") else row.id)] = self.of_row(model, row)

    def _rows(self, model: Any, keys: set[Any]) -> Any:
        if not hasattr(model, "history"):
            return model._base_manager.filter(pk__in=keys)
        history = model.history.model.objects.filter(id__in=keys)
        if self.at is not None:
            history = history.filter(history_date__lte=self.at)
        latest = history.order_by().values("id").annotate(latest=Max("history_id")).values("latest")
        return model.history.model.objects.filter(history_id__in=latest)

    def of_row(self, model: type[models.Model], row: Any) -> str:
        """A record's reference and the first thing it has that reads as a name."""
        name = next((str(getattr(row, key)) for key in NAMING if getattr(row, key, "")), "")
        reference = getattr(row, "reference", "")
        return " ".join(part for part in (reference, name) if part) or str(model._meta.verbose_name)

    def of_record(self, model: Any, row: Any) -> str:
        """The record's own name; a link goes by its two ends."""
        if getattr(row, "reference", "") or any(getattr(row, key, "") for key in NAMING):
            return self.of_row(model, row)
        ends = [
            self.known.get((column.related_model, str(getattr(row, column.attname))), "")
            for column in model.history.model.tracked_fields
            if column.is_relation and column.name not in SCOPE
        ]
        return " – ".join([end for end in ends if end][:2]) or self.of_row(model, row)

    def of_actor(self, actor: str) -> str:
        kind, _, key = actor.partition(":")
        if kind == "user":
            return self.known.get((apps.get_model("accounts.User"), key), actor)
        return key.replace("_", " ")

    def of_value(self, column: Any, value: Any, choices: Mapping[str, str]) -> str:
        if value is None or value == "":
            return NOT_RECORDED
        if column.name in getattr(column.model, "desk_fields", ()) and value != ERASED:
            return AT_THE_DESK
        if column.is_relation:
            return self.known.get((column.related_model, str(value)), str(value))
        return choices[str(value)] if str(value) in choices else in_words(value)


def in_words(value: Any) -> str:
    """A stored value as a reader sees it: days as 22 Nov 2026, moments in UTC, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%-d %b %Y, %H:%M} UTC"
    if isinstance(value, date):
        return f"{value:%-d %b %Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return ", ".join(in_words(item) for item in value)
    return str(value)
