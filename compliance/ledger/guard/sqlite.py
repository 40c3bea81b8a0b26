"""The guard in SQLite's words. Deferred foreign keys are its only check at COMMIT, so a debt is one."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from compliance.ledger.guard.tables import TrackedTable, erased, gate, thawed, tombstones

TRIGGER_NAME = re.compile(r"CREATE TRIGGER (\w+) ")
DUE = """CREATE TABLE IF NOT EXISTS ledger_due (
  id INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT NOT NULL, pk TEXT NOT NULL, op TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  FOREIGN KEY (id) REFERENCES ledger_done (id) DEFERRABLE INITIALLY DEFERRED)"""


def base() -> Iterator[str]:
    yield "CREATE TABLE IF NOT EXISTS ledger_done (id INTEGER PRIMARY KEY, history_id INTEGER)"
    yield DUE
    yield "CREATE INDEX IF NOT EXISTS ledger_due_row ON ledger_due (tbl, pk, id)"


def _trigger(name: str, rest: str) -> Iterator[str]:
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield f"CREATE TRIGGER {name} {rest}"


def guard(table: TrackedTable) -> Iterator[str]:
    """A changed live row owes; an equal history row pays, is dated now, and gets its ledger entry."""
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in table.columns)
    for event, row, when in (("INSERT", "NEW", ""), ("UPDATE", "NEW", f"WHEN {changed} "), ("DELETE", "OLD", "")):
        debt = f"INSERT INTO ledger_due (tbl, pk, op) VALUES ('{table.live}', {row}.id, '{event[0]}')"
        yield from _trigger(
            f"due_{event.lower()}_{table.live}", f'AFTER {event} ON "{table.live}" {when}BEGIN {debt}; END'
        )
    equal = " AND ".join(f'live."{column}" IS NEW."{column}"' for column in table.columns)
    live = f'SELECT 1 FROM "{table.live}" live WHERE live.id = NEW.id'
    yield from _trigger(
        f"time_{table.history}",
        f'BEFORE INSERT ON "{table.history}" '
        "WHEN abs(julianday(NEW.history_date) - julianday('now')) * 86400 > 60 "
        "AND NOT EXISTS (SELECT 1 FROM ledger_stream s WHERE s.key = NEW.entry_stream AND s.simulated) "
        f"BEGIN SELECT RAISE(ABORT, 'forged time: history of {table.live} must be dated now'); END",
    )
    yield from _trigger(
        f"entry_{table.history}",
        f'AFTER INSERT ON "{table.history}" BEGIN INSERT INTO ledger_entry '
        "(stream, model, object_id, history_id, reference, type, at, actor, role, origin, change_set) VALUES "
        f"(NEW.entry_stream, '{table.label}', NEW.id, NEW.history_id, NEW.reference, NEW.history_type, "
        "NEW.history_date, NEW.history_user_id, NEW.entry_role, NEW.entry_origin, NEW.entry_change_set); END",
    )
    yield from _trigger(
        f"done_{table.history}",
        f"AFTER INSERT ON \"{table.history}\" WHEN (NEW.history_type = '-' AND NOT EXISTS ({live})) "
        f"OR (NEW.history_type <> '-' AND EXISTS ({live} AND {equal})) BEGIN "
        "INSERT INTO ledger_done (id, history_id) SELECT due.id, NEW.history_id FROM ledger_due due "
        f"WHERE due.tbl = '{table.live}' AND due.pk = NEW.id "
        "AND NOT EXISTS (SELECT 1 FROM ledger_done paid WHERE paid.id = due.id); END",
    )


def redactable(table: TrackedTable) -> Iterator[str]:
    """History is append-only but for a redaction, which pays its debts with the values that go."""
    yield from append_only(table.history, "history_id", f"WHEN NOT coalesce({gate(table, 'IS')}, 0) ")
    yield from _trigger(
        f"erased_{table.history}",
        f'AFTER UPDATE ON "{table.history}" BEGIN INSERT INTO ledger_done (id, history_id) {erased(table)}; END',
    )


def recorded(table: TrackedTable) -> Iterator[str]:
    """Live rows that record what happened: nothing changes but texts that are erased."""
    yield from append_only(table.live, "id", f"WHEN NOT coalesce({tombstones(table, 'IS')}, 0) ")


def frozen(table: TrackedTable, model: Any) -> Iterator[str]:
    """Rows are kept as they are from a state on, and cannot be replaced either."""
    kept, allowed = thawed(table, model, "IS")
    again = f'EXISTS (SELECT 1 FROM "{table.live}" stood WHERE stood.id = NEW.id AND {kept.replace("OLD.", "stood.")})'
    for letter, event, when in (
        ("u", "UPDATE", f"{kept} AND NOT ({allowed})"),
        ("d", "DELETE", kept),
        ("i", "INSERT", again),
    ):
        body = f"SELECT RAISE(ABORT, 'frozen: {event} on {table.live} refused')"
        rest = f'BEFORE {event} ON "{table.live}" WHEN {when} BEGIN {body}; END'
        yield from _trigger(f"keep_{letter}_{table.live}", rest)


def redactions(table: str) -> Iterator[str]:
    """A redaction owes every value it names."""
    yield from _trigger(
        f"due_erasure_{table}",
        f'AFTER INSERT ON "{table}" BEGIN INSERT INTO ledger_due (tbl, pk, op) '
        "SELECT 'ledger_erasure', NEW.id, 'E' || one.value FROM json_each(NEW.history_ids) one; END",
    )


def append_only(table: str, key: str, unless: str = "") -> Iterator[str]:
    """Refuse UPDATE, DELETE, and the INSERT OR REPLACE that would delete without firing a delete trigger."""
    for letter, event, when in (
        ("u", "UPDATE", unless),
        ("d", "DELETE", ""),
        ("i", "INSERT", f'WHEN EXISTS (SELECT 1 FROM "{table}" t WHERE t."{key}" = NEW."{key}") '),
    ):
        body = f"SELECT RAISE(ABORT, 'append-only: {event} on {table} refused')"
        yield from _trigger(f"only_{letter}_{table}", f'BEFORE {event} ON "{table}" {when}BEGIN {body}; END')


def installed(cursor: Any) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def expected(statements: Iterable[str]) -> dict[str, str]:
    return {match[1]: text for text in statements if (match := TRIGGER_NAME.match(text))}


def lift(tables: list[TrackedTable], append_only_tables: list[str]) -> Iterator[str]:
    names: set[str] = set()
    for table in tables:
        names |= expected(guard(table)).keys() | expected(redactable(table)).keys() | expected(recorded(table)).keys()
        names |= {f"keep_{letter}_{table.live}" for letter in "udi"}
    for name in [*append_only_tables, "ledger_due", "ledger_done"]:
        names |= expected(append_only(name, "id")).keys()
    names |= expected(redactions("ledger_redaction")).keys()
    return (f"DROP TRIGGER IF EXISTS {name}" for name in sorted(names))
