"""Key figures over time, rebuilt from the history at the end of each month: no counter is stored (27001 9.1)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from compliance.ledger import as_of
from compliance.ui.pictures import Trend, trend
from risks.models import Level, Risk, RiskMethod, RiskPosition, TreatmentAction

MONTHS = 12
DONE = (TreatmentAction.Status.DONE, TreatmentAction.Status.VERIFIED)


@dataclass(frozen=True)
class Month:
    """A scope's open risks and its treatment plan at the end of a month, or on the last day."""

    day: date
    levels: dict[str, int]
    open: int
    appetite: int
    overdue: int
    actions: int
    done: int
    late: int


def days_of(at: datetime, months: int = MONTHS) -> list[date]:
    """The last days of the months before, the oldest first, and the day itself."""
    days, first = [at.date()], at.date().replace(day=1)
    for _ in range(months):
        last = first - timedelta(days=1)
        days.append(last)
        first = last.replace(day=1)
    return days[::-1]


def figures(streams: Sequence[str], owner: str, at: datetime, months: int = MONTHS) -> list[Month]:
    """The months with any risk; `owner` is the stream of the organisation, where the method stands.

    Four queries a month, whatever the number of risks.
    """
    moments = [min(datetime.combine(day, time.max, UTC), at) for day in days_of(at, months)]
    found = [_month(streams, owner, moment) for moment in moments]
    return [one for one in found if one.open or one.actions] or found[-1:]


def _month(streams: Sequence[str], owner: str, at: datetime) -> Month:
    day = at.date()
    rows = as_of(Risk, at, stream=streams).exclude(state=Risk.State.CLOSED).rows
    open_ = {
        key: state == Risk.State.REVIEW_DUE or bool(due and due < day)
        for key, state, due in _read(rows, "id", "state", "next_review_date")
    }
    placed = as_of(RiskPosition, at, stream=streams).filter(kind="current").rows
    levels = Counter(level for risk, level in _read(placed, "risk_id", "level") if risk in open_)
    method = as_of(RiskMethod, at, stream=owner).filter(state=RiskMethod.State.APPROVED).first()
    planned = as_of(TreatmentAction, at, stream=streams).exclude(status=TreatmentAction.Status.CANCELLED).rows
    actions = list(_read(planned, "status", "due_date"))
    return Month(
        day,
        {level: levels[level] for level in Level.values},
        len(open_),
        sum(levels[level] for level in method.unacceptable) if method else 0,
        sum(open_.values()),
        len(actions),
        sum(status in DONE for status, _ in actions),
        sum(status not in DONE and due < day for status, due in actions),
    )


def _read(rows: Any, *fields: str) -> Any:
    return rows.order_by().values_list(*fields)


def trends(months: Sequence[Month]) -> list[Trend]:
    """Levels, what is above appetite and late, and the treatment plan, each over the months."""
    levels = {level.label: [(one.day, one.levels[level]) for one in months] for level in reversed(Level)}
    doubts = {
        "Above appetite": [(one.day, one.appetite) for one in months],
        "Review overdue": [(one.day, one.overdue) for one in months],
        "Actions late": [(one.day, one.late) for one in months],
    }
    plan = {
        "Planned": [(one.day, one.actions) for one in months],
        "Done": [(one.day, one.done) for one in months],
    }
    return [
        trend(levels, id="trend-levels", title="Open risks by level over time"),
        trend(doubts, id="trend-doubts", title="Above appetite and late over time"),
        trend(plan, id="trend-plan", title="Actions of treatment plans over time"),
    ]
