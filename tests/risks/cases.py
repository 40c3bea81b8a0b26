"""What the tests of incidents, breaches and impact assessments stand on."""

from datetime import UTC, datetime
from typing import Any

from compliance.ledger import change
from risks.models import Breach, Incident
from risks.services.breach import open_breach
from risks.services.incident import report_incident


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def incident_of(scope: Any, by: Any, **fields: Any) -> Incident:
    """A debug flag of a release sent tokens into crash reports."""
    said = {
        "title": "Tokens in crash reports",
        "severity": "sev2",
        "source": "staff",
        "summary": "A debug flag was left on.",
        "detected_at": utc("2026-09-28 09:40"),
        "aware_at": utc("2026-09-28 14:10"),
    }
    return report_incident(scope=scope, by=by, **{**said, **fields})


def breach_of(incident: Incident, by: Any, **fields: Any) -> Breach:
    said: dict[str, Any] = {
        "title": "Crash data",
        "role": "controller",
        "aware_at": utc("2026-09-28 14:10"),
        "aware_reason": "The reports were read and the tokens found.",
        "confidentiality": True,
    }
    return open_breach(incident=incident, by=by, **{**said, **fields})


def put(row: Any, **values: Any) -> Any:
    """The row in a state no test has time to walk to."""
    with change(by="tests", reason="Set up"):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return row
