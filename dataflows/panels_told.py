"""The box of notices, consents and store labels on a project's overview."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from compliance.ledger.moment import now_read
from compliance.projects.models import Project
from compliance.projects.panels import panel
from dataflows.models import Consent, Notice, StoreDeclaration, TextVersion
from dataflows.models.told import TextState
from dataflows.reminders_told import behind


@panel("project", title="Notices and labels", template="controls/panels/figures.html", kind="flow", order=42)
def told_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """What is published, what waits, and what flows have changed under; nothing where nobody has begun."""
    moment = at or now_read()
    rows = TextVersion.objects.in_project(project)
    counted = rows.aggregate(
        all=Count("pk"),
        published=Count("pk", filter=Q(state=TextState.PUBLISHED)),
        waiting=Count("pk", filter=Q(state=TextState.DPO_REVIEW)),
    )
    if not counted["all"]:
        return None
    late = [
        model.objects.in_project(project).filter(review_date__lt=moment.date())
        for model in (Notice, Consent, StoreDeclaration)
    ]
    urls = {page: reverse(f"dataflows:{page}", args=[project.slug]) for page in ("notices", "declarations")}
    return {
        "figures": [
            {"label": "Published", "number": counted["published"], "url": f"{urls['notices']}?standing=published"},
            {"label": "Waiting for the DPO", "number": counted["waiting"], "url": urls["notices"]},
            {"label": "Reviews overdue", "number": sum(one.count() for one in late), "url": urls["notices"]},
            {"label": "Labels older than flows", "number": behind(rows).count(), "url": urls["declarations"]},
        ]
    }
