"""What incidents, impact assessments and registers of this room link to besides risks and parties."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from compliance.projects.models import Project, Release
from compliance.registers.linkable import Target, linkable, linkable_rows
from compliance.ui.addresses import filled
from controls.addresses import address
from controls.models import Finding, Implementation
from dataflows.models import DataFlow, ProcessingActivity
from risks.models import ImpactAssessment, Incident
from risks.registers.scopes import Scope


def _rows(model: Any, *related: str) -> Any:
    def rows(scope: Scope) -> Any:
        found = model.objects.for_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)
        return found.select_related("project", "organisation", *related)

    return rows


def _own_page(scope: Scope, row: Any) -> str:
    return str(row.get_absolute_url())


def _flows(scope: Scope) -> Any:
    rows = DataFlow.objects.all()
    found = rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    return found.select_related("project")


def _releases(scope: Scope) -> Any:
    rows = Release.objects.all()
    found = rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    return found.select_related("project")


def _release_url(scope: Scope, row: Release) -> str:
    return filled("projects:release", row.project.slug, row.reference)


def _at_work(scope: Scope) -> Any:
    return _rows(Implementation, "control")(scope)


def _shown(scope: Scope, row: Implementation) -> Target:
    """A control at work goes by its control's title."""
    home = row.project or row.organisation
    return Target(row.pk, row.reference, row.control.title, address(home, "implementation", row.reference))


def _find_at_work(scope: Scope, reference: str) -> Target | None:
    return next((_shown(scope, row) for row in _at_work(scope).filter(reference__iexact=reference)), None)


def _named_at_work(scope: Scope, ids: Iterable[UUID]) -> Mapping[UUID, Target]:
    return {row.pk: _shown(scope, row) for row in _at_work(scope).filter(pk__in=list(ids))}


linkable(
    "implementation",
    "Controls at work",
    kind="implementation",
    find=_find_at_work,
    named=_named_at_work,
    order=25,
)
linkable_rows("release", "Releases", kind="release", rows=_releases, url=_release_url, order=64)
linkable_rows("finding", "Findings", kind="audit", rows=_rows(Finding), url=_own_page, order=60)
linkable_rows("incident", "Incidents", kind="incident", rows=_rows(Incident), url=_own_page, order=65)
linkable_rows("assessment", "Impact assessments", kind="flow", rows=_rows(ImpactAssessment), url=_own_page, order=66)
linkable_rows("activity", "Records of processing", kind="flow", rows=_rows(ProcessingActivity), url=_own_page, order=70)
linkable_rows("flow", "Data flows", kind="flow", rows=_flows, url=_own_page, order=71)
