"""What relies on our controls, told by the rooms above: a risk that is treated by one, a contract that promises one.

    @claim("risk", label="Risks")
    def risks_by_control(scope, at=None) -> Mapping[UUID, Sequence[str]]: ...

A room puts it into its own `claims.py`. The function answers for a whole scope at once: control id -> references,
now, or as it stood at `at`. With `links` a statement asks the database which controls are relied on, and reads by what
only where it says so: an organisation has thousands of such links.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from compliance.registry import Registry

Find = Callable[..., Mapping[UUID, Sequence[str]]]


@dataclass(frozen=True)
class Links:
    """Today's links of a scope as rows of the database, and the path from one to the id of its control."""

    rows: Callable[[Any], QuerySet[Any, Any]]
    control: str


@dataclass(frozen=True)
class Claim:
    """One kind of record that relies on controls; `find(scope, at=None)` says which of them rely on what."""

    key: str
    label: str
    find: Find
    links: Links | None = None


claims: Registry[Claim] = Registry("claim")


def claim(key: str, *, label: str, links: Links | None = None) -> Callable[[Find], Find]:
    """Register who can say what relies on our controls: risk, obligation or contract."""

    def register(find: Find) -> Find:
        claims.add(key, Claim(key, label, find, links))
        return find

    return register


def claimed(scope: Any, at: datetime | None = None) -> dict[str, Mapping[UUID, Sequence[str]]]:
    """What every kind claims in a scope; a kind nobody registered is missing, and then nothing is said about it."""
    return {item.key: item.find(scope, at=at) for item in claims}
