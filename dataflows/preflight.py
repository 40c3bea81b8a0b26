"""What authorities and auditors reject in privacy records, found before a pack is issued."""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db.models import Q

from compliance.ledger import as_of
from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from compliance.ui.templatetags.ui import day
from dataflows.approved import versions
from dataflows.letters import letters
from dataflows.models import DataFlow, ProcessingActivity, SubjectRequest
from dataflows.models.request import OPEN
from dataflows.past import (
    organisation_of,
    past_activities,
    past_approvals,
    past_flows,
    past_organisation,
    past_rules,
)
from dataflows.problems import BASIS, CONTRACT, TRANSFER, problems
from dataflows.record_problems import INTERESTS, record_problems

Scope = Organisation | Project
DISPOSE = "Dispose of it and record the run."


@check("PF16", level=Level.WARN)
def every_letter(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A record of processing has every letter of Art. 30."""
    organisation, found = past_organisation(scope, at), []
    for row in past_activities(scope, at):
        if row.state == ProcessingActivity.State.RETIRED:
            continue
        lacks = [f"({one.letter}) {', '.join(one.missing)}" for one in letters(row, organisation) if one.missing]
        if lacks:
            text = f"{row.reference} {row.name} lacks {'; '.join(lacks)}."
            found.append(Finding("PF16", Level.WARN, text, row.get_absolute_url()))
    return found


@check("PF17", level=Level.BLOCK)
def contracts_and_mechanisms(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Processors have a contract (Art. 28(3)); what leaves the EEA rests on something (Art. 44 to 49)."""
    return list(_findings("PF17", scope, at, (CONTRACT, TRANSFER)))


@check("PF18", level=Level.BLOCK)
def legal_bases(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Purposes and flows have a legal basis, interests an approved assessment, special categories a condition."""
    records = past_activities(scope, at)
    found = list(_findings("PF18", scope, at, (BASIS,)))
    balanced = list(_unbalanced(scope, at, {row.pk: row for row in records}))
    house = organisation_of(scope)
    approvals = (past_approvals(house, ProcessingActivity, at), past_approvals(house, DataFlow, at))
    made = versions(house, records, *approvals)
    for row in records:
        version = made.get(row.pk)
        if version:
            found += _baseless(version.record, Level.BLOCK, "")
        if version is None or version.pending:
            said = "change pending" if version else row.get_state_display().lower()
            found += _baseless(row, Level.WARN, f" ({said})")
    return [*found, *balanced]


def _baseless(row: ProcessingActivity, level: Level, said: str) -> Iterator[Finding]:
    """What the bases of a record lack, of the version that counts or of a draft."""
    for problem in record_problems(row):
        text = f"{row.reference} {row.name}{said}: {problem.text} {problem.article}."
        yield Finding("PF18", level, text, row.get_absolute_url())


def _unbalanced(scope: Scope, at: datetime, records: dict[Any, ProcessingActivity]) -> Iterator[Finding]:
    """Flows on legitimate interests whose record does not weigh them."""
    for flow in past_flows(scope, at):
        if flow.legal_basis != INTERESTS or flow.state == DataFlow.State.RETIRED:
            continue
        record = records.get(flow.activity_id)
        if record and any(row.balancing and row.balancing.is_relied_on for row in record.purpose_rows):
            continue
        where = f"{record.reference} has no approved assessment of them" if record else "it has no record of processing"
        text = f"{flow.reference} {flow.title}: It rests on legitimate interests, but {where}. GDPR Art. 6(1)(f)."
        yield Finding("PF18", Level.BLOCK if flow.is_approved else Level.WARN, text, flow.get_absolute_url())


@check("PF16", level=Level.WARN, part="retention")
def gone_in_time(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """No data is reported past its retention rule, and disposal runs when it has to (Art. 5(1)(e))."""
    found = []
    for rule in past_rules(scope, at):
        if rule.is_overrun(at.date()):
            text = f"{rule}: data was reported that had to be gone by {day(rule.gone_by_date)}."
            found.append(Finding("PF16", Level.WARN, text, rule.get_absolute_url(), DISPOSE))
        elif rule.ended_date is None and rule.next_run_date and rule.next_run_date < at.date():
            text = f"{rule}: a disposal run was due on {day(rule.next_run_date)}."
            found.append(Finding("PF16", Level.WARN, text, rule.get_absolute_url(), DISPOSE))
    return found


@check("PF21", level=Level.WARN, part="requests")
def answered_in_time(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """No request of a data subject is open past its end (Art. 12(3))."""
    rows = as_of(SubjectRequest, at, stream=organisation_of(scope).stream)
    rows = rows.filter(state__in=OPEN, due_at__lt=at).order_by("reference")
    if isinstance(scope, Project):
        rows = rows.filter(Q(app_id=scope.pk) | Q(app_id__isnull=True))
    found = []
    for row in rows.instances("organisation"):
        extended = "after its extension" if row.is_extended else "without a notice of extension"
        text = f"{row.reference} {row.right}: was to be answered by {day(row.due_date)}, {extended}."
        found.append(Finding("PF21", Level.WARN, text, row.get_absolute_url()))
    return found


def _findings(id: str, scope: Scope, at: datetime, kinds: tuple[str, ...]) -> Iterator[Finding]:
    """The problems of approved flows hold a pack back; those of proposals are told."""
    for flow in past_flows(scope, at):
        for problem in problems(flow, at.date()):
            if problem.kind in kinds:
                level = Level.BLOCK if flow.is_approved else Level.WARN
                proposed = "" if flow.is_approved else f" ({DataFlow.State(flow.state).label.lower()})"
                text = f"{flow.reference} {flow.title}{proposed}: {problem.text} {problem.article}."
                yield Finding(id, level, text, flow.get_absolute_url())


import_module("dataflows.pack_drift")
import_module("dataflows.preflight_told")
