"""Objectives with their newest measurement: whether each is reached (ISO/IEC 27001 6.2, 9.1)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from compliance.projects.models import Organisation, Project
from compliance.registers.models import RegisterRow
from compliance.registers.past import rows_at
from controls.registers import MEASUREMENTS, OBJECTIVES

DAYS = {"weekly": 7, "monthly": 31, "quarterly": 92, "half_yearly": 184, "yearly": 366}


@dataclass(frozen=True)
class Progress:
    """An objective and what was measured, oldest first."""

    row: RegisterRow
    points: list[tuple[date, Decimal]]

    @property
    def latest(self) -> tuple[date, Decimal] | None:
        return self.points[-1] if self.points else None

    @property
    def state(self) -> str:
        """not_measured, reached or missed; the direction says which side of the target is good."""
        if self.latest is None:
            return "not_measured"
        value, target = self.latest[1], self.row.value("target")
        good = value <= target if self.row.value("direction") == "lower" else value >= target
        return "reached" if good else "missed"

    def is_stale(self, day: date) -> bool:
        """Whether the next measurement should have been."""
        every = DAYS.get(self.row.value("frequency"), DAYS["yearly"])
        return self.latest is None or (day - self.latest[0]).days > every


def progress_of(objectives: Iterable[RegisterRow], measurements: Iterable[RegisterRow]) -> list[Progress]:
    """Objectives with their measurements."""
    points: dict[object, list[tuple[date, Decimal]]] = defaultdict(list)
    for one in measurements:
        if (day := one.value("measured")) is not None and (value := one.value("value")) is not None:
            points[one.parent_id].append((day, value))
    return [Progress(one, sorted(points[one.pk])) for one in objectives]


def objectives_now(scope: Organisation | Project) -> list[Progress]:
    """The objectives of a scope as they are. Two queries."""
    rows = RegisterRow.objects.seen_in(scope).live()
    return progress_of(rows.of(OBJECTIVES).select_related("owner"), rows.of(MEASUREMENTS))


def objectives_at(scope: Organisation | Project, at: datetime) -> list[Progress]:
    """The objectives of a scope as they stood."""
    return progress_of(rows_at(OBJECTIVES, scope, at), rows_at(MEASUREMENTS, scope, at))
