"""Serious incidents, breaches and impact assessments: what they ask to be looked at again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from controls.models import Implementation
from risks.models import BREACH_SURE, Breach, CaseLink, ImpactAssessment, Incident, IncidentState, Risk
from risks.services.dpia import mark_review, outdated
from risks.triggering import Hit, reviewed, trigger

RECENT = timedelta(days=180)


def _mark(row: ImpactAssessment, *, by: User | str, reason: str) -> None:
    mark_review(assessment=ImpactAssessment.objects.get(pk=row.pk), by=by, reason=reason)


reviewed("risks.impactassessment", mark=_mark, looked_at=lambda row: row.decided_at)


def _linked(incidents: Any, target: str, rows: Any) -> Iterator[tuple[Incident, Any]]:
    """Pairs of incident and linked record; two queries."""
    links = CaseLink.objects.filter(incident__in=list(incidents), target=target).select_related("incident")
    known = rows.in_bulk({link.target_id for link in links})
    for link in links:
        if link.incident and link.target_id in known:
            yield link.incident, known[link.target_id]


def _closed(organisation: Organisation, at: datetime) -> dict[Any, datetime]:
    """Serious incidents closed lately, with when; the timeline tells."""
    rows = Incident.objects.in_organisation(organisation).grave().filter(state=IncidentState.CLOSED)
    found = {}
    for row in rows.prefetch_related("entries"):
        ended = max((entry.written_at for entry in row.entries.all()), default=row.detected_at)
        if at - RECENT <= ended <= at:
            found[row.pk] = ended
    return found


def _broken(organisation: Organisation, at: datetime) -> dict[Any, tuple[Breach, datetime]]:
    rows = Breach.objects.in_organisation(organisation).filter(state__in=BREACH_SURE, aware_at__range=(at - RECENT, at))
    return {row.incident_id: (row, row.aware_at) for row in rows}


RISKS = Risk.objects.open().select_related("project", "organisation", "owner")


@trigger("incident_closed", of="risk")
def risks_of_incidents(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """Risks linked to a serious incident, once it is closed."""
    closed = _closed(organisation, at)
    for incident, risk in _linked(closed, "risk", RISKS.in_organisation(organisation)):
        yield Hit(risk, f"incident:{incident.pk}", f"{incident} was closed.", closed[incident.pk])


@trigger("incident_closed", of="implementation", kind="implementation")
def controls_of_incidents(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """Controls at work linked to a serious incident, once it is closed."""
    closed = _closed(organisation, at)
    rows = Implementation.objects.in_organisation(organisation).select_related("project", "organisation", "owner")
    for incident, control in _linked(closed, "implementation", rows):
        yield Hit(control, f"incident:{incident.pk}", f"{incident} was closed.", closed[incident.pk])


@trigger("incident_closed", of="assessment", kind="flow")
def assessments_of_incidents(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """Impact assessments linked to a serious incident, once it is closed."""
    closed = _closed(organisation, at)
    rows = ImpactAssessment.objects.in_organisation(organisation).relied_on()
    for incident, row in _linked(closed, "assessment", rows.select_related("project", "organisation")):
        yield Hit(row, f"incident:{incident.pk}", f"{incident} was closed.", closed[incident.pk], owner=row.author)


@trigger("breach_confirmed", of="risk")
def risks_of_breaches(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """Risks linked to the incident of a breach that is certain."""
    broken = _broken(organisation, at)
    for incident, risk in _linked(broken, "risk", RISKS.in_organisation(organisation)):
        breach, since = broken[incident.pk]
        yield Hit(risk, f"breach:{breach.pk}", f"{breach} is a breach of personal data.", since)


@trigger("assessment_outdated", of="assessment", kind="flow")
def outdated_assessments(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """Impact assessments in force whose processing is no longer the one they describe (Art. 35(11))."""
    rows = ImpactAssessment.objects.in_organisation(organisation).relied_on().select_related("project", "organisation")
    for row in rows:
        if outdated(row):
            said = f"The processing of {row.reference} changed since it was described."
            yield Hit(row, f"described:{row.snapshot_sha256[:16]}", said, at, owner=row.author)
