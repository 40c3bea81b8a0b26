"""Whom to call now: the escalation matrix at a severity, with the last test of each line."""

from datetime import datetime, timedelta
from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.registers.models import RegisterRow
from risks.models import Incident
from risks.registers.readiness import CONTACT_TESTS, ESCALATION

Scope = Organisation | Project


def chain(incident: Incident, scope: Scope) -> list[dict[str, Any]]:
    """The steps of the incident's severity in their order, with until when each is called. Two queries."""
    order, severity = (ESCALATION.by_key[key].column for key in ("order", "severity"))
    rows = RegisterRow.objects.of(ESCALATION).live().filter(**{severity: incident.severity})
    rows = rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    steps = list(rows.order_by(order, "reference").select_related("person_1", "person_2", "project", "organisation"))
    tried = CONTACT_TESTS.by_key["tried"].column
    tests = RegisterRow.objects.of(CONTACT_TESTS).live().filter(parent__in=steps).order_by(tried)
    last = {test.parent_id: test for test in tests}
    return [_step(row, incident.detected_at, last.get(row.pk)) for row in steps]


def _step(row: RegisterRow, noticed: datetime, test: RegisterRow | None) -> dict[str, Any]:
    return {
        "role": row.title,
        "url": row.get_absolute_url(),
        "person": row.value("person") or row.value("outside"),
        "deputy": row.value("deputy"),
        "number": row.value("number"),
        "channel": row.said("channel"),
        "until": noticed + timedelta(minutes=int(row.value("within") or 0)),
        "within": int(row.value("within") or 0),
        "tested": test.value("tried") if test else None,
        "reached": test.value("reached") == "yes" if test else None,
    }
