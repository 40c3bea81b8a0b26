"""What became of whole scopes between two moments: which records came, went or changed, and field by field how.

found = touched(project.stream, since=a, until=b)          # one query, whatever the length of the history
for became in told(found[:50], since=a, until=b): ...      # two queries per table and one per table of names
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Q

from compliance.ledger.models import Entry, TrackedBase
from compliance.ledger.story import FieldChange, _differences, _Names

ADDED, CHANGED, REMOVED, PASSED = "added", "changed", "removed", "added and removed"


@dataclass(frozen=True)
class Touched:
    """A record with entries between two moments."""

    model: str
    object_id: Any
    reference: str
    kind: str
    entries: int
    last_at: datetime

    @property
    def room(self) -> str:
        """The label of the app the record belongs to."""
        return self.model.partition(".")[0]


@dataclass(frozen=True)
class Became:
    """A touched record in words. A record that was changed back has no changes."""

    touched: Touched
    what: str
    title: str
    changes: list[FieldChange] = field(default_factory=list)


def touched(
    *streams: str, since: datetime, until: datetime, hidden: Iterable[str] = (), record: Any = None
) -> list[Touched]:
    """Records with entries after `since`, up to `until`, by room and reference. `record` narrows to one."""
    entries = Entry.objects.in_streams(*streams).filter(at__gt=since, at__lte=until).exclude(model__in=set(hidden))
    if record is not None:
        entries = entries.filter(object_id=record)
    rows = (
        entries.order_by()
        .values("model", "object_id")
        .annotate(
            name=Max("reference"),
            born=Count("id", filter=Q(type="+")),
            died=Count("id", filter=Q(type="-")),
            total=Count("id"),
            last=Max("at"),
        )
    )
    found = [
        Touched(row["model"], row["object_id"], row["name"], _kind(row["born"], row["died"]), row["total"], row["last"])
        for row in rows
        if not apps.get_model(row["model"]).always_today
    ]
    return sorted(found, key=lambda one: (one.model, one.reference, str(one.object_id)))


def _kind(born: int, died: int) -> str:
    if born:
        return PASSED if died >= born else ADDED
    return REMOVED if died else CHANGED


def told(found: Sequence[Touched], *, since: datetime, until: datetime) -> list[Became]:
    """Field by field what became of each; names of people and linked records are those at `until`."""
    wanted: dict[str, list[Any]] = {}
    for one in found:
        wanted.setdefault(one.model, []).append(one.object_id)
    names, before, after = _Names(until), {}, {}
    for label, ids in wanted.items():
        model: Any = apps.get_model(label)
        before.update({(label, row.id): row for row in _newest(model, ids, since)})
        after.update({(label, row.id): row for row in _newest(model, ids, until)})
    for rows in (before, after):
        for (label, _), row in rows.items():
            names.want_row(apps.get_model(label), row)
    names.load()
    return [_became(one, before.get(_key(one)), after.get(_key(one)), names) for one in found]


def _key(one: Touched) -> tuple[str, Any]:
    return one.model, one.object_id


def _newest(model: type[TrackedBase], ids: list[Any], at: datetime) -> Any:
    history = model.history.model.objects  # type: ignore[attr-defined]
    latest = history.filter(id__in=ids, history_date__lte=at).order_by().values("id").annotate(newest=Max("history_id"))
    return history.filter(history_id__in=latest.values("newest"))


def _became(one: Touched, old: Any, new: Any, names: _Names) -> Became:
    model: Any = apps.get_model(one.model)
    was, is_now = _alive(old), _alive(new)
    changes = _differences(model, is_now, was, names) if was is not None or is_now is not None else []
    return Became(one, str(model._meta.verbose_name), names.of_record(model, new), changes)


def _alive(row: Any) -> Any:
    return None if row is None or row.history_type == "-" else row
