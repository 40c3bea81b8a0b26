"""The statement of applicability read as lines: decision, what carries it out, what shows it, what contradicts it.

`present` and `past` load the records, `lines` joins them without a query: the same lines on the page and in the pack.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.claims import claimed
from controls.models import (
    OPERATING,
    Applicability,
    ControlRequirement,
    Edition,
    EvidenceImplementation,
    EvidenceRequirement,
    EvidenceState,
    EvidenceVersion,
    Implementation,
    Status,
)
from controls.services.contradictions import Problem, problems_of
from controls.services.soa_besides import Besides, besides
from controls.services.soa_records import records


class Progress(models.TextChoices):
    """How far a requirement is carried out, over everything that carries it out."""

    NOTHING = "nothing", "Nothing yet"
    NOT_STARTED = "not_started", "Not started"
    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    NEEDS_REMEDIATION = "needs_remediation", "Needs remediation"
    PARTLY = "partly", "Partly implemented"
    IMPLEMENTED = "implemented", "Implemented"
    OPERATING = OPERATING, "Operating"


@dataclass(frozen=True)
class Holdings:
    """The records a statement is made of, of one moment."""

    rows: Sequence[Any]  # Applicability, or Decided
    links: Sequence[tuple[UUID, UUID]]
    implementations: Sequence[Any]  # Implementation, or Running
    versions: Sequence[Any]  # EvidenceVersion, or Accepted
    shows: Sequence[tuple[UUID, UUID]]
    speaks: Sequence[tuple[UUID, UUID]]
    claims: Mapping[str, Mapping[UUID, Sequence[str]]]


@dataclass
class Line:
    """One row of the statement with everything that stands behind it.

    Records and people are those of today's tuples (`soa_records`) or instances of the past: what both have is used.
    """

    row: Any
    implementations: list[Any]
    evidence: list[Any]
    progress: str
    controls: set[UUID]
    known: Mapping[str, Mapping[UUID, Sequence[str]]]
    inherited: bool = False
    problems: list[Problem] = field(default_factory=list)
    besides: Besides | None = None  # where a list is to be complete

    @cached_property
    def claims(self) -> dict[str, list[str]]:
        """What relies on what carries it out, by kind."""
        found = {
            key: sorted({ref for one in self.controls for ref in by.get(one, ())}) for key, by in self.known.items()
        }
        return {key: references for key, references in found.items() if references}

    def is_claimed(self, key: str) -> bool:
        """Whether something of a kind relies on what carries it out."""
        return any(one in self.known[key] for one in self.controls)

    @property
    def progress_label(self) -> str:
        return str(Progress(self.progress).label)

    @property
    def planned_date(self) -> date | None:
        """The last day planned among what is not in place yet."""
        waiting = [one.planned_date for one in self.implementations if one.status != Status.IMPLEMENTED]
        return max((day for day in waiting if day), default=None)


def present(scope: Organisation | Project, edition: Edition | None = None) -> Holdings:
    """The records as they stand now; four queries."""
    return Holdings(**records(scope, edition))


def past(scope: Organisation | Project, at: datetime) -> Holdings:
    """The records of every edition as they stood at a moment."""
    organisation, project = split(scope)
    streams = [organisation.stream, project.stream] if project else [organisation.stream]
    wide = streams_of(scope)
    related = ("requirement__group", "requirement__edition", "owner", "implementation__control", "project")
    rows = as_of(Applicability, at, stream=streams).instances(*related)
    links = as_of(ControlRequirement, at, stream=organisation.stream).instances()
    running = as_of(Implementation, at, stream=streams).exclude(status=Status.RETIRED).instances("control", "owner")
    accepted = as_of(EvidenceVersion, at, stream=wide).filter(state=EvidenceState.ACCEPTED)
    versions = accepted.instances("evidence", "collected_by", "blob", "reviewer")
    shows = as_of(EvidenceImplementation, at, stream=wide).instances()
    speaks = as_of(EvidenceRequirement, at, stream=wide).instances()
    return Holdings(
        rows=sorted(
            _own_first(rows, at.date()), key=lambda row: (row.requirement.edition.position, row.requirement.position)
        ),
        links=[(link.control_id, link.requirement_id) for link in links],
        implementations=running,
        versions=sorted(versions, key=lambda version: version.evidence.reference),
        shows=[(link.implementation_id, link.evidence_id) for link in shows],
        speaks=[(link.requirement_id, link.evidence_id) for link in speaks],
        claims=claimed(scope, at),
    )


def lines(holdings: Holdings, scope: Organisation | Project, on: date) -> list[Line]:
    """The statement's lines on a day, in the order of the edition; no query."""
    running, controls = _by_control(holdings.implementations), _group(holdings.links)
    versions = {one.evidence_id: one for one in holdings.versions if one.standing_on(on) != "expired"}
    place = {key: n for n, key in enumerate(versions)}
    shows = _group((one, two) for two, one in holdings.shows if one in place)
    speaks = _group((one, two) for two, one in holdings.speaks if one in place)
    in_project, found = isinstance(scope, Project), []
    for row in holdings.rows:
        carrying = set(controls.get(row.requirement_id, ()))
        if row.implementation is not None:
            carrying.add(row.implementation.control_id)
        carried = [running[key] for key in carrying if key in running]
        if len(carried) > 1:
            carried.sort(key=lambda one: one.reference)
        spoken = speaks.get(row.requirement_id, ())
        ids = {key for one in carried for key in shows.get(one.pk, ())}.union(spoken)
        line = Line(
            row=row,
            implementations=carried,
            evidence=[versions[key] for key in sorted(ids, key=place.__getitem__)],
            progress=_progress(carried, shows, bool(spoken)),
            controls=carrying,
            known=holdings.claims,
            inherited=in_project and row.project_id is None,
        )
        line.problems = problems_of(line, holdings.claims, on)
        found.append(line)
    return found


def _progress(carried: Sequence[Any], shows: Mapping[UUID, Sequence[UUID]], spoken: bool) -> str:
    if not carried:
        return Progress.NOTHING
    done = [one for one in carried if one.status == Status.IMPLEMENTED]
    if len(done) == len(carried):
        proven = all(one.is_operating(spoken or one.pk in shows) for one in done)
        return Progress.OPERATING if proven else Progress.IMPLEMENTED
    if done:
        return Progress.PARTLY
    states = {one.status for one in carried}
    order = (Status.NEEDS_REMEDIATION, Status.IN_PROGRESS, Status.PLANNED)
    return next((Progress(state) for state in order if state in states), Progress.NOT_STARTED)


def _by_control(implementations: Iterable[Any]) -> dict[UUID, Any]:
    """One per control: a project's own stands before the shared one."""
    return {one.control_id: one for one in sorted(implementations, key=lambda one: one.project_id is not None)}


def _own_first(rows: Iterable[Applicability], on: date) -> list[Any]:
    found = sorted((row for row in rows if row.holds_on(on)), key=lambda row: row.project_id is not None)
    return list({row.requirement_id: row for row in found}.values())


def _group(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """From (value, key) pairs: key -> values."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for value, key in pairs:
        found[key].append(value)
    return found


def complete(found: list[Line], scope: Organisation | Project, at: datetime) -> list[Line]:
    """The lines with what auditors expect beside them."""
    told = besides(scope, found, at, streams_of(scope))
    for line in found:
        line.besides = told[line.row.pk]
    return found


def streams_of(scope: Organisation | Project) -> list[str]:
    """The histories in which evidence of a scope is found: a project's and its organisation's, or all of them."""
    if isinstance(scope, Project):
        return [scope.organisation.stream, scope.stream]
    keys = Project.objects.in_organisation(scope).values_list("pk", flat=True)
    return [scope.stream, *(f"project:{key}" for key in keys)]
