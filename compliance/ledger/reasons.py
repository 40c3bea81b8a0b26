"""A reason is asked for wherever somebody decides: accept, approve, exclude, withdraw, reopen, change what is approved.

    @governed("Say why the release is withdrawn")
    def withdraw_release(*, release: Release, by: User, reason: str) -> Release:

`governed` marks the service for good; `need_reason` is for those that ask only in some cases.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from compliance.ledger.errors import ReasonMissing

P = ParamSpec("P")
R = TypeVar("R")


def need_reason(reason: str, said: str = "Give a reason") -> None:
    """Refuse a blank reason; `said` tells the person what to write. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(f"{said}: the change history keeps the reason.")


def governed(said: str = "Give a reason") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The service refuses to act without its `reason`."""

    def declare(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def acting(*args: P.args, **kwargs: P.kwargs) -> R:
            if "reason" in kwargs:  # without it the service itself says what it lacks
                need_reason(str(kwargs["reason"] or ""), said)
            return service(*args, **kwargs)

        acting.governed = said  # type: ignore[attr-defined]
        return acting

    return declare
