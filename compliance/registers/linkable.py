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
