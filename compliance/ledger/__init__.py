"""The sealed change history: `change` to write, `as_of`, `changes` and `diff` to read the past."""

from compliance.ledger.asof import as_of
from compliance.ledger.context import OutsideChange, change, origin, simulate
from compliance.ledger.errors import Forged, Refused, StaleWrite

__all__ = ["Forged", "OutsideChange", "Refused", "StaleWrite", "as_of", "change", "origin", "simulate"]
