"""Incidents: reported, written down line by line, contained, learnt from and closed."""

from datetime import date, datetime
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Organisation, Project
from compliance.registers.linkable import Linkable, Target, linkables
from controls.addresses import split
from controls.models import Finding, FindingSource
from controls.services.finding import raise_finding, send_finding
from controls.services.moves import check_move, now
from risks.models import INCIDENT_MOVES, CaseLink, ImpactAssessment, Incident, IncidentEntry, IncidentState, RootCause
from risks.services.clock import recount
from risks.services.dpia_standing import tell_record

Scope = Organisation | Project
Kind = IncidentEntry.Kind
# fmt: off
CHANGEABLE = frozenset((
    "title", "severity", "source", "summary", "occurred_from", "occurred_to", "detected_at", "aware_at",
    "classified_at", "fixed_at", "affected_systems", "affected_people", "root_causes", "cause", "lessons", "lead",
    "deputy", "communication",
))
# fmt: on
TIMES = ("aware_at", "detected_at", "classified_at", "fixed_at")


class Incomplete(Refused):
    """What the next step needs is not there yet."""


class Unchangeable(Refused):
    """What is written stays as it is."""


def report_incident(*, scope: Scope, by: User, reason: str = "", **fields: Any) -> Incident:
    """Write down that something happened; the timeline begins with it."""
    organisation, project = split(scope)
    incident = Incident(organisation=organisation, project=project, reported_by=by)
    _put(incident, fields)
    with change(by=by, reason=reason or "Reported"):
        incident.save()
        word = f"Noticed by {incident.get_source_display().lower()}, reported as {incident.severity_word}."
        add_entry(incident=incident, happened_at=incident.detected_at, text=word, by=by)
    return incident


def update_incident(*, incident: Incident, by: User, reason: str = "", **fields: Any) -> Incident:
    """Change what is known. A new severity needs a reason and stands in the timeline; clocks follow new moments."""
    if incident.is_over:
        raise Refused(f"{incident.reference} is {incident.get_state_display().lower()}: reopen it first.")
    before = (incident.severity, [getattr(incident, name) for name in TIMES])
    graver = fields.get("severity", before[0]) != before[0]
    if graver:
        need_reason(reason, "Say why the severity changes")
    _put(incident, fields)
    with change(by=by, reason=reason):
        incident.save()
        if graver:
            _note(incident, Kind.DECISION, f"Severity is {incident.severity_word} from now on. {reason}", by)
        if [getattr(incident, name) for name in TIMES] != before[1]:
            recount(case=incident, by=by, reason=reason or "A moment of the incident changed")
    return incident


def move_incident(*, incident: Incident, to: str, by: User, reason: str) -> Incident:
    """Take one step of INCIDENT_MOVES, written into the timeline with its reason. Raises WrongMove, Incomplete."""
    check_move(incident, to, INCIDENT_MOVES, IncidentState)
    need_reason(reason, "Say what leads to this step")
    if to in {IncidentState.CLOSED, IncidentState.DISMISSED}:
        _refuse_unfinished(incident, to)
    with change(by=by, reason=reason):
        incident.state = to
        if to == IncidentState.CONTAINED:
            incident.contained_at = now()
        incident.save()
        _note(incident, Kind.DECISION, f"{incident.get_state_display()}. {reason}", by)
    return incident


def add_entry(
    *, incident: Incident, happened_at: datetime, text: str, by: User, kind: str = Kind.FACT, reason: str = ""
) -> IncidentEntry:
    """Write a line of the timeline."""
    return _write(incident, happened_at, text, by, kind, None, reason)


def amend_entry(*, entry: IncidentEntry, happened_at: datetime, text: str, by: User, reason: str = "") -> IncidentEntry:
    """Correct a line by another one; both stay, the first is shown struck."""
    if entry.amendments.exists():
        raise Unchangeable("This line was amended already: amend the later one.")
    return _write(entry.incident, happened_at, text, by, entry.kind, entry, reason)


def link_case(
    *, case: Incident | ImpactAssessment, kind: Linkable, target: Target, by: User, reason: str = ""
) -> CaseLink:
    """Say what a case is about; saying so twice changes nothing."""
    known = case.links.filter(target=kind.key, target_id=target.id).first()
    if known is not None:
        return known
    with change(by=by, reason=reason):
        link = CaseLink(
            organisation_id=case.organisation_id,
            project_id=case.project_id,
            target=kind.key,
            target_id=target.id,
            target_reference=target.reference,
        )
        setattr(link, "incident" if isinstance(case, Incident) else "assessment", case)
        link.save()
        _tell(link, by, reason)
    return link


@governed("Say why the link goes")
def unlink_case(*, link: CaseLink, by: User, reason: str) -> None:
    """Take a link away; history keeps it."""
    with change(by=by, reason=reason):
        link.delete()
        _tell(link, by, reason)


def _tell(link: CaseLink, by: User, reason: str) -> None:
    """A record of processing says how its impact assessment stands."""
    if link.assessment_id and link.target == "activity":
        tell_record(link.target_id, by=by, reason=reason or f"Link with {link.target_reference}")


def learn(
    *, incident: Incident, title: str, statement: str, grade: str, owner: User, response_due: date, by: User
) -> Finding:
    """Make a lesson a finding with somebody who answers: its cause and correction are followed there (10.2)."""
    where = incident.project or incident.organisation
    with change(by=by, reason=f"Lesson of {incident.reference}"):
        finding = raise_finding(
            scope=where,
            by=by,
            source=FindingSource.INCIDENT,
            title=title,
            statement=statement,
            evidence_seen=f"{incident.reference}, its timeline and what was learnt.",
            grade=grade,
            owner=owner,
            response_due=response_due,
        )
        send_finding(finding=finding, by=by)
        target = Target(finding.pk, finding.reference, finding.title, finding.get_absolute_url())
        link_case(case=incident, kind=linkables["finding"], target=target, by=by)
    return finding


def _write(
    incident: Incident, happened_at: datetime, text: str, by: User, kind: str, amends: IncidentEntry | None, reason: str
) -> IncidentEntry:
    if not text.strip():
        raise Refused("Say what happened.")
    if happened_at > now():
        raise Refused("The line lies in the future: write down what happened, not what is planned.")
    with change(by=by, reason=reason):
        entry = IncidentEntry(
            organisation=incident.organisation,
            project=incident.project,
            incident=incident,
            happened_at=happened_at,
            kind=kind,
            text=text.strip(),
            author=by,
            written_at=now(),
            amends=amends,
        )
        entry.save()
    return entry


def _note(incident: Incident, kind: str, text: str, by: User) -> None:
    _write(incident, now(), text, by, kind, None, "")


def _put(incident: Incident, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - CHANGEABLE:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    for name, value in fields.items():
        setattr(incident, name, value)
    if strange := set(incident.root_causes) - set(RootCause.values):
        raise Refused(f"Root cause {', '.join(sorted(map(str, strange)))} is unknown.")
    later = now()
    if any(at and at > later for at in (incident.detected_at, incident.occurred_from, incident.aware_at)):
        raise Refused("What happened lies in the past: one of the moments is in the future.")
    if incident.occurred_from and incident.occurred_to and incident.occurred_to < incident.occurred_from:
        raise Refused("It ended before it began: one of the two moments is wrong.")


def _refuse_unfinished(incident: Incident, to: str) -> None:
    lacks = []
    if to == IncidentState.CLOSED and not incident.root_causes:
        lacks.append("a root cause")
    if to == IncidentState.CLOSED and not incident.lessons.strip():
        lacks.append("what was learnt")
    if incident.breaches.open().exists():
        lacks.append("the end of its breaches")
    if incident.clocks.running().exists():
        lacks.append("the submission, or the end, of its running clocks")
    if lacks:
        raise Incomplete(f"{incident.reference} still needs {' and '.join(lacks)}.")
