"""What became of the records since the pack of the same kind that was issued last, told from the sealed history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.apps import apps

from compliance.ledger import as_of
from compliance.packs.history import History
from compliance.packs.profiles import Profile
from compliance.packs.redaction import WITHHELD
from compliance.packs.registry import Section
from compliance.packs.told import before, differences, name_all
from compliance.packs.types import PackType

ISSUED = {"issued", "superseded"}
SINCE = Section(
    "since",
    "Changes since the previous issue",
    231,
    "packs/print/since.html",
    lambda *_: {},
    wide=True,
    chunk="rows",
)


def since_last_issue(
    scope: Any, at: datetime, kind: PackType, reader: Profile, subject: str, histories: list[History]
) -> tuple[Section, dict[str, Any]]:
    """The section: every record that is new, different or gone against the previous issue, field by field."""
    last = previous_issue(scope, at, kind.key, reader.key, subject)
    if last is None:
        return replace(SINCE, wide=False), {"previous": None, "rows": [], "rooms": []}
    rows = [row for history in histories for row in _differences(history, last.as_at)]
    name_all(rows, at)
    rows.sort(key=lambda row: (row["room"], row["model"], row["record"], row["pk"]))
    if not reader.open:
        rows = [{**row, "fields": [{**one, "old": "", "new": WITHHELD} for one in row["fields"]]} for row in rows]
    told = [{name: row[name] for name in ("room", "model", "record", "kind", "fields")} for row in rows]
    previous = {
        "reference": last.reference,
        "edition": getattr(last, "edition", ""),
        "as_at": last.as_at,
        "issued_at": last.issued_at,
        "sha256": last.content_sha256,
    }
    return SINCE, {"previous": previous, "rows": told, "rooms": _counts(told)}


def previous_issue(scope: Any, at: datetime, type: str, profile: str, subject: str) -> Any:
    """The pack of the same arguments that was issued last, as known at a moment."""
    from compliance.packs.models import EvidencePack

    found = as_of(EvidencePack, at, stream=scope.stream).filter(state__in=ISSUED, type=type, profile=profile)
    same = [(row.issued_at, row) for row in found if row.subject == subject and row.issued_at and row.as_at < at]
    return max(same, key=lambda issued: issued[0])[1] if same else None


def _differences(history: History, then: datetime) -> Iterator[dict[str, Any]]:
    """The records of a history that are not what they were at a moment; packs themselves are left out."""
    new: dict[tuple[str, str], Any] = {}
    first: dict[tuple[str, str], Any] = {}
    for row in history.after(then):
        envelope = row["envelope"]
        key = envelope["model"], envelope["pk"]
        if not envelope["model"].startswith("packs."):
            first.setdefault(key, {**row, "fields": {}})
            removed = envelope["type"] == "-"
            new[key] = None if removed else {n: shown.get("value") for n, shown in row["fields"].items()}
    old = before(first.values())
    for (model, pk), now in new.items():
        if (found := _difference(model, pk, old.get((model, pk)), now)) is not None:
            yield found


def _difference(model: str, pk: str, before: Any, now: Any) -> dict[str, Any] | None:
    if before is None and now is None:
        return None
    kind = "added" if before is None else "removed" if now is None else "changed"
    fields = differences(model, before, now) if kind == "changed" else []
    if kind == "changed" and not fields:
        return None
    row = apps.get_model(model)
    return {
        "room": str(row._meta.app_config.verbose_name),
        "model": str(row._meta.verbose_name),
        "pk": pk,
        "record": (now or before).get("reference") or "",
        "kind": kind,
        "actor": "",
        "fields": fields if kind == "changed" else _first(model, now or before),
    }


def _first(model: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What a new or removed record was: its name, or the two ends of a link."""
    told = differences(model, {}, values)
    names = [one for one in told if one["name"] in {"name", "title", "version"}]
    ends = [field for field in apps.get_model(model)._meta.concrete_fields if field.is_relation]
    labels = {str(field.verbose_name) for field in ends} - {"organisation", "project"}
    return names[:1] or [one for one in told if one["name"] in labels][:2]


def _counts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        room = found.setdefault(row["room"], {"room": row["room"], "added": 0, "changed": 0, "removed": 0})
        room[row["kind"]] += 1
    return list(found.values())
