"""What auditors reject in internal audit, management review and corrective action (PF13 to PF15)."""

from datetime import datetime, timedelta

from compliance.packs.registry import Finding, Level, Period, check, day
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.audited.past import actions_at, audits_at, findings_at, owner_of, reviews_at
from controls.models import MINUTED, NONCONFORMITIES, REPORTED, FindingState

Scope = Organisation | Project
YEAR = timedelta(days=366)


@check("PF13", level=Level.BLOCK)
def audits_are_recent_and_independent(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """The last internal audit is no older than a year, and nobody audited their own without a reason that is told."""
    found, audits = [], audits_at(scope, at)
    ended = [one.audit.end_date for one in audits if one.audit.state in REPORTED and one.audit.kind == "internal"]
    url = address(scope, "audits")
    if not ended:
        found.append(Finding("PF13", Level.WARN, "No internal audit has been reported yet.", url))
    elif max(ended) < at.date() - YEAR:
        text = f"The last internal audit ended on {day(max(ended))}, more than a year before."
        found.append(Finding("PF13", Level.WARN, text, url))
    for one in audits:
        for seat in one.seats:
            if seat.conflicts:
                level = Level.WARN if seat.override_reason else Level.BLOCK
                text = f"{one.audit.reference}: {seat.name} is not independent ({seat.conflicts})."
                found.append(Finding("PF13", level, text, address(scope, "audit", one.audit.reference)))
    return found


@check("PF14", level=Level.WARN)
def reviews_had_their_inputs(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A management review of the last year was held over every input."""
    reviews = reviews_at(scope, at)
    owner, since = owner_of(scope), at.date() - YEAR
    held = [row for row, _, _ in reviews if row.held_date and row.held_date >= since and row.state in MINUTED]
    found = []
    if not held:
        text = "No management review of the last twelve months has approved minutes."
        found.append(Finding("PF14", Level.WARN, text, address(owner, "management_reviews")))
    for row, _, _ in reviews:
        if row.inputs and row.missing:
            text = f"{row.reference} lacks inputs: {'; '.join(row.missing)}."
            found.append(Finding("PF14", Level.WARN, text, address(owner, "management_review", row.reference)))
    return found


@check("PF15", level=Level.BLOCK)
def nonconformities_have_cause_and_effect(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A closed nonconformity has a cause, an extent check, and an effect somebody else saw."""
    found, actions = [], actions_at(scope, at)
    for one in findings_at(scope, at):
        if one.grade not in NONCONFORMITIES or one.state not in {FindingState.VERIFIED_CLOSED, FindingState.CLOSED}:
            continue
        mine = actions.get(one.pk, [])
        lacks = []
        if not mine or any(not row.root_cause or not row.extent_check for row in mine):
            lacks.append("root cause or extent")
        if not mine or any(row.verified_by_id in {None, row.owner_id, row.done_by_id} for row in mine):
            lacks.append("an effect verified by somebody else")
        if lacks:
            text = f"{one.reference} is closed without {' and '.join(lacks)}."
            found.append(Finding("PF15", Level.BLOCK, text, address(scope, "finding", one.reference)))
    return found
