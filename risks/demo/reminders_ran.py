"""That reminders ran on the days before: one line a day, as the clock would have kept it."""

from functools import partial

from compliance.tasks.services.mailing import keep_run
from risks.demo.stage import Stage

DAYS = range(-14, 1)
WEEKEND = 5
CLOCK = {-12, -11}


def set_scenes(stage: Stage) -> None:
    """A run on each of the last fourteen days; people asked for digests on working days."""
    for day in DAYS:
        stage.on(day, partial(_ran, stage, day), 6)


def _ran(stage: Stage, day: int) -> None:
    working = stage.date(day).weekday() < WEEKEND
    counted = {
        "digests": 8 if working else 0,
        "urgent": 1 if day in {-12, -11} else 0,
        "escalated": int(day == DAYS[0]),
    }
    keep_run(organisation=stage.organisation, at=stage.moment(day, 6), counted={**counted, "failed": 0})
