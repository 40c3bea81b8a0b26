"""Which risks rely on which controls, told to the statement of applicability (ISO/IEC 27001 6.1.3 c, d)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from controls.claims import Links, claim
from controls.required import Kept, Standing, keeper
from risks.models import Risk, RiskControl, RiskMethod, RiskPosition, RiskTreatment
from risks.past import method_at


def _rows(scope: Organisation | Project) -> QuerySet[RiskControl]:
    rows = RiskControl.objects.exclude(risk__state=Risk.State.CLOSED)
    return rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)


@claim("risk", label="Risks", links=Links(_rows, "implementation__control_id"))
def risks_by_control(scope: Organisation | Project, at: datetime | None = None) -> Mapping[UUID, Sequence[str]]:
    """The references of open risks by the control that treats them."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for control, reference in _links(scope) if at is None else _past_links(scope, at):
        found[control].append(reference)
    return found


def _links(scope: Organisation | Project) -> list[tuple[UUID, str]]:
    return list(_rows(scope).values_list("implementation__control_id", "risk__reference"))


def _past_links(scope: Organisation | Project, at: datetime) -> list[tuple[UUID, str]]:
    links = as_of(RiskControl, at, stream=_streams(scope)).instances("risk", "implementation")
    open_links = [link for link in links if link.risk.state != Risk.State.CLOSED]
    return [(link.implementation.control_id, link.risk.reference) for link in open_links]


def _streams(scope: Organisation | Project) -> list[str]:
    if isinstance(scope, Project):
        return [scope.organisation.stream, scope.stream]
    projects = Project.objects.in_organisation(scope).values_list("pk", flat=True)
    return [scope.stream, *(f"project:{key}" for key in projects)]


@keeper("risk_method")
def methods(organisation: Organisation, at: datetime) -> list[Kept]:
    """The method in force, else one that is being written (ISO/IEC 27001 6.1.2, 6.1.3)."""
    found = method_at(organisation, at) or as_of(RiskMethod, at, stream=organisation.stream).first("approved_by")
    if found is None:
        return []
    standing = Standing.CURRENT if found.state == RiskMethod.State.APPROVED else Standing.DRAFT
    by = str(found.approved_by) if found.approved_by else ""
    return [Kept(standing, found.title, found.reference, found.label, by, found.approved_at)]


@keeper("risks")
def assessed(organisation: Organisation, at: datetime) -> list[Kept]:
    """Results of risk assessments: positions people took (8.2)."""
    found = as_of(RiskPosition, at, stream=_streams(organisation)).count()
    return [Kept(Standing.CURRENT, f"Assessed positions: {found}", url=_register(organisation))] if found else []


@keeper("treatment")
def treated(organisation: Organisation, at: datetime) -> list[Kept]:
    """Treatments of risks with their actions (6.1.3 e, 8.3)."""
    found = as_of(RiskTreatment, at, stream=_streams(organisation)).count()
    return [Kept(Standing.CURRENT, f"Treatments: {found}", url=_register(organisation))] if found else []


def _register(organisation: Organisation) -> str:
    return reverse("risks:register", args=[organisation.slug])
