"""The guard in PostgreSQL's words: a deferred constraint trigger refuses the COMMIT that leaves a debt.

ENABLE ALWAYS keeps the triggers under `session_replication_role = replica`; SECURITY DEFINER lets the
application's role write debts and entries through them only.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from compliance.ledger.guard.tables import TrackedTable, erased, gate, thawed, tombstones

COMMENT = re.compile(r"COMMENT ON TRIGGER (\w+) ON (\S+) IS '(\w+)'")
DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public"


def base() -> Iterator[str]:
    yield (
        "CREATE TABLE IF NOT EXISTS ledger_due (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tbl text NOT NULL, "
        "pk uuid NOT NULL, op text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), "
        "txid xid8 NOT NULL DEFAULT pg_current_xact_id(), db_user name NOT NULL DEFAULT session_user)"
    )
    yield "CREATE INDEX IF NOT EXISTS ledger_due_row ON ledger_due (txid, tbl, pk)"
    yield "CREATE TABLE IF NOT EXISTS ledger_done (id bigint PRIMARY KEY, history_id bigint)"
    yield _function(
        "ledger_refuse",
        "RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';",
    )
    yield _function(
        "ledger_collect",
        "IF NOT EXISTS (SELECT 1 FROM ledger_done WHERE id = NEW.id) THEN RAISE EXCEPTION "
        "'change without history: % % (%)', NEW.tbl, NEW.pk, NEW.op USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NULL;",
    )
    yield _function(
        "ledger_owe",
        "IF TG_OP = 'DELETE' THEN INSERT INTO ledger_due (tbl, pk, op) VALUES (TG_TABLE_NAME, OLD.id, 'D'); "
        "ELSE INSERT INTO ledger_due (tbl, pk, op) VALUES (TG_TABLE_NAME, NEW.id, left(TG_OP, 1)); END IF; "
        "RETURN NULL;",
    )
    yield from _trigger(
        "ledger_due",
        "collect",
        "CONSTRAINT TRIGGER",
        "AFTER INSERT",
        "ledger_collect()",
        "DEFERRABLE INITIALLY DEFERRED ",
    )


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger {DEFINER} AS $$ BEGIN {body} END $$"


def _trigger(
    table: str, name: str, kind: str, event: str, call: str, deferral: str = "", when: str = "", body: str = ""
) -> Iterator[str]:
    each = "STATEMENT" if "TRUNCATE" in event else "ROW"
    text = f'CREATE {kind} {name} {event} ON "{table}" {deferral}FOR EACH {each} {when}EXECUTE FUNCTION {call}'
    yield f'DROP TRIGGER IF EXISTS {name} ON "{table}"'
    yield text
    yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {name}'
    # PostgreSQL rewrites trigger text, so the comment carries what was installed.
    digest = hashlib.sha256(f"{text} {body}".encode()).hexdigest()
    yield f"COMMENT ON TRIGGER {name} ON \"{table}\" IS '{digest}'"


def guard(table: TrackedTable) -> Iterator[str]:
    """A changed live row owes; an equal history row pays, is dated now, and gets its ledger entry."""
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in table.columns)
    yield from _trigger(table.live, "owe_row", "TRIGGER", "AFTER INSERT OR DELETE", "ledger_owe()")
    yield from _trigger(table.live, "owe_change", "TRIGGER", "AFTER UPDATE", "ledger_owe()", when=f"WHEN ({changed}) ")
    yield from _trigger(table.live, "no_truncate", "TRIGGER", "BEFORE TRUNCATE", "ledger_refuse()")
    equal = " AND ".join(f'live."{column}" IS NOT DISTINCT FROM NEW."{column}"' for column in table.columns)
    live = f'SELECT 1 FROM "{table.live}" live WHERE live.id = NEW.id'
    body = (
        "IF abs(extract(epoch FROM NEW.history_date - clock_timestamp())) > 60 "
        "AND NOT EXISTS (SELECT 1 FROM ledger_stream s WHERE s.key = NEW.entry_stream AND s.simulated) THEN "
        f"RAISE EXCEPTION 'forged time: history of {table.live} must be dated now' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "INSERT INTO ledger_entry "
        "(stream, model, object_id, history_id, reference, type, at, actor, role, origin, change_set) VALUES "
        f"(NEW.entry_stream, '{table.label}', NEW.id, NEW.history_id, NEW.reference, NEW.history_type, "
        "NEW.history_date, NEW.history_user_id, NEW.entry_role, NEW.entry_origin, NEW.entry_change_set); "
        f"IF (NEW.history_type = '-' AND NOT EXISTS ({live})) "
        f"OR (NEW.history_type <> '-' AND EXISTS ({live} AND {equal})) THEN "
        "INSERT INTO ledger_done (id, history_id) SELECT due.id, NEW.history_id FROM ledger_due due "
        f"WHERE due.txid = pg_current_xact_id() AND due.tbl = '{table.live}' AND due.pk = NEW.id "
        "AND NOT EXISTS (SELECT 1 FROM ledger_done paid WHERE paid.id = due.id); END IF; RETURN NULL;"
    )
    function = f"ledger_pay_{hashlib.sha256(table.live.encode()).hexdigest()[:12]}"
    yield _function(function, body)
    yield from _trigger(table.history, "pay", "TRIGGER", "AFTER INSERT", f"{function}()", body=body)


def redactable(table: TrackedTable) -> Iterator[str]:
    """History is append-only but for a redaction, which pays its debts with the values that go."""
    digest = hashlib.sha256(table.live.encode()).hexdigest()[:12]
    passing = gate(table, "IS NOT DISTINCT FROM", "AND d.txid = pg_current_xact_id() ")
    body = (
        f"IF TG_OP = 'UPDATE' THEN IF {passing} THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';"
    )
    yield _function(f"ledger_gate_{digest}", body)
    yield from _trigger(
        table.history, "only_row", "TRIGGER", "BEFORE UPDATE OR DELETE", f"ledger_gate_{digest}()", body=body
    )
    yield from _trigger(table.history, "only_all", "TRIGGER", "BEFORE TRUNCATE", "ledger_refuse()")
    paid = f"INSERT INTO ledger_done (id, history_id) {erased(table)} AND d.txid = pg_current_xact_id(); RETURN NULL;"
    yield _function(f"ledger_erased_{digest}", paid)
    yield from _trigger(table.history, "erased", "TRIGGER", "AFTER UPDATE", f"ledger_erased_{digest}()", body=paid)


def recorded(table: TrackedTable) -> Iterator[str]:
    """Live rows that record what happened: nothing changes but texts that are erased."""
    when = f"WHEN (NOT ({tombstones(table, 'IS NOT DISTINCT FROM')})) "
    yield from _trigger(table.live, "only_row", "TRIGGER", "BEFORE DELETE", "ledger_refuse()")
    yield from _trigger(table.live, "only_change", "TRIGGER", "BEFORE UPDATE", "ledger_refuse()", when=when)
    yield from _trigger(table.live, "only_all", "TRIGGER", "BEFORE TRUNCATE", "ledger_refuse()")


def frozen(table: TrackedTable, model: Any) -> Iterator[str]:
    """Rows are kept as they are from a state on."""
    kept, allowed = thawed(table, model, "IS NOT DISTINCT FROM")
    change = f"WHEN ({kept} AND NOT ({allowed})) "
    yield from _trigger(table.live, "keep_row", "TRIGGER", "BEFORE DELETE", "ledger_refuse()", when=f"WHEN ({kept}) ")
    yield from _trigger(table.live, "keep_change", "TRIGGER", "BEFORE UPDATE", "ledger_refuse()", when=change)


def redactions(table: str) -> Iterator[str]:
    """A redaction owes every value it names."""
    body = (
        "INSERT INTO ledger_due (tbl, pk, op) SELECT 'ledger_erasure', NEW.id, 'E' || one.value "
        "FROM jsonb_array_elements_text(NEW.history_ids) AS one(value); RETURN NULL;"
    )
    yield _function("ledger_owe_erasure", body)
    yield from _trigger(table, "owe_erasure", "TRIGGER", "AFTER INSERT", "ledger_owe_erasure()", body=body)


def append_only(table: str, key: str) -> Iterator[str]:
    yield from _trigger(table, "only_row", "TRIGGER", "BEFORE UPDATE OR DELETE", "ledger_refuse()")
    yield from _trigger(table, "only_all", "TRIGGER", "BEFORE TRUNCATE", "ledger_refuse()")


def installed(cursor: Any) -> dict[str, str]:
    cursor.execute(
        "SELECT c.relname || '.' || t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled = 'A'"
    )
    return dict(cursor.fetchall())


def expected(statements: Iterable[str]) -> dict[str, str]:
    found = (COMMENT.match(text) for text in statements)
    return {f"{match[2].strip(chr(34))}.{match[1]}": match[3] for match in found if match}


def lift(tables: list[TrackedTable], append_only_tables: list[str]) -> Iterator[str]:
    for table in tables:
        for name in (
            "owe_row",
            "owe_change",
            "no_truncate",
            "only_row",
            "only_change",
            "only_all",
            "keep_row",
            "keep_change",
        ):
            yield f'DROP TRIGGER IF EXISTS {name} ON "{table.live}"'
        for name in ("pay", "only_row", "only_all", "erased"):
            yield f'DROP TRIGGER IF EXISTS {name} ON "{table.history}"'
    yield "DROP TRIGGER IF EXISTS owe_erasure ON ledger_redaction"
    for name in [*append_only_tables, "ledger_due", "ledger_done"]:
        for trigger in ("only_row", "only_all"):
            yield f'DROP TRIGGER IF EXISTS {trigger} ON "{name}"'
