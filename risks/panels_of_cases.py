"""Boxes of incidents and impact assessments on the overviews."""

from datetime import datetime
from typing import Any

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from risks.models.incident import case_address
from risks.totals_of_cases import figures

Scope = Organisation | Project


@panel("project", title="Incidents", template="controls/panels/figures.html", kind="incident", order=35)
def incidents_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any]:
    """Open incidents, breaches and clocks."""
    return _figures(project, at)


@panel("organisation", title="Incidents", template="controls/panels/figures.html", kind="incident", order=35)
def incidents_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any]:
    """Open incidents, breaches and clocks."""
    return _figures(organisation, at)


def _figures(scope: Scope, at: datetime | None) -> dict[str, Any]:
    counts, url = figures(scope, at or now_read()), case_address(scope, "incidents")
    return {
        "figures": [
            {"label": "Open incidents", "number": counts["open"], "url": f"{url}?show=open"},
            {"label": "Sev 1 or 2", "number": counts["grave"], "url": f"{url}?show=grave"},
            {"label": "Open breaches", "number": counts["breaches"], "url": case_address(scope, "breaches")},
            {"label": "Running clocks", "number": counts["clocks"], "url": f"{url}?show=open"},
            {"label": "Clocks overdue", "number": counts["late"], "url": f"{url}?show=late"},
        ]
    }
