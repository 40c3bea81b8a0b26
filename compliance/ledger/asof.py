"""The only way to read the past: rows as they stood at a moment, found in one query per table."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Max, Min, QuerySet

T = TypeVar("T")


class PastRows(Generic[T]):
    """The rows of one model at one moment: filter and order them, then take `instances`."""

    def __init__(self, model: type[T], at: datetime, rows: QuerySet[Any]) -> None:
        self.model = model
        self.at = at
        self.rows = rows

    def filter(self, *args: Any, **kwargs: Any) -> "PastRows[T]":
        return PastRows(self.model, self.at, self.rows.filter(*args, **kwargs))

    def exclude(self, *args: Any, **kwargs: Any) -> "PastRows[T]":
        return PastRows(self.model, self.at, self.rows.exclude(*args, **kwargs))

    def order_by(self, *names: str) -> "PastRows[T]":
        return PastRows(self.model, self.at, self.rows.order_by(*names))

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
        found = [self._instance(row) for row in self.rows]
        follow(found, related, self.at)
        return found

    def first(self, *related: str) -> T | None:
        found = PastRows(self.model, self.at, self.rows[:1]).instances(*related)
        return found[0] if found else None

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
    history = model.history.model.objects  # type: ignore[attr-defined]
    written = history.filter(history_date__lte=at)
    if stream is not None:
        written = written.filter(entry_stream__in=[stream] if isinstance(stream, str) else list(stream))
    if ids is not None:
        written = written.filter(id__in=list(ids))
    latest = written.order_by().values("id").annotate(latest=Max("history_id")).values("latest")
    rows = history.filter(history_id__in=latest).exclude(history_type="-")
    return PastRows(model, at, rows.order_by("reference", "history_id"))


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
    history = target.history.model.objects
    first = history.filter(id__in=keys).order_by().values("id").annotate(first=Min("history_id")).values("first")
    rows = PastRows(target, at, history.filter(history_id__in=first)).instances(*tails)
    return {row.pk: row for row in rows}
