"""What packs print of registers: each declared one a table, in its place of the outline."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from compliance.packs.registry import Document, Period, section
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import Field, RegisterType, register_types
from compliance.registers.models import RegisterRow
from compliance.registers.past import links_at, rows_at

Scope = Organisation | Project
MOST_COLUMNS = 6


def table(declared: RegisterType, scope: Scope, at: datetime, period: Period) -> Mapping[str, Any] | None:
    """The lines of a register as they stood, and all they said as a file; None for an optional one without a line."""
    found, links = rows_at(declared, scope, at), links_at(scope, at)
    if not found and declared.printed and declared.printed.optional:
        return None
    shown = _shown(declared)
    rows = [_row(one, shown, links.get(one.pk, []), at) for one in found]
    printed = declared.printed
    documents = []
    if printed and printed.document:
        status = "present_current" if rows else "missing"
        status = "present_overdue" if any(row["overdue"] for row in rows) else status
        documents = [Document(printed.document, declared.title, found[0].reference if found else "", status=status)]
    return {
        "main": declared.main,
        "heads": [one.label for one in shown],
        "owner": declared.owner,
        "clause": declared.clause,
        "none": f"No {declared.several} are recorded.",
        "rows": rows,
        "overdue": sum(row["overdue"] for row in rows),
        "registers": {f"{declared.key}.csv": [_plain(one, links.get(one.pk, [])) for one in found]},
        "documents": documents,
    }


def _shown(declared: RegisterType) -> list[Field]:
    wanted = declared.printed.columns if declared.printed else ()
    chosen = [declared.by_key[key] for key in wanted] or [one for one in declared.fields if one.listed]
    return chosen[:MOST_COLUMNS]


def _row(one: RegisterRow, shown: list[Field], links: list[str], at: datetime) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "main": one.title,
        "parent": str(one.parent) if one.parent else "",
        "cells": [_words(one, field) for field in shown],
        "doubts": one.doubts,
        "owner": str(one.owner) if one.owner else "",
        "review": one.review_date,
        "overdue": bool(one.review_date and one.review_date < at.date()),
        "links": links,
    }


def _words(one: RegisterRow, field: Field) -> str:
    said = one.said(field.key)
    if said in (None, ""):
        return ""
    if field.kind == "day":
        return f"{said.day} {said:%b %Y}"
    return f"{said:f} {field.unit}".strip() if field.kind == "number" else str(said)


def _plain(one: RegisterRow, links: list[str]) -> dict[str, Any]:
    said = {field.key: one.said(field.key) for field in one.declared.fields}
    people = {
        key: str(value) if value else "" for key, value in said.items() if one.declared.by_key[key].kind == "person"
    }
    return {
        "reference": one.reference,
        "main": one.title,
        "parent": one.parent.reference if one.parent else "",
        **said,
        **people,
        "owner": str(one.owner) if one.owner else "",
        "reviewed": one.reviewed_date,
        "review": one.review_date,
        "links": " ".join(links),
    }


def overview(scope: Scope, at: datetime, period: Period) -> Mapping[str, Any]:
    """Every register with how many lines it had, so that an empty one is seen to be empty."""
    lines = []
    for declared in register_types:
        found = rows_at(declared, scope, at)
        if found or declared.applies is None or declared.applies(scope):
            overdue = sum(one.review_date is not None and one.review_date < at.date() for one in found)
            told = {"title": declared.title, "clause": declared.clause, "purpose": declared.purpose}
            doubts = sum(len(one.doubts) for one in found)
            lines.append({**told, "lines": len(found), "overdue": overdue, "doubts": doubts})
    return {"registers_kept": lines}


section("registers", "Registers kept", 196, "registers/pack/overview.html")(overview)


def _register_all() -> None:
    for declared in register_types:
        if printed := declared.printed:
            source: Callable[..., Mapping[str, Any] | None] = partial(table, declared)
            key = printed.section or declared.key
            section(key, printed.title, printed.order, "registers/pack/table.html", types=printed.types, wide=True)(
                source
            )


_register_all()
