"""Queries whose SQL the ORM writes once per connection; later calls only fill in values.

    people = Prepared(lambda pk: User.objects.filter(pk=pk), pk=UUID)
    people.first(pk=key)

    RISKS = Rows(lambda project: Risk.objects.filter(project=project).weighed(), project=UUID)
    REGISTER.respond(request, RISKS(project=project.pk))

Writing the SQL of a small query takes Django ten times longer than the database needs to answer it, and that of a list
longer than drawing it.
"""

import re
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from django.db import connection, connections
from django.db.models import Prefetch, QuerySet
from django.db.models.query import (  # type: ignore[attr-defined]
    ModelIterable,
    get_related_populators,
    prefetch_related_objects,
)

from compliance.lightened import lightened

MARK = re.compile("%[s%]")  # where a statement takes a value, or means a percent sign
MANY = 50  # rows of a page: how many keys a slot of the kind `Keys` takes


class Keys(tuple[uuid.UUID, ...]):
    """The kind of a slot that takes up to MANY primary keys: `pk__in=keys`."""


def _day() -> date:
    return date(1, 1, 1) + timedelta(days=secrets.randbelow(600_000))


EXAMPLES: dict[type, Callable[[], Any]] = {
    int: lambda: secrets.randbits(62),
    str: lambda: f"slot {secrets.token_hex(8)}",
    uuid.UUID: uuid.uuid4,
    datetime: lambda: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=secrets.randbits(48)),
    date: _day,
    Keys: lambda: [uuid.uuid4() for _ in range(MANY)],
}


@dataclass(frozen=True)
class Plan:
    """The SQL of one query on one connection; a parameter is a value, or what a slot holds where `slots` says so."""

    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, str, int], ...]
    compiler: Any
    converters: dict[int, Any]
    reader: Callable[[], Callable[[Any], Any]]
    prefetches: bool

    @classmethod
    def of(cls, build: Callable[..., QuerySet[Any, Any]], kinds: dict[str, type]) -> "Plan":
        """The plan of a query that `build` makes of values of these kinds: twice, so that none is worked into it."""
        plan, other = (cls._of(build, {name: EXAMPLES[kind]() for name, kind in kinds.items()}) for _ in range(2))
        taken = {place for place, _, _ in plan.slots}
        fixed = [[param for n, param in enumerate(one.params) if n not in taken] for one in (plan, other)]
        if plan.sql != other.sql or plan.slots != other.slots or fixed[0] != fixed[1]:
            raise ValueError("the query works a value into its text, or into another value: give that one a slot")
        return plan._written() if connection.vendor == "postgresql" else plan

    @classmethod
    def _of(cls, build: Callable[..., QuerySet[Any, Any]], examples: dict[str, Any]) -> "Plan":
        query = build(**examples)
        compiler = query.query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        known = [
            (name, n, _adapted(one)) for name, example in examples.items() for n, one in enumerate(_several(example))
        ]
        slots = [(place, name, n) for place, param in enumerate(params) for name, n, value in known if param == value]
        reader = _reader(compiler) if issubclass(query._iterable_class, ModelIterable) else lambda: tuple
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        prefetches = bool(query._prefetch_related_lookups)  # type: ignore[attr-defined]
        return cls(sql, tuple(params), tuple(slots), compiler, converters, reader, prefetches)

    def _written(self) -> "Plan":
        """With the values that are always the same in its text, which tells PostgreSQL of what type they are."""
        taken, places = {place for place, _, _ in self.slots}, count()

        def told(mark: re.Match[str]) -> str:
            if mark[0] == "%%" or (place := next(places)) in taken:
                return mark[0]
            return str(connection.ops.compose_sql("%s", [self.params[place]])).replace("%", "%%")  # type: ignore[attr-defined]

        sql = MARK.sub(told, self.sql)
        slots = tuple((n, name, nth) for n, (_, name, nth) in enumerate(self.slots))
        return replace(self, sql=sql, params=(None,) * len(slots), slots=slots)

    def asks_for(self, kinds: Iterable[str]) -> "Plan":
        """The plan, if it uses all of these slots."""
        used = {name for _, name, _ in self.slots}
        if used != set(kinds):
            raise ValueError(f"the query uses only {sorted(used)} of {sorted(kinds)}")
        return self

    def rows(self, values: dict[str, Any], end: str = "") -> list[Any]:
        """What the query finds; `end` is added to its SQL. One query."""
        return self._read(self.raw(f"{self.sql}{end}", values))

    def _read(self, found: Any) -> list[Any]:
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        read = self.reader()
        return [read(row) for row in found]

    def beside(self, count: "Plan") -> "Plan":
        """With the number of another query's rows before each row."""
        sql = f"SELECT (SELECT COUNT(*) FROM ({count.sql}) counted), {self.sql.removeprefix('SELECT ')}"  # noqa: S608
        moved = tuple((place + len(count.params), name, n) for place, name, n in self.slots)
        return replace(self, sql=sql, params=count.params + self.params, slots=count.slots + moved)

    def counted(self, values: dict[str, Any], stop: int) -> tuple[list[Any], int]:
        """The first rows of a plan with a number `beside` them, and the number."""
        told = self.raw(f"{self.sql} LIMIT {int(stop)}", values)
        return self._read([row[1:] for row in told]), told[0][0] if told else 0

    def raw(self, sql: str, values: dict[str, Any]) -> Any:
        """What SQL with this plan's parameters gives."""
        params = list(self.params)
        for place, name, n in self.slots:
            params[place] = _adapted(_nth(values[name], n))
        with _cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()


def _cursor() -> Any:
    """A cursor; PostgreSQL keeps its own plan of a statement, too: making it costs more than most answers."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from compliance.planned import PlannedCursor  # PostgreSQL's own modules, which SQLite does without

    connection.ensure_connection()
    raw: Any = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, PlannedCursor
    raw.prepare_threshold = 0
    try:
        return connection.cursor()
    finally:
        raw.cursor_factory = usual


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _nth(value: Any, n: int) -> Any:
    """A slot's value; fewer keys than it has room for leave the rest with the last."""
    return value[min(n, len(value) - 1)] if isinstance(value, list | tuple) else value


def plans_here() -> dict[Any, Plan]:
    """The plans of this connection; apart while something stands between it and its tables (`past` does)."""
    kept: dict[bool, dict[Any, Plan]] = vars(connections[connection.alias]).setdefault("prepared_plans", {})
    between = any(not getattr(one, "changes_nothing", False) for one in connection.execute_wrappers)
    return kept.setdefault(between, {})


def _in_some_order(query: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return query if query.ordered else query.order_by("pk")


class Prepared:
    """`build` makes the query from keyword values of the named types; it is called once per connection."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.build = build
        self.kinds = kinds

    def __call__(self, **values: Any) -> list[Any]:
        """The rows: instances with what `select_related` names, or the tuples of `values_list`. One query."""
        plans = plans_here()
        if (plan := plans.get(self)) is None:
            plan = plans[self] = Plan.of(self.build, self.kinds).asks_for(self.kinds)
        return plan.rows(values)

    def first(self, **values: Any) -> Any:
        """The first row or None."""
        return next(iter(self(**values)), None)


class Rows(Prepared):
    """The rows of a list: called with the values of its slots it gives what a Register shows."""

    together = False  # CountedRows

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        super().__init__(lambda **values: lightened(build(**values)), **kinds)

    def __call__(self, **values: Any) -> "Found":  # type: ignore[override]
        return Found(self, values)

    @cached_property
    def model(self) -> Any:
        """What the rows are."""
        return self._example.model

    @cached_property
    def attached(self) -> "list[Attached | None]":
        """What the query prefetches."""
        lookups = self._example._prefetch_related_lookups  # type: ignore[attr-defined]
        return [Attached.of(lookup, self.model) for lookup in lookups]

    @cached_property
    def _example(self) -> QuerySet[Any, Any]:
        return self.build(**{name: EXAMPLES[kind]() for name, kind in self.kinds.items()})


@dataclass(frozen=True)
class Attached:
    """The rows a list's rows keep under a name: what a Prefetch with `to_attr` says, with its SQL written once."""

    name: str
    key: Any  # the foreign key that leads to the list's rows
    rows: Prepared
    inner: tuple[Any, ...]  # what these rows prefetch themselves

    @classmethod
    def of(cls, lookup: Any, model: Any) -> "Attached | None":
        """None for a lookup of another make."""
        if not isinstance(lookup, Prefetch) or lookup.queryset is None or "__" in lookup.prefetch_through:
            return None
        relation, name = model._meta.get_field(lookup.prefetch_through), lookup.to_attr
        if not relation.one_to_many or name == lookup.prefetch_through:
            return None
        query, condition = lightened(lookup.queryset), f"{relation.field.name}__in"
        rows = Prepared(lambda keys: query.filter(**{condition: keys}), keys=Keys)
        return cls(str(name), relation.field, rows, query._prefetch_related_lookups)  # type: ignore[attr-defined]

    def attach(self, rows: list[Any]) -> None:
        """Put what belongs to each row under its name. One query, and those of what that prefetches."""
        by_key: dict[Any, Any] = {row.pk: row for row in rows}
        for row in rows:
            setattr(row, self.name, [])
        found = self.rows(keys=Keys(by_key))
        if found and self.inner:
            prefetch_related_objects(found, *self.inner)
        for one in found:
            owner = by_key[getattr(one, self.key.attname)]
            self.key.set_cached_value(one, owner)
            getattr(owner, self.name).append(one)


@dataclass
class Found:
    """The rows of a list for one request; the SQL is written once for every order they are asked in."""

    rows: Rows
    values: dict[str, Any]
    first: tuple[str, list[Any], int] | None = None  # a first page, its order, and the number of all

    @cached_property
    def queryset(self) -> QuerySet[Any, Any]:
        """The same rows as a query of the ORM, to filter, export and read the past."""
        return self.rows.build(**self.values)

    def count(self) -> int:
        """How many there are. One query, none when the first page told."""
        if self.first:
            return self.first[2]
        plan = self._count
        return int(plan.raw(f"SELECT COUNT(*) FROM ({plan.sql}) counted", self.values)[0][0])  # noqa: S608

    def names(self, field: str, stop: int) -> list[tuple[Any, Any]]:
        """The first rows' keys and one of their fields. One query."""
        plan = self._plan(f"names {field}", lambda query: _in_some_order(query).values_list("pk", field))
        return plan.rows(self.values, f" LIMIT {int(stop)}")

    @property
    def _count(self) -> Plan:
        return self._plan("count", lambda query: query.order_by().values_list("pk"))

    def begin(self, order: Sequence[Any], key: str, stop: int) -> None:
        """Read the first page and count all rows, if the list says that this is cheaper. One query."""
        if self.rows.together:
            plan = self._ordered(order, key)
            found, total = plan.beside(self._count).counted(self.values, stop)
            self.first = (key, self._with_attached(found, plan), total)

    def page(self, order: Sequence[Any], key: str, start: int, stop: int) -> list[Any]:
        """Some rows in an order, which `key` names. One query, and those of what is prefetched."""
        if stop <= start:
            return []
        if self.first and self.first[0] == key and start == 0 and stop <= max(len(self.first[1]), 1):
            return self.first[1][:stop]
        plan = self._ordered(order, key)
        return self._with_attached(plan.rows(self.values, f" LIMIT {int(stop - start)} OFFSET {int(start)}"), plan)

    def _ordered(self, order: Sequence[Any], key: str) -> Plan:
        return self._plan(key, lambda query: query.order_by(*order) if order else _in_some_order(query))

    def _with_attached(self, found: list[Any], plan: Plan) -> list[Any]:
        if not found or not plan.prefetches:
            return found
        if len(found) > MANY or any(attached is None for attached in self.rows.attached):
            prefetch_related_objects(found, *self.queryset._prefetch_related_lookups)  # type: ignore[attr-defined]
            return found
        for attached in self.rows.attached:
            attached.attach(found)  # type: ignore[union-attr]
        return found

    def _plan(self, key: str, change: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]]) -> Plan:
        plans = plans_here()
        if (plan := plans.get((self.rows, key))) is None:
            plan = plans[(self.rows, key)] = Plan.of(
                lambda **values: change(self.rows.build(**values)), self.rows.kinds
            )
        return plan

    @property
    def model(self) -> Any:
        """What the rows are."""
        return self.rows.model


def _adapted(value: Any) -> Any:
    """A value as this database takes it."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


@dataclass(frozen=True)
class _Related:
    """What puts a related instance into another, one for all rows of an answer that lead to it."""

    populator: Any
    field: Any
    inner: "tuple[_Related, ...]"
    shared: bool

    @classmethod
    def all(cls, info: dict[str, Any], compiler: Any) -> "tuple[_Related, ...]":
        infos = info.get("related_klass_infos", [])
        populators = get_related_populators(info, compiler.select, connection.alias)
        return tuple(
            cls(
                one,
                about["field"],
                cls.all(about, compiler),
                not (about["reverse"] or about["from_parent"] or one.reorder_for_init),
            )
            for one, about in zip(populators, infos, strict=True)
        )

    def put(self, row: Any, made: Any, known: dict[Any, Any]) -> None:
        one = self.populator
        if not self.shared:
            one.populate(row, made)
            return
        key = (id(self), row[one.cols_start + one.pk_idx])
        if key not in known:
            found = None
            if key[1] is not None:
                found = one.model_cls.from_db(one.db, one.init_list, row[one.cols_start : one.cols_end])
                for inner in self.inner:
                    inner.put(row, found, known)
            known[key] = found
        self.field.set_cached_value(made, known[key])


def _reader(compiler: Any) -> Callable[[], Callable[[Any], Any]]:
    """What turns rows into instances, as ModelIterable does; the rows of one answer share what they lead to."""
    info, alias = compiler.klass_info, connection.alias
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in compiler.select[first:last]]
    related = _Related.all(info, compiler)
    annotated = list(compiler.annotation_col_map.items())

    def reader() -> Callable[[Any], Any]:
        known: dict[Any, Any] = {}

        def read(row: Any) -> Any:
            made = info["model"].from_db(alias, names, row[first:last])
            for one in related:
                one.put(row, made, known)
            for name, place in annotated:
                setattr(made, name, row[place])
            return made

        return read

    return reader
