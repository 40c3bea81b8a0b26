"""Which tables are guarded, and by which columns a history row is compared with its live row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from compliance.ledger.models import TrackedBase


@dataclass(frozen=True)
class TrackedTable:
    """A tracked table and its history table."""

    label: str
    live: str
    history: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, model: Any) -> "TrackedTable":
        history = model.history.model
        return cls(
            label=model._meta.label_lower,
            live=model._meta.db_table,
            history=history._meta.db_table,
            columns=tuple(field.column for field in history.tracked_fields),
        )


def tracked_models() -> Iterator[type[TrackedBase]]:
    """Every concrete tracked model of every app."""
    for model in apps.get_models():
        if issubclass(model, TrackedBase) and not model._meta.proxy:
            yield model


def tracked_tables() -> Iterator[TrackedTable]:
    """Every guarded table."""
    return (TrackedTable.of(model) for model in tracked_models())
