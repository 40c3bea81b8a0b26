"""The index over all history tables: one entry per history row, written by the database itself."""

import builtins
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from compliance.ledger.models.tracked import Tracked


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions the timeline asks."""

    def in_streams(self, *streams: str) -> "EntryQuerySet":
        return self.filter(stream__in=streams)

    def of(self, row: "Tracked") -> "EntryQuerySet":
        return self.filter(model=row._meta.label_lower, object_id=row.pk)

    def between(self, since: datetime | None, until: datetime | None) -> "EntryQuerySet":
        """Entries with since <= at <= until; None leaves a side open."""
        chosen = self
        if since is not None:
            chosen = chosen.filter(at__gte=since)
        if until is not None:
            chosen = chosen.filter(at__lte=until)
        return chosen

    def unsealed(self) -> "EntryQuerySet":
        return self.filter(leaf__isnull=True)


class Entry(models.Model):
    """What happened to one record at one moment. A trigger on each history table writes it; nobody changes it."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=64)
    model = models.CharField(max_length=80)
    object_id = models.UUIDField()
    history_id = models.BigIntegerField()
    reference = models.CharField(max_length=32, blank=True)
    type = models.CharField(max_length=1, choices=[("+", "added"), ("~", "changed"), ("-", "removed")])
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    role = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=10)
    change_set = models.UUIDField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["model", "history_id"], name="ledger_entry_once")]
        indexes = [
            models.Index(fields=["stream", "-id"], name="ledger_entry_stream"),
            models.Index(fields=["stream", "at"], name="ledger_entry_at"),
            models.Index(fields=["model", "object_id", "-id"], name="ledger_entry_object"),
            models.Index(fields=["change_set"], name="ledger_entry_change_set"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.model} {self.reference or self.object_id}"

    @property
    def tracked_model(self) -> "builtins.type[Tracked]":
        """The model class this entry is about."""
        return apps.get_model(self.model)

    @property
    def history_row(self) -> Any:
        """The history row itself: one query; use `story` for many."""
        return self.tracked_model.history.model.objects.get(pk=self.history_id)
