"""The statement of applicability read as lines: decision, what carries it out, what shows it, what contradicts it.

`present` and `past` load the records, `lines` joins them without a query: the same lines on the page and in the pack.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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

    rows: Sequence[Applicability]
    links: Sequence[tuple[UUID, UUID]]
    implementations: Sequence[Implementation]
    versions: Sequence[EvidenceVersion]
    shows: Sequence[tuple[UUID, UUID]]
    speaks: Sequence[tuple[UUID, UUID]]
    claims: Mapping[str, Mapping[UUID, Sequence[str]]]


@dataclass
class Line:
    """One row of the statement with everything that stands behind it."""

    row: Applicability
    implementations: list[Implementation]
    evidence: list[EvidenceVersion]
    claims: dict[str, list[str]]
    progress: str
    inherited: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def progress_label(self) -> str:
        return str(Progress(self.progress).label)

    @property
    def planned_date(self) -> date | None:
        """The last day planned among what is not in place yet."""
        waiting = [one.planned_date for one in self.implementations if one.status != Status.IMPLEMENTED]
        return max((day for day in waiting if day), default=None)


def present(scope: Organisation | Project, edition: Edition | None = None) -> Holdings:
    """The records as they stand now; six queries and those of the claims."""
    return Holdings(**records(scope, edition), claims=claimed(scope))


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
    running = _by_control(holdings.implementations)
    controls = _group(holdings.links)
    versions = {version.evidence_id: version for version in holdings.versions}
    shows, speaks = _group((one, two) for two, one in holdings.shows), _group((b, a) for a, b in holdings.speaks)
    found = []
    for row in holdings.rows:
        control_ids = set(controls.get(row.requirement_id, ()))
        if row.implementation is not None:
            control_ids.add(row.implementation.control_id)
        carried = sorted((running[key] for key in control_ids if key in running), key=lambda one: one.reference)
        ids = {key for one in carried for key in shows.get(one.pk, ())} | set(speaks.get(row.requirement_id, ()))
        standing = (versions[key] for key in ids if _in_force([key], versions, on))
        evidence = sorted(standing, key=lambda one: one.evidence.reference)
        line = Line(
            row=row,
            implementations=carried,
            evidence=evidence,
            claims=_claims_on(control_ids, holdings.claims),
            progress=_progress(carried, shows, speaks.get(row.requirement_id, ()), versions, on),
            inherited=isinstance(scope, Project) and row.project_id is None,
        )
        line.problems = problems_of(line, holdings.claims, on)
        found.append(line)
    return found


def _progress(
    carried: Sequence[Implementation],
    shows: Mapping[UUID, Sequence[UUID]],
    spoken: Sequence[UUID],
    versions: Mapping[UUID, EvidenceVersion],
    on: date,
) -> str:
    if not carried:
        return Progress.NOTHING
    done = [one for one in carried if one.status == Status.IMPLEMENTED]
    if len(done) == len(carried):
        proven = all(one.is_operating(_in_force([*shows.get(one.pk, ()), *spoken], versions, on)) for one in done)
        return Progress.OPERATING if proven else Progress.IMPLEMENTED
    if done:
        return Progress.PARTLY
    states = {one.status for one in carried}
    order = (Status.NEEDS_REMEDIATION, Status.IN_PROGRESS, Status.PLANNED)
    return next((Progress(state) for state in order if state in states), Progress.NOT_STARTED)


def _in_force(keys: Iterable[UUID], versions: Mapping[UUID, EvidenceVersion], on: date) -> bool:
    return any(key in versions and versions[key].standing_on(on) != "expired" for key in keys)


def _claims_on(controls: set[UUID], claims: Mapping[str, Mapping[UUID, Sequence[str]]]) -> dict[str, list[str]]:
    found = {key: sorted({ref for one in controls for ref in by.get(one, ())}) for key, by in claims.items()}
    return {key: references for key, references in found.items() if references}


def _by_control(implementations: Iterable[Implementation]) -> dict[UUID, Implementation]:
    """One per control: a project's own stands before the shared one."""
    return {one.control_id: one for one in sorted(implementations, key=lambda one: one.project_id is not None)}


def _own_first(rows: Iterable[Applicability], on: date) -> list[Applicability]:
    found = sorted((row for row in rows if row.holds_on(on)), key=lambda row: row.project_id is not None)
    return list({row.requirement_id: row for row in found}.values())


def _group(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """From (value, key) pairs: key -> values."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for value, key in pairs:
        found[key].append(value)
    return found


def streams_of(scope: Organisation | Project) -> list[str]:
    """The histories in which evidence of a scope is found: a project's and its organisation's, or all of them."""
    if isinstance(scope, Project):
        return [scope.organisation.stream, scope.stream]
    keys = Project.objects.in_organisation(scope).values_list("pk", flat=True)
    return [scope.stream, *(f"project:{key}" for key in keys)]
