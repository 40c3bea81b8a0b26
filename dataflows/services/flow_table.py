"""Many flows written at once, as a table: all of them or none, for one reason."""

from collections.abc import Sequence

from compliance.accounts.models import User
from compliance.exchange.models import Verdict
from compliance.exchange.planning import Planned
from compliance.exchange.registry import Sheet
from compliance.ledger import Refused, StaleWrite, change, governed

MEANWHILE = "Somebody else changed it a moment ago: open the table again and repeat the change."


class LineRefused(Refused):
    """One line was refused, so none was kept; `number` says which."""

    def __init__(self, number: int, said: str) -> None:
        self.number = number
        super().__init__(said)


@governed("Say why the flows change: the reason stands with every one of them")
def keep_lines(*, sheet: Sheet, lines: Sequence[Planned], by: User, reason: str) -> int:
    """Make and change what the planned lines say; how many that were. Raises LineRefused, and keeps none then."""
    kept = [line for line in lines if line.verdict in (Verdict.ADDED, Verdict.CHANGED)]
    with change(by=by, reason=reason):
        for line in kept:
            try:
                if line.record is None:
                    sheet.add(line.values, by=by, reason=reason)
                else:
                    sheet.change(line.record, line.values, by=by, reason=reason)
            except Refused as refused:
                raise LineRefused(line.number, str(refused)) from refused
            except StaleWrite as stale:
                raise LineRefused(line.number, MEANWHILE) from stale
    return len(kept)
