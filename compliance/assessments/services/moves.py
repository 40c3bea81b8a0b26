"""Moves of an assessment, and what stands in their way."""

from datetime import datetime

from django.utils import timezone

from compliance.assessments.models import EDITABLE, MOVES, Assessment, State
from compliance.ledger import Refused
from compliance.ledger.context import simulated_moment


class WrongMove(Refused):
    """The assessment cannot go there from where it stands."""


class NotEditable(Refused):
    """Answers are frozen."""


def check_move(row: Assessment, to: str) -> None:
    """Raises WrongMove unless the assessment can go there now."""
    if to in MOVES[row.state]:
        return
    ahead = [str(label).lower() for value, label in State.choices if value in MOVES[row.state]]
    possible = f"From there it can become {' or '.join(ahead)}." if ahead else "That is its last state."
    said = f"{row.reference} is {row.get_state_display().lower()}: it cannot become {State(to).label.lower()}."
    raise WrongMove(f"{said} {possible}")


def check_editable(row: Assessment) -> None:
    """Raises NotEditable once the answers are frozen."""
    if row.state not in EDITABLE:
        said = row.get_state_display().lower()
        raise NotEditable(f"{row.reference} is {said}: its answers are frozen. A reviewer can send it back.")


def now() -> datetime:
    """The moment of this change: simulated in a demonstration."""
    return simulated_moment() or timezone.now()
