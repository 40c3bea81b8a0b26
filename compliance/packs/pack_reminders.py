"""What packs print of reminders: that they ran, day by day, in the period."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Citation, Period, section
from compliance.projects.models import Organisation, Project
from compliance.tasks.models import ReminderRun

TYPES = ("isms_27001", "pims_27701", "audit_file")
TOLD = ("digests", "urgent", "escalated", "failed")


@section("reminders", "Reminders that ran", 195, "packs/print/reminders.html", types=TYPES)
def reminders(scope: Organisation | Project, at: datetime, period: Period) -> Mapping[str, Any]:
    """On how many days of the period reminders ran, what they found and mailed, and the longest gap."""
    owner = scope.organisation if isinstance(scope, Project) else scope
    found = as_of(ReminderRun, at, stream=owner.stream).filter(on_date__gte=period.start, on_date__lte=period.end)
    runs = found.order_by("on_date").instances()
    days = [run.on_date for run in runs]
    gaps = [(later - day).days - 1 for day, later in pairwise(days)]
    rows = [
        {"day": run.on_date, "ran_at": run.ran_at, "due": run.due, "overdue": run.overdue}
        | {name: getattr(run, name) for name in TOLD}
        for run in runs
    ]
    return {
        "days": len(days),
        "first": days[0] if days else None,
        "last": days[-1] if days else None,
        "gap": max(gaps, default=0),
        "told": {name: sum(row[name] for row in rows) for name in TOLD},
        "registers": {"reminders.csv": rows} if rows else {},
        "citations": [Citation("ISO/IEC 27001 9.1", "", f"{len(days)} days with reminders")] if days else [],
    }
