"""Who is changing what, and why: set once around a change, read by every history row written in it.

Actor and time come from here only. A caller can say *who acts* (a service passes its `by`), never *when*:
the one exception is `simulate`, which the database accepts only for a stream opened as simulated.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from compliance.ledger.moment import refuse_in_past


class OutsideChange(RuntimeError):
    """A tracked row was written outside `change()`, so nobody and no reason stand behind it."""


@dataclass(frozen=True)
class Origin:
    """Where a change comes from: `page`, `api`, `command`, `import` or `system`."""

    name: str = "system"
    change_set: uuid.UUID | None = None
    role: str = ""
    user: Any = None


@dataclass(frozen=True)
class Change:
    """One change: everything written inside it shares the actor and the change-set id."""

    actor: str
    role: str
    reason: str
    origin: str
    change_set: uuid.UUID = field(default_factory=uuid.uuid4)


_origin: ContextVar[Origin | None] = ContextVar("ledger_origin", default=None)
_change: ContextVar[Change | None] = ContextVar("ledger_change", default=None)
_moment: ContextVar[datetime | None] = ContextVar("ledger_moment", default=None)


@contextmanager
def origin(name: str, *, user: Any = None, change_set: uuid.UUID | None = None, role: str = "") -> Iterator[None]:
    """Say where the changes inside come from."""
    token = _origin.set(Origin(name, change_set, role, user))
    try:
        yield
    finally:
        _origin.reset(token)


def act_as(role: str) -> None:
    """Name the role the person of this request acts in; the access decorators call it."""
    _origin.set(replace(_origin.get() or Origin(), role=role))


@contextmanager
def simulate(at: datetime) -> Iterator[None]:
    """Date the changes inside to `at`; only streams opened as simulated accept it."""
    token = _moment.set(at)
    try:
        yield
    finally:
        _moment.reset(token)


def simulated_moment() -> datetime | None:
    """The simulated time, or None in real time."""
    return _moment.get()


def actor_of(by: Any) -> str:
    """`user:<uuid>` for a person, `system:<name>` for a named program."""
    return f"system:{by}" if isinstance(by, str) else f"user:{by.pk}"


def current() -> Change:
    """The change being made; OutsideChange when there is none."""
    if (now := _change.get()) is None:
        raise OutsideChange("Write tracked rows inside `with change(by=…, reason=…):`.")
    return now


def ambient_user() -> Any:
    """The person whose request this is, if there is one."""
    return (_origin.get() or Origin()).user


@contextmanager
def change(*, by: Any, reason: str = "", role: str | None = None) -> Iterator[Change]:
    """Make a change in one transaction, as `by` (a User, or the name of a program), because of `reason`.

    Nested changes join the outer one's transaction and change set; a reason of their own replaces the outer one
    for their rows.
    """
    refuse_in_past()
    outer, source = _change.get(), _origin.get() or Origin()
    mine = Change(
        actor=actor_of(by),
        role=source.role if role is None else role,
        reason=reason or (outer.reason if outer else ""),
        origin=source.name,
        change_set=outer.change_set if outer else source.change_set or uuid.uuid4(),
    )
    with transaction.atomic():
        token = _change.set(mine)
        try:
            yield mine
            if outer is None:
                _seal_inline()
        finally:
            _change.reset(token)


def _seal_inline() -> None:
    """SQLite has one writer, so it seals in the same transaction; PostgreSQL has a sealer of its own."""
    if connection.vendor == "sqlite":
        from compliance.ledger.sealing import seal  # imports models, which import this module

        seal()


def is_changing() -> bool:
    """Whether a change is being made right now."""
    return _change.get() is not None
