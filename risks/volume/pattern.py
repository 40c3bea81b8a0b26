"""What is copied: the demonstration's projects, taken apart into records with everything that hangs on them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ForeignKey, UUIDField

from compliance.ledger.models import TrackedBase
from compliance.projects.models import Project

# A project is so many of these; other records follow the one they hang on.
LEADING = (
    "projects.AppTarget",
    "projects.Release",
    "risks.Risk",
    "dataflows.DataFlow",
    "dataflows.ProcessingActivity",
    "controls.Evidence",
)
# People are made, not copied; a token of an upload is nobody else's.
LEFT_OUT = {"projects.Membership", "projects.Invitation", "artefacts.UploadToken"}
ISSUED = "packs"  # what was issued once is not issued again


@dataclass
class Record:
    """A row of the pattern, and which of its fields name other rows of the pattern."""

    row: Any
    names: dict[str, UUID] = field(default_factory=dict)


@dataclass
class Pattern:
    """Rows of all demonstration projects by key, in an order in which keys only look back."""

    models: list[type[TrackedBase]]
    records: dict[UUID, Record]
    units: dict[str, list[frozenset[UUID]]]

    def of_model(self, model: type[TrackedBase], keys: set[UUID]) -> list[Record]:
        return [self.records[key] for key in keys if type(self.records[key].row) is model]


def scoped_models() -> list[type[TrackedBase]]:
    """Every tracked model with a project, those first that others name."""
    waiting = [model for model in apps.get_models() if _is_scoped(model)]
    ordered: list[Any] = []
    while waiting:
        ready = [m for m in waiting if not {k.related_model for k in _keys(m)} & (set(waiting) - {m})]
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


def _is_scoped(model: Any) -> bool:
    if not issubclass(model, TrackedBase) or model._meta.label in LEFT_OUT or model._meta.app_label == ISSUED:
        return False
    return any(key.name == "project" and key.related_model is Project for key in _keys(model))


def _keys(model: Any) -> Iterator[Any]:
    return (one for one in model._meta.concrete_fields if isinstance(one, ForeignKey))


def read_pattern(projects: list[Project]) -> Pattern:
    """Read the projects' rows and find what belongs together."""
    models = scoped_models()
    records = {
        row.pk: Record(row)
        for model in models
        for row in model._default_manager.filter(project__in=projects).order_by("pk")
    }
    for record in records.values():
        naming: list[Field[Any, Any]] = [
            one for one in record.row._meta.concrete_fields if isinstance(one, ForeignKey | UUIDField)
        ]
        found = {one.attname: getattr(record.row, one.attname) for one in naming if not one.primary_key}
        record.names = {name: key for name, key in found.items() if key in records}
    leading = {key for key, record in records.items() if record.row._meta.label in LEADING}
    units: dict[str, list[frozenset[UUID]]] = {label: [] for label in LEADING}
    for key in sorted(leading, key=str):
        units[records[key].row._meta.label].append(_unit(key, records, leading))
    return Pattern(models, records, units)


def _unit(key: UUID, records: dict[UUID, Record], leading: set[UUID]) -> frozenset[UUID]:
    """A leading row, the rows it names, and the rows that name them and no leading row outside."""
    unit: set[UUID] = set()
    _take(key, records, unit)
    grown = -1
    while grown != len(unit):
        grown = len(unit)
        for other, record in records.items():
            named = set(record.names.values())
            if other not in leading and named & unit and not (named & leading) - unit:
                _take(other, records, unit)
    return frozenset(unit)


def _take(key: UUID, records: dict[UUID, Record], unit: set[UUID]) -> None:
    if key not in unit:
        unit.add(key)
        for named in records[key].names.values():
            _take(named, records, unit)
