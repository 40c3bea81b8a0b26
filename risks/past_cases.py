"""Incidents, breaches, clocks and impact assessments as they stood at a moment, read from the sealed history only."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from controls.services.soa import streams_of
from risks.models import Breach, CaseLink, ImpactAssessment, Incident, IncidentEntry, RegulatoryClock, Risk

Scope = Organisation | Project


@dataclass
class PastIncident:
    """An incident with its timeline, clocks and links of one moment."""

    incident: Incident
    entries: list[IncidentEntry] = field(default_factory=list)
    clocks: list[RegulatoryClock] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass
class PastBreach:
    """A breach with its clocks of one moment."""

    breach: Breach
    clocks: list[RegulatoryClock] = field(default_factory=list)


@dataclass
class PastAssessment:
    """An impact assessment with its clocks, links and risks of one moment."""

    assessment: ImpactAssessment
    clocks: list[RegulatoryClock] = field(default_factory=list)
    links: dict[str, list[CaseLink]] = field(default_factory=lambda: defaultdict(list))
    risks: list[Risk] = field(default_factory=list)


def incidents_at(scope: Scope, at: datetime) -> list[PastIncident]:
    """Incidents by reference; for a project also those its organisation shares."""
    streams = streams_of(scope)
    rows = as_of(Incident, at, stream=streams).order_by("reference").instances("lead", "project", "organisation")
    found = {row.pk: PastIncident(row) for row in _shown(scope, rows)}
    for entry in as_of(IncidentEntry, at, stream=streams).order_by("happened_at", "written_at").instances("author"):
        if entry.incident_id in found:
            found[entry.incident_id].entries.append(entry)
    for link in as_of(CaseLink, at, stream=streams).order_by("target", "target_reference").instances():
        if link.incident_id in found:
            found[link.incident_id].links.append(link.target_reference)
    for clock in clocks_at(scope, at):
        if clock.incident_id in found:
            found[clock.incident_id].clocks.append(clock)
    return list(found.values())


def breaches_at(scope: Scope, at: datetime) -> list[PastBreach]:
    """Breaches by reference, each with its incident."""
    streams = streams_of(scope)
    rows = as_of(Breach, at, stream=streams).order_by("reference").instances("incident", "project", "organisation")
    found = {row.pk: PastBreach(row) for row in _shown(scope, rows)}
    for clock in clocks_at(scope, at):
        if clock.breach_id in found:
            found[clock.breach_id].clocks.append(clock)
    return list(found.values())


def assessments_at(scope: Scope, at: datetime) -> list[PastAssessment]:
    """Impact assessments by reference, with the risks they judge."""
    streams = streams_of(scope)
    people = ("author", "opinion_by", "decided_by", "project", "organisation")
    rows = as_of(ImpactAssessment, at, stream=streams).order_by("reference").instances(*people)
    found = {row.pk: PastAssessment(row) for row in _shown(scope, rows)}
    for link in as_of(CaseLink, at, stream=streams).order_by("target", "target_reference").instances():
        if link.assessment_id in found:
            found[link.assessment_id].links[link.target].append(link)
    risks: dict[UUID, Risk] = {row.pk: row for row in as_of(Risk, at, stream=streams).order_by("reference").instances()}
    for one in found.values():
        one.risks = [risks[link.target_id] for link in one.links["risk"] if link.target_id in risks]
    for clock in clocks_at(scope, at):
        if clock.assessment_id in found:
            found[clock.assessment_id].clocks.append(clock)
    return list(found.values())


def clocks_at(scope: Scope, at: datetime) -> list[RegulatoryClock]:
    """Every clock of a scope, by its start."""
    rows = as_of(RegulatoryClock, at, stream=streams_of(scope)).order_by("began_at", "stage")
    return rows.instances("ended_by")


def _shown(scope: Scope, rows: list[Any]) -> list[Any]:
    if isinstance(scope, Project):
        return [row for row in rows if row.project_id in {None, scope.pk}]
    return rows
