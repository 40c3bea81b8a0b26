"""What pages count of incidents, breaches, clocks and impact assessments, in SQL."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from risks.models import Breach, ImpactAssessment, Incident, RegulatoryClock

Scope = Organisation | Project


def shown(scope: Scope, model: Any) -> Any:
    """What of a scoped model shows in a scope: a project also sees what its organisation shares."""
    return model.objects.for_project(scope) if isinstance(scope, Project) else model.objects.in_organisation(scope)


def late_clocks(at: datetime | None = None) -> Any:
    """Clocks that run past their end."""
    return RegulatoryClock.objects.running().filter(due_at__lt=at or now_read(), held_since=None)


def figures(scope: Scope, at: datetime) -> dict[str, int]:
    """Open incidents, grave ones, open breaches, running and late clocks. Four queries."""
    incidents = shown(scope, Incident).open().order_by()
    clocks = shown(scope, RegulatoryClock).running().order_by()
    day_begins = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        **incidents.aggregate(open=Count("pk"), grave=Count("pk", filter=Q(severity__in=["sev1", "sev2"]))),
        "breaches": shown(scope, Breach).open().count(),
        **clocks.aggregate(clocks=Count("pk"), late=Count("pk", filter=Q(due_at__lt=day_begins))),
        "assessments": shown(scope, ImpactAssessment).filter(state="review_due").count(),
    }
