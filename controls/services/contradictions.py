"""What in a statement of applicability cannot be right, per row; nothing here asks the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from controls.models import Code, Status

if TYPE_CHECKING:
    from controls.services.soa import Line

# A reason for inclusion that another room can bear out, and the key under which that room claims our controls.
BORNE_OUT = {Code.RISK: "risk", Code.LAW: "obligation", Code.CONTRACT: "contract"}


class Contradiction(models.TextChoices):
    UNJUSTIFIED = "unjustified", "Included without a justification"
    UNCLAIMED = "unclaimed", "Nothing bears the reason out"
    UNEXPLAINED = "unexplained", "Excluded without a reason"
    RELIED_ON = "relied_on", "Excluded, yet relied on"
    UNPROVEN = "unproven", "Implemented without accepted evidence"


@dataclass(frozen=True)
class Problem:
    """A contradiction of one row, in a sentence; `blocks` says that a pack cannot be issued with it."""

    kind: str
    text: str
    blocks: bool = True

    @property
    def label(self) -> str:
        return str(Contradiction(self.kind).label)


def problems_of(line: "Line", known: Mapping[str, Mapping[UUID, Sequence[str]]], on: date) -> list[Problem]:
    """What contradicts a line; a reason is only doubted when the room that could bear it out is there to ask."""
    return _of_included(line, known, on) if line.row.included else _of_excluded(line)


def _of_included(line: "Line", known: Mapping[str, object], on: date) -> list[Problem]:
    row, found = line.row, []
    if not row.codes or not row.justification.strip():
        what = "reason" if not row.codes else "words"
        found.append(Problem(Contradiction.UNJUSTIFIED, f"Included without {what}: say why it applies."))
    given = row.codes.split()
    for code, key in BORNE_OUT.items():
        # An inherited reason is the organisation's: its own statement is where all that bears it out is in sight.
        if code in given and key in known and not line.inherited and not line.is_claimed(key):
            # A law is doubted only where obligations are recorded and a control could meet one; it holds nothing back.
            if code == Code.LAW and not (known[key] and line.implementations):
                continue
            text = f"{code.value} is given as the reason, but no {key} relies on a control that answers it."
            found.append(Problem(Contradiction.UNCLAIMED, text, blocks=code != Code.LAW))
    if line.progress == "implemented":
        text = "Not shown to operate: no accepted evidence is in date, or its last test found it ineffective."
        found.append(Problem(Contradiction.UNPROVEN, text, blocks=False))
    return found


def _of_excluded(line: "Line") -> list[Problem]:
    found = []
    if not line.row.exclusion_reason.strip():
        found.append(Problem(Contradiction.UNEXPLAINED, "Excluded without a reason: say why it does not apply."))
    relying = [reference for references in line.claims.values() for reference in references]
    linked = line.row.implementation_id
    relying += [one.reference for one in line.implementations if one.status == Status.IMPLEMENTED or one.pk == linked]
    if relying:
        found.append(Problem(Contradiction.RELIED_ON, f"Excluded, yet relied on by {', '.join(relying)}."))
    return found
