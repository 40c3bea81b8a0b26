"""The only way to read the past: rows as they stood at a moment, found in one query per table."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Max, Min, QuerySet
from django.utils.hashable import make_hashable

from compliance.ledger.written import ever_written

T = TypeVar("T")
remembered: ContextVar[dict[Any, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Read the same rows of the past once, however many ask for them; for work that reads a moment and writes nothing.

    Everybody who asks gets instances of their own; what their foreign keys lead to is shared.
    """
    token = remembered.set({}) if remembered.get() is None else None
    try:
        yield
    finally:
        if token:
            remembered.reset(token)


class PastRows(Generic[T]):
    """The rows of one model at one moment: filter and order them, then take `instances`."""

    def __init__(
        self,
        model: type[T],
        at: datetime,
        read: Callable[[], QuerySet[Any]],
        asked: tuple[Any, ...],
        streams: tuple[str, ...] | None = None,
    ) -> None:
        self.model = model
        self.at = at
        self._rows = read
        self._asked = asked
        self._streams = streams

    @cached_property
    def rows(self) -> QuerySet[Any]:
        return self._rows()

    def _with(self, step: Callable[[QuerySet[Any]], QuerySet[Any]], *asked: Any) -> "PastRows[T]":
        return PastRows(self.model, self.at, lambda: step(self.rows), (*self._asked, asked), self._streams)

    def filter(self, *args: Any, **kwargs: Any) -> "PastRows[T]":
        return self._with(lambda rows: rows.filter(*args, **kwargs), "filter", args, kwargs)

    def exclude(self, *args: Any, **kwargs: Any) -> "PastRows[T]":
        return self._with(lambda rows: rows.exclude(*args, **kwargs), "exclude", args, kwargs)

    def order_by(self, *names: str) -> "PastRows[T]":
        return self._with(lambda rows: rows.order_by(*names), "order", names)

    def count(self) -> int:
        return self.rows.count()

    def exists(self) -> bool:
        return self.rows.exists()

    def __iter__(self) -> Iterator[T]:
        return iter(self.instances())

    def instances(self, *related: str) -> list[T]:
        """Model instances as they were; the foreign keys named in `related` (`"control"`, `"control__owner"`)
        lead to rows of the same moment, one query per key. Never save them.
        """
        known = remembered.get()
        if known is None:
            return self._read(related)
        key = (self.model, self.at, make_hashable(self._asked), related)  # a TypeError names what cannot be compared
        if key not in known:
            known[key] = self._read(related)
        return [_twin(row) for row in known[key]]

    def first(self, *related: str) -> T | None:
        found = self._with(lambda rows: rows[:1], "first").instances(*related)
        return found[0] if found else None

    def _read(self, related: tuple[str, ...]) -> list[T]:
        if not _may_hold(self._streams, self.model):
            return []
        found = [self._instance(row) for row in self.rows]
        follow(found, related, self.at)
        return found

    def _instance(self, row: Any) -> T:
        instance = self.model(**{field.attname: getattr(row, field.attname) for field in row.tracked_fields})
        instance._state.adding = False  # type: ignore[attr-defined]
        instance.past_row = row  # type: ignore[attr-defined]
        return instance


def as_of(
    model: type[T], at: datetime, *, stream: str | Iterable[str] | None = None, ids: Iterable[Any] | None = None
) -> PastRows[T]:
    """Rows of `model` as they stood at `at`; `stream` narrows to one scope's history (or several), `ids` to records.

    Both narrow before the latest row is chosen, so give one of them: without, the whole table is read.

    Two changes in one instant: the later entry wins, so a record is never two rows.
    """
    streams = None if stream is None else (stream,) if isinstance(stream, str) else tuple(stream)
    records = None if ids is None else frozenset(ids)

    def read() -> QuerySet[Any]:
        written = _history(model).objects.filter(history_date__lte=at)
        if streams is not None:
            written = written.filter(entry_stream__in=streams)
        if records is not None:
            written = written.filter(id__in=records)
        latest = written.order_by().values("id").annotate(latest=Max("history_id")).values("latest")
        rows = _history(model).objects.filter(history_id__in=latest).exclude(history_type="-")
        return rows.order_by("reference", "history_id")

    return PastRows(model, at, read, (streams, records), streams)


def _may_hold(streams: tuple[str, ...] | None, model: type[Any]) -> bool:
    """False when these histories never held such a record: a small project has no rows in most tables."""
    known = remembered.get()
    if known is None or streams is None:
        return True
    if streams not in known:
        known[streams] = ever_written(streams)
    return model in known[streams]


def _history(model: Any) -> Any:
    return model.history.model


def _twin(row: Any) -> Any:
    """An instance with the same values, for somebody who may hang something of their own on it."""
    twin = row.__class__.__new__(row.__class__)
    twin.__dict__.update(row.__dict__)
    twin._state = copy(row._state)
    twin._state.fields_cache = dict(row._state.fields_cache)
    return twin


def follow(rows: list[Any], related: Iterable[str], at: datetime) -> None:
    """Point the named foreign keys of past rows at past rows; a removed target becomes as it was first written."""
    paths: dict[str, list[str]] = {}
    for path in related:
        head, _, tail = path.partition("__")
        paths.setdefault(head, [])
        if tail:
            paths[head].append(tail)
    for name, tails in paths.items():
        if not rows:
            return
        field = rows[0]._meta.get_field(name)
        keys = {getattr(row, field.attname) for row in rows} - {None}
        target = field.related_model
        if hasattr(target, "history"):
            found = {row.pk: row for row in as_of(target, at, ids=keys).instances(*tails)}
            found |= _as_first_written(target, keys - found.keys(), tails, at)
        else:
            found = target._base_manager.in_bulk(keys)
        for row in rows:
            field.set_cached_value(row, found.get(getattr(row, field.attname)))


def _as_first_written(target: type[Any], keys: set[Any], tails: list[str], at: datetime) -> dict[Any, Any]:
    """Targets not yet written at `at`: only simulated time makes them (its people are real). Their first version."""
    if not keys:
        return {}
    history = _history(target).objects
    first = history.filter(id__in=keys).order_by().values("id").annotate(first=Min("history_id")).values("first")
    chosen = ("first written", frozenset(keys))
    rows = PastRows(target, at, lambda: history.filter(history_id__in=first), chosen).instances(*tails)
    return {row.pk: row for row in rows}
