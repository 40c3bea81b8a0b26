"""What authorities and auditors reject in privacy records, found before a pack is issued."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from compliance.ledger import as_of
from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from compliance.ui.templatetags.ui import day
from dataflows.letters import letters
from dataflows.models import DataFlow, ProcessingActivity, SubjectRequest
from dataflows.models.request import OPEN
from dataflows.past import organisation_of, past_activities, past_flows, past_organisation
from dataflows.problems import BASIS, CONTRACT, TRANSFER, problems

Scope = Organisation | Project


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
    """Every flow has a legal basis, and special categories a condition (Art. 6(1), 9(2))."""
    return list(_findings("PF18", scope, at, (BASIS,)))


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
