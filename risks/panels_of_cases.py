"""Boxes of incidents and impact assessments on the overviews."""

from datetime import datetime
from typing import Any

from django.db.models import Count

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from risks.models import DpiaState, ImpactAssessment
from risks.models.incident import case_address
from risks.totals_of_cases import figures, shown

Scope = Organisation | Project


@panel("project", title="Incidents", template="controls/panels/figures.html", kind="incident", order=35)
def incidents_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any]:
    """Open incidents, breaches and clocks."""
    return _figures(project, at)


@panel("organisation", title="Incidents", template="controls/panels/figures.html", kind="incident", order=35)
def incidents_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any]:
    """Open incidents, breaches and clocks."""
    return _figures(organisation, at)


@panel("privacy", title="Impact assessments", template="controls/panels/figures.html", kind="flow", order=45)
def assessments_to_do(scope: Scope, *, at: datetime | None = None) -> dict[str, Any]:
    """Impact assessments by what they wait for, and processing nobody has screened."""
    rows = shown(scope, ImpactAssessment).present().order_by().values("state").annotate(number=Count("pk"))
    counts, url = {row["state"]: row["number"] for row in rows}, case_address(scope, "assessments")
    return {
        "figures": [
            {"label": label, "number": counts.get(state, 0), "url": f"{url}?state={state}"}
            for state, label in DpiaState.choices
            if state in counts or state == DpiaState.REVIEW_DUE
        ],
    }


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
