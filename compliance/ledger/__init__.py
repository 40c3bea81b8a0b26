"""The sealed change history: `change` to write, `as_of`, `changes` and `diff` to read the past."""

from compliance.ledger.asof import as_of, remembering
from compliance.ledger.context import OutsideChange, change, origin, simulate
from compliance.ledger.errors import Forged, ReasonMissing, Refused, StaleWrite
from compliance.ledger.reasons import governed, need_reason

__all__ = [
    "Forged",
    "OutsideChange",
    "ReasonMissing",
    "Refused",
    "StaleWrite",
    "as_of",
    "change",
    "governed",
    "need_reason",
    "origin",
    "remembering",
    "simulate",
]
