"""The risks of a scope as they stood at a moment, read from the sealed history only."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from risks.models import (
    Risk,
    RiskAcceptance,
    RiskControl,
    RiskLink,
    RiskMethod,
    RiskPosition,
    RiskTreatment,
    TreatmentAction,
)


def risks_at(scope: Organisation | Project, at: datetime) -> list[Risk]:
    """Risks with positions, treatments, actions, controls, links and acceptances of one moment, by reference.

    They answer like prefetched rows, so that pages and packs judge by the same code. Never save them.
    """
    streams = streams_of(scope)
    risks = (
        as_of(Risk, at, stream=streams).order_by("reference").instances("owner", "project", "organisation", "parent")
    )
    actions = as_of(TreatmentAction, at, stream=streams).order_by("due_date", "reference")
    treatments = as_of(RiskTreatment, at, stream=streams).order_by("option").instances()
    _hang(treatments, "actions", actions.instances("owner", "verified_by"), "treatment_id")
    links = as_of(RiskControl, at, stream=streams).instances("implementation__control")
    acceptances = as_of(RiskAcceptance, at, stream=streams).order_by("-requested_at")
    positions = as_of(RiskPosition, at, stream=streams).instances("method", "assessor")
    touched = as_of(RiskLink, at, stream=streams).instances("asset", "flow")
    _hang(risks, "links", sorted(touched, key=lambda link: link.thing.reference), "risk_id")
    _hang(risks, "positions", positions, "risk_id")
    _hang(risks, "treatments", treatments, "risk_id")
    _hang(risks, "controls", sorted(links, key=lambda link: link.implementation.reference), "risk_id")
    _hang(risks, "acceptances", acceptances.instances("accepted_by", "requested_by", "method"), "risk_id")
    return risks


def method_at(scope: Organisation | Project, at: datetime) -> RiskMethod | None:
    """The method in force at a moment."""
    owner = scope.organisation if isinstance(scope, Project) else scope
    return as_of(RiskMethod, at, stream=owner.stream).filter(state="approved").first("author", "approved_by")


def streams_of(scope: Organisation | Project) -> list[str]:
    """The histories of a scope's risks: a project's own, or the organisation's and those of all its projects."""
    if isinstance(scope, Project):
        return [scope.stream]
    return [scope.stream, *(project.stream for project in Project.objects.in_organisation(scope).only("pk"))]


def _hang(rows: Iterable[Any], name: str, children: Iterable[Any], key: str) -> None:
    """Give each row its children of that moment, where Django keeps prefetched ones."""
    by_parent = defaultdict(list)
    for child in children:
        by_parent[getattr(child, key)].append(child)
    for row in rows:
        cache = row.__dict__.setdefault("_prefetched_objects_cache", {})
        cache[name] = by_parent[row.pk]
