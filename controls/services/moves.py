"""Moves of a state machine: what is not allowed is refused in words that say what is possible."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from compliance.ledger import Refused
from compliance.ledger.context import simulated_moment


class WrongMove(Refused):
    """The record cannot go there from where it stands."""


class YourOwnWork(Refused):
    """Nobody approves, closes or verifies their own work, whatever their role."""


def check_move(row: Any, to: str, moves: Mapping[str, frozenset[str]], states: Any) -> None:
    """Raises WrongMove unless the state machine leads from the row's state to `to`."""
    if to in moves[row.state]:
        return
    ahead = [str(label).lower() for value, label in states.choices if value in moves[row.state]]
    possible = f"From there it can become {' or '.join(ahead)}." if ahead else "That is its last state."
    raise WrongMove(
        f"{row.reference} is {row.get_state_display().lower()}: it cannot become {states(to).label.lower()}. {possible}"
    )


def now() -> datetime:
    """The moment of this change: simulated in a demonstration."""
    return simulated_moment() or timezone.now()
