"""Queries that every request makes: the ORM writes their SQL once per connection, later calls only fill in values.

    people = Prepared(lambda pk: User.objects.filter(pk=pk), pk=UUID)
    people.first(pk=key)

Writing the SQL of a small query takes Django ten times longer than the database needs to answer it.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators  # type: ignore[attr-defined]

EXAMPLES: dict[type, Callable[[], Any]] = {
    int: lambda: secrets.randbits(62),
    str: lambda: f"slot {secrets.token_hex(8)}",
    uuid.UUID: uuid.uuid4,
    datetime: lambda: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=secrets.randbits(48)),
}


@dataclass(frozen=True)
class Plan:
    """The SQL of one query on one connection; a parameter is a value, or the name of a slot where `slots` says so."""

    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, str], ...]
    compiler: Any
    converters: dict[int, Any]
    read: Callable[[Any], Any]


class Prepared:
    """`build` makes the query from keyword values of the named types; it is called once per connection."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.build = build
        self.kinds = kinds

    def __call__(self, **values: Any) -> list[Any]:
        """The rows: instances with what `select_related` names, or the tuples of `values_list`. One query."""
        plans = vars(connections[connection.alias]).setdefault("prepared_plans", {})
        if (plan := plans.get(self)) is None:
            plan = plans[self] = self._plan()
        params = list(plan.params)
        for place, name in plan.slots:
            params[place] = _adapted(values[name])
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, params)
            rows: Any = cursor.fetchall()
        if plan.converters:
            rows = plan.compiler.apply_converters(rows, plan.converters)
        return [plan.read(row) for row in rows]

    def first(self, **values: Any) -> Any:
        """The first row or None."""
        return next(iter(self(**values)), None)

    def _plan(self) -> Plan:
        examples = {name: EXAMPLES[kind]() for name, kind in self.kinds.items()}
        query = self.build(**examples)
        compiler = query.query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        slots = [
            (place, name)
            for place, param in enumerate(params)
            for name in examples
            if param == _adapted(examples[name])
        ]
        if {name for _, name in slots} != set(examples):
            raise ValueError(f"the query uses only {sorted({name for _, name in slots})} of {sorted(examples)}")
        read = _reader(compiler) if issubclass(query._iterable_class, ModelIterable) else tuple
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        return Plan(sql, tuple(params), tuple(slots), compiler, converters, read)


def _adapted(value: Any) -> Any:
    """A value as this database takes it."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _reader(compiler: Any) -> Callable[[Any], Any]:
    """What turns a row into an instance, as Django's own ModelIterable does."""
    info, alias = compiler.klass_info, connection.alias
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in compiler.select[first:last]]
    related = get_related_populators(info, compiler.select, alias)

    def read(row: Any) -> Any:
        made = info["model"].from_db(alias, names, row[first:last])
        for populator in related:
            populator.populate(row, made)
        return made

    return read
