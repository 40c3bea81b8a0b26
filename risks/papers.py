"""What this room knows of an app that drift compares builds with: entries of the app, open vulnerabilities."""

import re
from datetime import date

from compliance.projects.models import Project
from dataflows.drift.papers import Vulnerability as Open
from dataflows.handed import handed
from risks.models import ThreatElement, Vulnerability
from risks.models.threat_model import ThreatModelState

ENTRIES = ("deep_link",)
NAME = re.compile(r"[\w.$:/*-]{3,}")


@handed("interfaces")
def interfaces(project: Project, on: date) -> frozenset[str] | None:
    """Names of links and entries in the approved threat models: words of the elements others can open."""
    rows = ThreatElement.objects.in_project(project).filter(
        threat_model__state=ThreatModelState.APPROVED, kind__in=ENTRIES
    )
    told = [" ".join(texts) for texts in rows.values_list("name", "description", "protocol")]
    return frozenset(word.rstrip(".,:") for text in told for word in NAME.findall(text)) if told else None


@handed("vulnerabilities")
def vulnerabilities(project: Project, on: date) -> tuple[Open, ...]:
    """Open ones with the day they have to be mended by."""
    rows = Vulnerability.objects.in_project(project).open().order_by("reference")
    return tuple(Open(one.reference, one.title, one.severity, one.due_date) for one in rows)
