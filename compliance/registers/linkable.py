"""What rows of a register can be linked to, told by the rooms above in their `registers.py`.

    linkable("evidence", "Evidence", kind="evidence", find=find, named=named)

`find(scope, reference)` gives the record a person means, or None; `named(scope, ids)` gives for many records of a
scope at once what is shown of each. Both answer in the past as well, when the past is read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.registry import Registry


@dataclass(frozen=True)
class Target:
    """A linked record as it is shown."""

    id: UUID
    reference: str
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Linkable:
    """One kind of record that rows can be linked to; `kind` is what a role must view to see it."""

    key: str
    label: str
    kind: str
    find: Callable[[Any, str], Target | None]
    named: Callable[[Any, Iterable[UUID]], Mapping[UUID, Target]]


linkables: Registry[Linkable] = Registry("linkable")


def linkable(
    key: str,
    label: str,
    *,
    kind: str,
    find: Callable[[Any, str], Target | None],
    named: Callable[[Any, Iterable[UUID]], Mapping[UUID, Target]],
    order: int = 50,
) -> None:
    """Let rows be linked to records of a kind."""
    linkables.add(key, Linkable(key, label, kind, find, named), order=order)


def linkable_rows(
    key: str, label: str, *, kind: str, rows: Callable[[Any], Any], url: Callable[[Any, Any], str], order: int = 50
) -> None:
    """Let rows be linked to records of one model: `rows(scope)` are those to choose from, `url(scope, row)` their page.

    A record is called by its title or its name.
    """

    def named(scope: Any, ids: Iterable[UUID]) -> Mapping[UUID, Target]:
        return {row.pk: target(scope, row) for row in rows(scope).filter(pk__in=list(ids))}

    def find(scope: Any, reference: str) -> Target | None:
        return next((target(scope, row) for row in rows(scope).filter(reference__iexact=reference)), None)

    def target(scope: Any, row: Any) -> Target:
        return Target(row.pk, row.reference, getattr(row, "title", None) or row.name, url(scope, row))

    linkable(key, label, kind=kind, find=find, named=named, order=order)
