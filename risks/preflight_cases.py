"""What auditors reject in impact assessments and breaches (PF19, PF21)."""

from datetime import datetime
from typing import Any

from compliance.approvals.snapshot import snapshot
from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from dataflows.past import past_activities
from risks.models import DPIA_IN_FORCE
from risks.past_cases import PastAssessment, assessments_at, clocks_at
from risks.screening import description

Scope = Organisation | Project
UNDECIDED = {"required", "draft", "dpo_opinion", "revision", "decision", "consultation"}


@check("PF19", level=Level.BLOCK, part="assessments")
def assessments_stand(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A required impact assessment is there, decided, and about the processing as it is."""
    rows, records = assessments_at(scope, at), past_activities(scope, at)
    now = {row.pk: row for row in records}
    found = []
    for one in rows:
        if said := _flaw(one, now, at):
            text = f"{one.assessment.reference} {one.assessment.title}: {said}"
            found.append(Finding("PF19", Level.BLOCK, text, one.assessment.get_absolute_url()))
    about = {link.target_id for one in rows for link in one.links["activity"]}
    for record in records:
        if record.dpia_status in {"required", "in_progress"} and record.pk not in about and record.state != "retired":
            text = f"{record.reference} needs an impact assessment, and none is about it."
            found.append(Finding("PF19", Level.BLOCK, text, record.get_absolute_url()))
    return found


def _flaw(one: PastAssessment, now: dict[Any, Any], at: datetime) -> str:
    row = one.assessment
    if (
        row.state in {"required", "draft", "dpo_opinion", "revision", "decision", "consultation"}
        and not row.previous_id
    ):
        return "it is required and not decided yet."
    if row.state not in DPIA_IN_FORCE:
        return ""
    if row.review_date and row.review_date < at.date():
        return "its review is overdue."
    records = [now[link.target_id] for link in one.links["activity"] if link.target_id in now]
    if row.snapshot_sha256 and snapshot(description(records)).sha256 != row.snapshot_sha256:
        return "the processing changed since it was described."
    return ""


@check("PF21", level=Level.WARN, part="breaches")
def clocks_were_kept(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Duties with a period were met in time, or with reasons for the delay."""
    found = []
    for clock in clocks_at(scope, at):
        standing = clock.standing(at)
        if standing == "overdue":
            found.append(Finding("PF21", Level.WARN, f"{clock.title} to the {clock.recipient} is overdue."))
        elif standing == "submitted_late":
            why = f"reasons: {clock.late_reason}" if clock.late_reason else "without reasons."
            found.append(Finding("PF21", Level.WARN, f"{clock.title} to the {clock.recipient} was met late; {why}"))
    return found
