"""The box of audits on the overviews."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from controls.addresses import address
from controls.models import CorrectiveAction, Finding

Scope = Organisation | Project


@panel("organisation", title="Audits", template="controls/panels/figures.html", kind="audit", order=40)
def audits_of_organisation(organisation: Organisation, *, at: datetime | None = None) -> dict[str, Any]:
    """Open findings and what their correction waits for."""
    return _figures(organisation, at)


@panel("project", title="Audits", template="controls/panels/figures.html", kind="audit", order=40)
def audits_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any]:
    """Open findings and what their correction waits for."""
    return _figures(project, at)


def _figures(scope: Scope, at: datetime | None) -> dict[str, Any]:
    """Two queries."""
    day, url = (at or now_read()).date(), address(scope, "findings")
    findings, actions = Finding.objects.all(), CorrectiveAction.objects.all()
    narrow = "for_project" if isinstance(scope, Project) else "in_organisation"
    told = getattr(findings, narrow)(scope).open().order_by()
    counts = told.aggregate(
        open=Count("pk"), major=Count("pk", filter=Q(grade="major_nc")), waiting=Count("pk", filter=Q(state="issued"))
    )
    late = (
        getattr(actions, narrow)(scope)
        .order_by()
        .aggregate(
            late=Count("pk", filter=Q(due_date__lt=day) & ~Q(state__in=["done", "verified"])),
            verify=Count("pk", filter=Q(state="done", verify_after__lte=day)),
        )
    )
    return {
        "figures": [
            {"label": "Open findings", "number": counts["open"], "url": url},
            {"label": "Major nonconformities", "number": counts["major"], "url": f"{url}?grade=major_nc"},
            {"label": "Wait for an answer", "number": counts["waiting"], "url": f"{url}?state=issued"},
            {"label": "Actions overdue", "number": late["late"], "url": f"{url}?state=action_planned"},
            {"label": "Effects to judge", "number": late["verify"], "url": f"{url}?state=implemented"},
        ]
    }
