"""Boxes on the overviews: coverage per framework, and what is missing or wrong, each number leading to its rows."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from compliance.ui.pictures import coverage
from controls import panels_of_artefacts as _artefacts  # noqa: F401  registered with the rest
from controls.addresses import address, split
from controls.audited import panels as _audited  # noqa: F401  registered with the rest
from controls.bars import bars
from controls.documented import panels as _documented  # noqa: F401  registered with the rest
from controls.models import (
    ControlTest,
    Edition,
    EvidenceRequest,
    EvidenceVersion,
    Implementation,
    Statement,
    Status,
    shown_on,
)
from controls.services.coverage import coverage_of
from controls.totals import contradicting

Scope = Organisation | Project


@panel("organisation", title="Coverage", template="controls/panels/coverage.html", kind="applicability", order=10)
def coverage_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any]:
    """How much of each framework the organisation's controls answer."""
    return _coverage(organisation)


@panel("project", title="Coverage", template="controls/panels/coverage.html", kind="applicability", order=10)
def coverage_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any]:
    """How much of each framework the project's controls answer, with those it shares."""
    return _coverage(project)


@panel("organisation", title="Evidence", template="controls/panels/figures.html", kind="evidence", order=20)
def evidence_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any]:
    """Evidence that waits, runs out or is missing."""
    return _evidence(organisation, at)


@panel("project", title="Evidence", template="controls/panels/figures.html", kind="evidence", order=20)
def evidence_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any]:
    """Evidence that waits, runs out or is missing."""
    return _evidence(project, at)


@panel("organisation", title="Applicability", template="controls/panels/figures.html", kind="applicability", order=15)
def contradictions_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any] | None:
    """Rows that contradict themselves, by statement."""
    return _contradictions(organisation, at)


@panel("project", title="Applicability", template="controls/panels/figures.html", kind="applicability", order=15)
def contradictions_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """Rows that contradict themselves, by statement."""
    return _contradictions(project, at)


@panel("organisation", title="Tests", template="controls/panels/figures.html", kind="implementation", order=25)
def proof_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any] | None:
    """What was asked for and tested, and what failed."""
    return _proof(organisation, at)


@panel("project", title="Tests", template="controls/panels/figures.html", kind="implementation", order=25)
def proof_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """What was asked for and tested, and what failed."""
    return _proof(project, at)


def _proof(scope: Scope, at: datetime | None) -> dict[str, Any] | None:
    """Two queries: requests, and tests with the effectiveness of what is at work."""
    day, own = (at or now_read()).date(), "in_project" if isinstance(scope, Project) else "in_organisation"
    asked = getattr(EvidenceRequest.objects, own)(scope).waiting()
    late = Count("pk", filter=Q(due_date__lt=day))
    requests = asked.aggregate(waiting=Count("pk"), late=late)
    tests = getattr(ControlTest.objects, own)(scope)
    found = tests.aggregate(
        open=Count("pk", filter=Q(state__in=("planned", "running"))),
        failed=Count("implementation", filter=Q(implementation__effectiveness="ineffective"), distinct=True),
    )
    urls = {name: address(scope, name) for name in ("requests", "tests")}
    return {
        "figures": [
            {
                "label": "Evidence asked for",
                "number": requests["waiting"],
                "url": f"{urls['requests']}?state=requested",
            },
            {"label": "Overdue", "number": requests["late"], "url": f"{urls['requests']}?late=true"},
            {"label": "Tests to do", "number": found["open"], "url": urls["tests"]},
            {"label": "Ineffective", "number": found["failed"], "url": f"{urls['tests']}?result=ineffective"},
        ]
    }


def _coverage(scope: Scope) -> dict[str, Any]:
    rows = bars(scope, coverage_of(scope))
    urls = {"coverage": address(scope, "coverage"), "adopt": address(scope, "adopt")}
    return {"picture": coverage(rows) if rows else None, "urls": urls}


def _evidence(scope: Scope, at: datetime | None) -> dict[str, Any]:
    day = (at or now_read()).date()
    rows = EvidenceVersion.objects.all()
    rows = rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    latest = rows.filter(latest=True).with_standing(day).order_by()
    standings = dict(latest.values_list("standing").annotate(count=Count("pk")))
    running = Implementation.objects.running_in(scope).filter(status=Status.IMPLEMENTED)
    unproven = running.annotate(has_evidence=shown_on(day, scope)).filter(has_evidence=False).count()
    url, at_work = (
        address(scope, "evidence"),
        address(scope, "controls" if isinstance(scope, Project) else "implementations"),
    )
    waiting = standings.get("submitted", 0) + standings.get("under_review", 0)
    return {
        "figures": [
            {"label": "To be judged", "number": waiting, "url": f"{url}?mine=true"},
            {"label": "Expiring", "number": standings.get("expiring", 0), "url": f"{url}?standing=expiring"},
            {"label": "Expired", "number": standings.get("expired", 0), "url": f"{url}?standing=expired"},
            {"label": "Rejected", "number": standings.get("rejected", 0), "url": f"{url}?standing=rejected"},
            {"label": "Controls unproven", "number": unproven, "url": f"{at_work}?unproven=true"},
        ]
    }


def _contradictions(scope: Scope, at: datetime | None) -> dict[str, Any] | None:
    organisation, project = split(scope)
    held = Statement.objects.in_organisation(organisation)
    held = held.for_project(project) if project else held.shared()
    stated = Edition.objects.filter(pk__in=held.order_by().values("edition")).order_by("position", "key")
    if not (editions := list(stated.values_list("pk", "key", "label"))):
        return None
    counts = contradicting(scope, (at or now_read()).date())
    return {
        "note": "Rows with a contradiction, by statement.",
        "figures": [
            {"label": label, "number": counts[edition], "url": f"{address(scope, 'statement', key)}?problem=any"}
            for edition, key, label in editions
        ],
    }
