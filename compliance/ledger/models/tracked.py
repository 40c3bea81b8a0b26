"""The base of every model whose rows are evidence."""

import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db import models, router, transaction
from django.utils import timezone
from simple_history.manager import HistoryDescriptor
from simple_history.models import HistoricalRecords

from compliance.ledger import context
from compliance.ledger.errors import StaleWrite
from compliance.ledger.models.stream import INSTANCE, Counter

M = TypeVar("M", bound="TrackedBase")


def new_row_key() -> bytes:
    """32 random bytes; every field's salt is derived from them (RFC 6962 leaf commitments)."""
    return secrets.token_bytes(32)


class HistoryRow(models.Model):
    """What every history row carries besides the record's own fields, under names no record uses."""

    entry_stream = models.CharField(max_length=64, db_index=True)
    entry_role = models.CharField(max_length=40, blank=True)
    entry_origin = models.CharField(max_length=10)
    entry_change_set = models.UUIDField()
    entry_key = models.BinaryField(max_length=32, default=new_row_key)

    class Meta:
        abstract = True


class TrackedQuerySet(models.QuerySet[M]):
    """A queryset whose every way of writing leaves history."""

    def update(self, **kwargs: Any) -> int:
        raise NotImplementedError("update() writes no history: save() the rows, or use bulk_update().")

    def bulk_create(  # type: ignore[override]  # the options taken away are refused
        self, objs: Iterable[M], batch_size: int | None = None, **kwargs: Any
    ) -> list[M]:
        """Insert with references and history, in one transaction; conflict handling is refused."""
        if any(kwargs.values()):
            raise NotImplementedError("bulk_create() of tracked rows takes no conflict options: they write no history.")
        rows = list(objs)
        with transaction.atomic(using=self.db):
            _give_references(rows)
            for row in rows:
                row.version = 1
            super().bulk_create(rows, batch_size=batch_size or 500)
            _write_history(self.model, rows, "+")
        return rows

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update the named fields with history of the rows as they then stand, not of stale memory."""
        rows = list(objs)
        with transaction.atomic(using=self.db):
            for row in rows:
                row.version += 1
            plain: models.QuerySet[M] = models.QuerySet(self.model, using=self.db)
            count = plain.bulk_update(rows, [*fields, "version"], batch_size=batch_size or 500)
            keys = [row.pk for row in rows]
            for start in range(0, len(keys), 500):
                _write_history(self.model, list(plain.filter(pk__in=keys[start : start + 500])), "~")
        return count


def _give_references(rows: "Sequence[TrackedBase]") -> None:
    waiting: dict[tuple[str, str], list[TrackedBase]] = {}
    for row in rows:
        if row.prefix and not row.reference:
            waiting.setdefault((row.reference_scope, row.prefix), []).append(row)
    for (scope, prefix), group in waiting.items():
        first = Counter.take(scope, prefix, len(group))
        for offset, row in enumerate(group):
            row.reference = f"{prefix}-{first + offset:0{row.reference_digits}d}"


def _write_history(model: type[Any], rows: "Sequence[TrackedBase]", kind: str) -> None:
    history = model.history.model
    tracked = [field.attname for field in history.tracked_fields]
    records = []
    for row in rows:
        record = history(history_type=kind, **{name: getattr(row, name) for name in tracked})
        stamp(row, record)
        records.append(record)
    history.objects.bulk_create(records, batch_size=500)


def stamp(row: "TrackedBase", record: Any) -> None:
    """Put actor, reason, origin and time of the current change on a history row, whatever it carried before."""
    now = context.current()
    record.entry_stream = row.stream
    record.history_user_id = now.actor
    record.history_change_reason = now.reason
    record.entry_role, record.entry_origin, record.entry_change_set = now.role, now.origin, now.change_set
    simulated = context.simulated_moment() if record.entry_stream != INSTANCE else None
    record.history_date = simulated or timezone.now()


@dataclass(frozen=True)
class Frozen:
    """Which rows the database keeps as they are: those whose `field` has one of the values in `moves`.

    Each may go to the values named there; besides, only the fields in `free` change, and texts that are erased.
    """

    field: str
    moves: Mapping[str, Sequence[str]]
    free: frozenset[str] = frozenset()


class TrackedBase(models.Model):
    """A record whose every change is kept, sealed and printable.

    `reference` is the name people use (`R-0042`); it comes from `reference_prefix` and is never used again.
    Rows without a prefix are links, named by their two ends. `version` counts saves: saving a stale copy raises
    StaleWrite instead of overwriting what somebody else wrote.

    `personal_fields` are the fields that hold a person's data (GDPR Art. 4(1)) by their nature, by name: packs for
    customers leave them out, and a redaction offers them first. Free text may hold some too; it is not listed.

    `desk_fields` are told at the record's own desk only (who asked what about themselves): every other place, history
    and packs included, says at most that they changed.

    `append_only` rows record what happened: the database lets nobody change or delete them. `frozen` says from which
    state on a row is kept like that.
    """

    reference_prefix: ClassVar[str] = ""
    reference_digits: ClassVar[int] = 4
    personal_fields: ClassVar[frozenset[str]] = frozenset()
    desk_fields: ClassVar[frozenset[str]] = frozenset()
    append_only: ClassVar[bool] = False
    frozen: ClassVar[Frozen | None] = None
    # Read as they are today also on pages of the past: what decides who may look.
    always_today: ClassVar[bool] = False
    # Shared by the whole installation and dated when it was loaded: in the past before that, its first version counts.
    installation_wide: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=32, blank=True, editable=False, db_index=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        """The key of the ledger stream this row's history belongs to."""
        raise NotImplementedError

    @property
    def reference_scope(self) -> str:
        """The stream within which the reference is unique."""
        return self.stream

    @property
    def prefix(self) -> str:
        """What the row's reference begins with; a model whose rows are of several kinds has several."""
        return self.reference_prefix

    @classmethod
    def told_field(cls, field: models.Field, said: Callable[[str], Any]) -> tuple[str, dict[str, str]]:
        """How history calls a field, and the words of its choices; `said` gives the record's values by column."""
        return str(field.verbose_name), {str(key): str(label) for key, label in field.flatchoices}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row and its history, or neither."""
        context.current()
        with transaction.atomic(using=kwargs.get("using") or router.db_for_write(type(self), instance=self)):
            expected = self.version
            _give_references([self])
            self.version = expected + 1
            self._expected_version = None if self._state.adding else expected
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
            try:
                super().save(*args, **kwargs)
            except BaseException:
                self.version = expected
                raise
            finally:
                self._expected_version = None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove the row; its history stays and says who removed it."""
        context.current()
        with transaction.atomic():
            return super().delete(*args, **kwargs)

    def _do_update(self, base_qs: Any, *args: Any, **kwargs: Any) -> bool:
        expected = getattr(self, "_expected_version", None)
        if expected is None:
            return super()._do_update(base_qs, *args, **kwargs)
        if not super()._do_update(base_qs.filter(version=expected), *args, **kwargs):
            raise StaleWrite(self)
        return True


class History(HistoryDescriptor):
    """Makes the manager's class once; simple-history makes it at every look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made = self.manager_class.from_queryset(self.queryset_class)

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.made(self.model, instance)


class Records(HistoricalRecords):
    """History with the one index the past is read by: a record's rows in their order, with their moments."""

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if isinstance(kept := vars(sender).get(self.manager_name), HistoryDescriptor):
            setattr(sender, self.manager_name, History(kept.model, kept.manager_class, kept.queryset_class))

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        return {
            **super().get_meta_options(model),
            "indexes": [models.Index(fields=["id", "history_id", "history_date"])],
        }

    def copy_fields(self, model: Any) -> dict[str, Any]:
        fields: dict[str, Any] = super().copy_fields(model)
        fields[model._meta.pk.name].db_index = False  # the index above begins with it
        return fields


def records(**options: Any) -> HistoricalRecords:
    """The history of a tracked model. The author is an id, not a key to a person: it outlives the account."""
    return Records(
        bases=[HistoryRow],
        history_id_field=models.BigAutoField(primary_key=True),
        history_user_id_field=models.CharField(max_length=64, null=True),
        history_change_reason_field=models.TextField(null=True),
        history_user_getter=lambda row: None,
        history_user_setter=lambda row, user: None,
        **options,
    )


class Tracked(TrackedBase):
    """A tracked record all of whose fields are history."""

    history = records(inherit=True)

    class Meta:
        abstract = True
