"""Which tables are guarded, and by which columns a history row is compared with its live row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from compliance.ledger.models import ERASED, TrackedBase, erasable_fields


@dataclass(frozen=True)
class TrackedTable:
    """A tracked table and its history table."""

    label: str
    live: str
    history: str
    columns: tuple[str, ...]
    kept: tuple[str, ...]
    erasable: tuple[str, ...]

    @classmethod
    def of(cls, model: Any) -> "TrackedTable":
        history, erasable = model.history.model, erasable_fields(model)
        return cls(
            label=model._meta.label_lower,
            live=model._meta.db_table,
            history=history._meta.db_table,
            columns=tuple(field.column for field in history.tracked_fields),
            kept=tuple(
                field.column
                for field in history._meta.concrete_fields
                if field.attname not in erasable and field.column != "entry_key"
            ),
            erasable=tuple(erasable),
        )


def gate(table: TrackedTable, same: str, here: str = "") -> str:
    """The one UPDATE of a history row that passes: each value that goes is named by a redaction of this transaction.

    `same` compares with nulls as equals; `here` narrows the redaction's debts to this transaction, where open debts
    alone do not say so. The salt goes with the value: the row key gives way to the salts of what remains.
    """

    def named(column: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM ledger_redaction r JOIN ledger_due d ON d.tbl = 'ledger_erasure' AND d.pk = r.id "
            f"AND d.op = 'E' || OLD.history_id WHERE r.model = '{table.label}' AND r.object_id = OLD.id "
            f"AND r.field = '{column}' AND r.stream_key = OLD.entry_stream {here}"
            "AND NOT EXISTS (SELECT 1 FROM ledger_done paid WHERE paid.id = d.id))"
        )

    kept = [f'OLD."{column}" {same} NEW."{column}"' for column in table.kept]
    free = [
        f'(OLD."{column}" {same} NEW."{column}" OR (NEW."{column}" {same} \'{ERASED}\' AND {named(column)}))'
        for column in table.erasable
    ]
    some = " OR ".join(f'NOT (OLD."{column}" {same} NEW."{column}")' for column in table.erasable)
    salt = f"NOT (OLD.entry_key {same} NEW.entry_key) AND length(NEW.entry_key) > 32"
    return " AND ".join([*kept, *free, f"({some})", salt])


def tombstones(table: TrackedTable, same: str) -> str:
    """The one UPDATE of a row that only records what happened: texts of it are erased, which leaves history as ever."""
    fixed = [column for column in table.columns if column not in table.erasable and column != "version"]
    texts = [column for column in table.columns if column in table.erasable]
    free = [f'(OLD."{one}" {same} NEW."{one}" OR NEW."{one}" {same} \'{ERASED}\')' for one in texts]
    return " AND ".join([*(f'OLD."{one}" {same} NEW."{one}"' for one in fixed), *free])


def thawed(table: TrackedTable, model: Any, same: str) -> tuple[str, str]:
    """Two conditions: that a row is kept as it is, and that an UPDATE of it does no more than it may."""
    rule = model.frozen
    column = {field.name: field.column for field in model._meta.concrete_fields}
    state, free = column[rule.field], {column[name] for name in (rule.field, "version", *rule.free)}
    kept = f"""CAST(OLD."{state}" AS text) IN ({_listed(rule.moves)})"""
    moves = [f'OLD."{state}" {same} NEW."{state}"']
    for old, new in rule.moves.items():
        if new:
            moves.append(f"""(OLD."{state}" = '{old}' AND NEW."{state}" IN ({_listed(new)}))""")
    fixed = [
        f'(OLD."{one}" {same} NEW."{one}"'
        + (f""" OR NEW."{one}" {same} '{ERASED}')""" if one in table.erasable else ")")
        for one in table.columns
        if one not in free
    ]
    return kept, " AND ".join([*fixed, f"({' OR '.join(moves)})"])


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def erased(table: TrackedTable, new: str = "NEW") -> str:
    """Pay the debts of the redactions whose values just went: the rest of an INSERT into `ledger_done`."""
    values = " ".join(f"WHEN '{column}' THEN {new}.\"{column}\"" for column in table.erasable)
    return (
        f"SELECT d.id, {new}.history_id FROM ledger_redaction r JOIN ledger_due d "
        f"ON d.tbl = 'ledger_erasure' AND d.pk = r.id AND d.op = 'E' || {new}.history_id "
        f"WHERE r.model = '{table.label}' AND r.object_id = {new}.id AND CASE r.field {values} END = '{ERASED}' "
        "AND NOT EXISTS (SELECT 1 FROM ledger_done paid WHERE paid.id = d.id)"
    )


def tracked_models() -> Iterator[type[TrackedBase]]:
    """Every concrete tracked model of every app."""
    for model in apps.get_models():
        if issubclass(model, TrackedBase) and not model._meta.proxy:
            yield model


def tracked_tables() -> Iterator[TrackedTable]:
    """Every guarded table."""
    return (TrackedTable.of(model) for model in tracked_models())
