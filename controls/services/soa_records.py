"""The records a statement of applicability is made of today, read by queries whose SQL is written once.

Only what the lines use is read: evidence of what runs in the scope or of a requirement of the edition, not all of it.
"""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.ledger.moment import now_read
from compliance.prepared import Prepared
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    Applicability,
    ControlRequirement,
    Edition,
    EvidenceImplementation,
    EvidenceRequirement,
    EvidenceState,
    EvidenceVersion,
    Implementation,
)
from controls.models.applicability import holding_on

RELATED = ("requirement__group", "requirement__edition", "owner", "implementation__control", "project")


def records(scope: Organisation | Project, edition: Edition | None = None) -> dict[str, list[Any]]:
    """Rows and tuples by the names of `Holdings`. One query each."""
    organisation, project = split(scope)
    values: dict[str, Any] = {"organisation": organisation.pk, "today": now_read().date()}
    values |= {"project": project.pk} if project else {}
    values |= {"edition": edition.pk} if edition else {}
    return {
        name: query(**{slot: values[slot] for slot in query.kinds})
        for name, query in _queries(project is not None, edition is not None).items()
    }


@cache
def _queries(in_project: bool, of_edition: bool) -> dict[str, Prepared]:
    scope = {"organisation": UUID} | ({"project": UUID} if in_project else {})
    both = scope | ({"edition": UUID} if of_edition else {})
    alone = {"organisation": UUID} | ({"edition": UUID} if of_edition else {})
    return {
        "rows": Prepared(_rows, **both, **({"today": date} if in_project else {})),
        "links": Prepared(_links, **alone),
        "implementations": Prepared(lambda **at: _running(**at).select_related("control", "owner"), **scope),
        "versions": Prepared(_versions, **both),
        "shows": Prepared(lambda **at: _shows(**at).values_list("implementation_id", "evidence_id"), **scope),
        "speaks": Prepared(lambda **at: _speaks(**at).values_list("requirement_id", "evidence_id"), **both),
    }


def _in_scope(rows: Any, organisation: UUID, project: UUID | None) -> Any:
    """What shows in a scope: a project also sees what its organisation shares."""
    found = rows.filter(organisation=organisation)
    return found.filter(Q(project=project) | Q(project__isnull=True)) if project else found


def _rows(
    organisation: UUID, project: UUID | None = None, edition: UUID | None = None, today: date | None = None
) -> QuerySet[Applicability]:
    """The organisation's decisions, and in a project its own instead where it has some that hold today."""
    found = Applicability.objects.filter(organisation=organisation)
    if project and today:
        holds = holding_on(today)
        own = Applicability.objects.filter(holds, project=project, requirement=OuterRef("requirement"))
        found = found.filter((Q(project=project) & holds) | (Q(project__isnull=True) & ~Exists(own)))
    else:
        found = found.filter(project__isnull=True)
    if edition:
        found = found.filter(requirement__edition=edition)
    return found.select_related(*RELATED).order_by("requirement__edition__position", "requirement__position")


def _links(organisation: UUID, edition: UUID | None = None) -> QuerySet[Any, Any]:
    found = ControlRequirement.objects.filter(organisation=organisation)
    return (found.filter(requirement__edition=edition) if edition else found).values_list(
        "control_id", "requirement_id"
    )


def _running(organisation: UUID, project: UUID | None = None) -> QuerySet[Implementation]:
    found = Implementation.objects.live()
    if project:
        return _in_scope(found, organisation, project)
    return found.filter(organisation=organisation, project__isnull=True)


def _shows(organisation: UUID, project: UUID | None = None) -> QuerySet[EvidenceImplementation]:
    running = _running(organisation, project).order_by().values("pk")
    return _in_scope(EvidenceImplementation.objects.filter(implementation__in=running), organisation, project)


def _speaks(
    organisation: UUID, project: UUID | None = None, edition: UUID | None = None
) -> QuerySet[EvidenceRequirement]:
    found = _in_scope(EvidenceRequirement.objects.all(), organisation, project)
    return found.filter(requirement__edition=edition) if edition else found


def _versions(
    organisation: UUID, project: UUID | None = None, edition: UUID | None = None
) -> QuerySet[EvidenceVersion]:
    shown = _shows(organisation, project).order_by().values("evidence")
    spoken = _speaks(organisation, project, edition).order_by().values("evidence")
    found = _in_scope(EvidenceVersion.objects.filter(state=EvidenceState.ACCEPTED), organisation, project)
    found = found.filter(Q(evidence__in=shown) | Q(evidence__in=spoken))
    return found.select_related("evidence", "collected_by").order_by("evidence__reference")
