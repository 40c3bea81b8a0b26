"""The project's history as a pack carries it: every sealed entry, its proof, and the changes of the period in words."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model

from compliance.jobs.registry import JobFailed
from compliance.ledger import sealing
from compliance.ledger.models import Entry, Leaf
from compliance.ledger.proof.canonical import canonical
from compliance.ledger.proof.entries import commitment
from compliance.ledger.proof.merkle import consistency_proof, root
from compliance.ledger.proofs import export, prove
from compliance.packs.registry import Period, day

REASON = "ledger.reason"
UNTOLD = {"id", "version", "reference", "organisation_id", "project_id", REASON}
NOTHING: tuple[Any, ...] = (None, "", [], {})
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LONGEST, LONGEST_DATA = 280, 90
KINDS = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True)
class History:
    """The first `size` entries of a stream, as exported, with their leaf hashes and root (hex)."""

    stream: str
    rows: list[dict[str, Any]]
    root: str

    @property
    def size(self) -> int:
        """How many entries."""
        return len(self.rows)

    @property
    def head(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"stream": self.stream, "size": self.size, "root": self.root}

    def lines(self) -> bytes:
        """The entries as canonical JSON, one a line."""
        keys = ("seq", "envelope", "fields")
        return b"".join(canonical({key: row[key] for key in keys}) + b"\n" for row in self.rows)


def history_of(stream: str, at: datetime) -> History:
    """Read everything recorded in `stream` up to `at`, sealing first what is not yet sealed."""
    if Entry.objects.unsealed().in_streams(stream).filter(at__lte=at).exists():
        _seal()
    last = Leaf.objects.filter(stream=stream, entry__at__lte=at).order_by("-seq").first()
    rows = list(export(stream, upto=last.seq + 1)) if last else []
    return History(stream, rows, root(bytes.fromhex(row["leaf"]) for row in rows).hex())


def withhold(history: History, hidden: Callable[[str, str], bool]) -> tuple[History, int]:
    """The history with the fields that are `hidden(model, field)` carried by their commitments; and how many."""
    rows, count = [], 0
    for row in history.rows:
        model = row["envelope"]["model"]
        fields = {}
        for name, shown in row["fields"].items():
            if "value" in shown and hidden(model, name):
                shown = {"commitment": commitment(bytes.fromhex(shown["salt"]), name, shown["value"])}
                count += 1
            fields[name] = shown
        rows.append({**row, "fields": fields})
    return History(history.stream, rows, history.root), count


def prove_history(history: History, path: str) -> dict[str, Any]:
    """Prove that `history` (lying at `path` in the pack) is the beginning of what the signed log vouches for."""
    proof = prove(history.stream)
    sealed = Leaf.objects.filter(stream=history.stream, seq__lt=proof.size).order_by("seq")
    hashes = [bytes.fromhex(text) for text in sealed.values_list("hash", flat=True)]
    steps = consistency_proof(history.size, hashes) if history.size < proof.size else []
    return {
        **history.head,
        "history": path,
        "consistency": [step.hex() for step in steps],
        "head": proof.head,
        "index": proof.index,
        "inclusion": proof.inclusion,
        "checkpoint": proof.checkpoint,
    }


def changes_in(history: History, period: Period, upto: datetime) -> list[dict[str, Any]]:
    """The entries of the period, each with who, when, why, and its fields before and after; names as at `upto`."""
    before: dict[tuple[str, str], dict[str, Any]] = {}
    told = []
    for row in history.rows:
        envelope = row["envelope"]
        record = envelope["model"], envelope["pk"]
        values = {name: shown.get("value", "(erased)") for name, shown in row["fields"].items()}
        at = datetime.fromisoformat(envelope["at"])
        if period.since <= at < period.until:
            told.append(_told(row, at, before.get(record, {}), values))
        before[record] = values
    name_all(told, upto)
    return told


def _told(row: Mapping[str, Any], at: datetime, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    envelope = row["envelope"]
    return {
        "seq": row["seq"] + 1,
        "at": at.astimezone(UTC),
        "actor": envelope["actor"],
        "role": envelope["role"],
        "origin": envelope["origin"],
        "kind": KINDS[envelope["type"]],
        "model": _model_name(envelope["model"]),
        "record": new.get("reference") or "",
        "pk": envelope["pk"],
        "reason": new.get(REASON) or "",
        "fields": [] if envelope["type"] == "-" else differences(envelope["model"], old, new),
        "hash": row["leaf"],
    }


def _model_name(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name)


def differences(label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that differ between two states of a record, as stored; `name_all` puts names where ids stand."""
    fields = {field.attname: field for field in apps.get_model(label)._meta.concrete_fields}
    return [
        {
            "name": str(fields[name].verbose_name) if name in fields else name,
            "old": _worded(fields.get(name), old.get(name)),
            "new": _worded(fields.get(name), value),
        }
        for name, value in new.items()
        if name not in UNTOLD and value != old.get(name) and not (_is_nothing(value) and _is_nothing(old.get(name)))
    ]


def _is_nothing(value: Any) -> bool:
    """Whether a value says no more than that nothing was entered."""
    return value is False or value in NOTHING


def _worded(field: Any, value: Any) -> Any:
    """A stored choice in its own words, a key of a table that has no history as the row it leads to."""
    if field is None or value in NOTHING:
        return value
    if field.is_relation and not hasattr(field.related_model, "history"):
        row = field.related_model._base_manager.filter(pk=value).first()
        return str(getattr(row, "name", "") or row or value)
    return str(dict(field.flatchoices).get(value, value)) if field.flatchoices else value


def name_all(told: list[dict[str, Any]], upto: datetime) -> None:
    """Put names where ids stand: people for actors, references for records; people are called what they were then."""
    names = _names(told, upto)
    for change in told:
        kind, _, key = change["actor"].partition(":")
        change["actor"] = names.get(key, f"user {key[:8]}") if kind == "user" else f"{key} (program)"
        change["record"] = change["record"] or names.get(change["pk"], "")
        for field in change["fields"]:
            field["old"], field["new"] = (_shown(field[side], names) for side in ("old", "new"))


def _names(told: list[dict[str, Any]], upto: datetime) -> dict[str, str]:
    keys = {change["actor"].partition(":")[2] for change in told if change["actor"].startswith("user:")}
    ids = {value for change in told for field in change["fields"] for value in _ids((field["old"], field["new"]))}
    known = _people(keys | ids, upto)
    found = Entry.objects.filter(object_id__in=ids - set(known)).exclude(reference="")
    return {**{str(key): text for key, text in found.values_list("object_id", "reference")}, **known}


def _people(keys: set[str], upto: datetime) -> dict[str, str]:
    """Names at a moment; of somebody not yet written then (only simulated time makes them) the first one."""
    found: dict[str, str] = {}
    rows = get_user_model().history.filter(id__in=keys).order_by("history_id")  # type: ignore[attr-defined]
    for key, name, email, written in rows.values_list("id", "name", "email", "history_date"):
        if written <= upto or str(key) not in found:
            found[str(key)] = name or email
    return found


def _ids(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str) and ID.fullmatch(value)]


def _shown(value: Any, names: Mapping[str, str]) -> str:
    if value in NOTHING:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return _shortened(canonical(value).decode(), LONGEST_DATA)
    if MOMENT.fullmatch(value):
        at = datetime.fromisoformat(value)
        return f"{day(at.date())}, {at:%H:%M} UTC"
    if DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    return names.get(value) or _shortened(value, LONGEST)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text)} characters, whole in history.jsonl)"


def _seal() -> None:
    try:
        sealing.seal()
    except sealing.NoKey as error:
        raise JobFailed(str(error)) from error
