"""What an audit of our controls also looks at, told by the rooms above: the risks a control treats, what it protects.

    @also_audited("risk")
    def risks(audit, implementations) -> Iterable[Record]: ...

A room puts it into its own `independence.py`. `implementations` are the keys of what the audit measures; the records
are those of the audit's scope that rest on it, with an `owner`. Whoever owns or changed one does not audit it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from compliance.registry import Registry
from controls.models import Audit

Find = Callable[[Audit, Sequence[UUID]], Iterable[Any]]

also: Registry[Find] = Registry("audited besides")


def also_audited(key: str) -> Callable[[Find], Find]:
    """Register what of a room is audited with our controls."""

    def register(find: Find) -> Find:
        also.add(key, find)
        return find

    return register


def records_besides(audit: Audit, implementations: Sequence[UUID]) -> list[Any]:
    """The records of every room that an audit of these implementations looks at."""
    return [record for find in also for record in find(audit, implementations)]
