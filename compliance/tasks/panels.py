"""What falls due next, on the overviews."""

from typing import Any

from django.urls import reverse

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from compliance.tasks.services import nearest_in

SHOWN = 7


@panel("organisation", title="Due next", template="tasks/panels/due.html", kind="task", order=10)
def organisation_due(organisation: Organisation, *, can: Any) -> dict[str, Any]:
    return _due(organisation, can, reverse("tasks:organisation", args=[organisation.slug]))


@panel("project", title="Due next", template="tasks/panels/due.html", kind="task", order=10)
def project_due(project: Project, *, can: Any) -> dict[str, Any]:
    return _due(project, can, reverse("tasks:project", args=[project.slug]))


def _due(scope: Organisation | Project, can: Any, url: str) -> dict[str, Any]:
    found = nearest_in(scope, can, now_read(), SHOWN)
    return {"lines": found.lines, "total": found.total, "overdue": found.overdue, "tasks_list_url": url}
