"""Boxes on other rooms' pages: the risks of a scope, and the risks a control treats."""

from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from compliance.accounts.models import User
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panel
from controls.models import Implementation
from risks.models import Risk, RiskControl, RiskMethod, Threat, Vulnerability
from risks.pictures import board
from risks.reading import with_rise
from risks.rising import picture, rises
from risks.totals import totals

MOST = 50


@panel("project", title="Risks", template="risks/panels/board.html", kind="risk", order=30)
def risks_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """Heat map and counts of a project."""
    return _board(project, project.organisation, "project_", Risk.objects.reaching(project))


@panel("organisation", title="Risks", template="risks/panels/board.html", kind="risk", order=30)
def risks_of_organisation(
    organisation: Organisation, *, user: User, at: datetime | None = None
) -> dict[str, Any] | None:
    """Heat map and counts of an organisation and of the projects the person may know."""
    return _board(organisation, organisation, "", Risk.objects.reaching(organisation).seen_by(user))


def _board(scope: Organisation | Project, organisation: Organisation, prefix: str, risks: Any) -> dict[str, Any]:
    register_url = reverse(f"risks:{prefix}register", args=[scope.slug])
    return {
        "board": board(totals(risks, RiskMethod.objects.in_force(organisation)), register_url),
        "register_url": register_url,
        "heat_map_url": reverse(f"risks:{prefix}heat_map", args=[scope.slug]),
        "method_url": reverse(f"risks:{prefix}method", args=[scope.slug]),
    }


@panel("control", title="Risks it treats", template="risks/panels/of_control.html", kind="risk")
def risks_of_control(subject: Any, *, at: datetime | None = None) -> dict[str, Any] | None:
    """The risks a control or one of its implementations treats: what would rise if it failed."""
    key = "implementation" if isinstance(subject, Implementation) else "implementation__control"
    risks = Risk.objects.open().filter(**{f"controls__{key}": subject}).distinct().weighed().order_by("reference")
    rows = list(with_rise(risks)[:MOST])
    links = [link for risk in rows for link in risk.controls.all()]
    failing = {one.implementation_id for one in links if subject.pk in (one.implementation_id, _control(one))}
    found = rises(rows, failing)
    return {"risks": rows, "picture": picture(found, subject.reference) if found else None}


def _control(link: RiskControl) -> UUID:
    return link.implementation.control_id


@panel("project", title="Vulnerabilities", template="risks/panels/vulnerabilities.html", kind="risk", order=32)
def vulnerabilities_of_project(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """Open ones by severity, those past their day first; away while none was ever recorded."""
    rows = Vulnerability.objects.in_project(project)
    late = Q(due_date__lt=now_read().date())
    counted = rows.open().values("severity").annotate(count=Count("pk"), late=Count("pk", filter=late)).order_by()
    by_severity = {one["severity"]: one for one in counted}
    if not by_severity and not rows.exists():
        return None
    found = [(level, by_severity[level]) for level in ("critical", "high", "medium", "low") if level in by_severity]
    return {"found": found, "late": sum(one["late"] for _, one in found), "project": project}


@panel("risk", title="Threats and vulnerabilities", template="risks/panels/of_risk.html", kind="risk", order=40)
def behind_a_risk(risk: Risk, *, at: datetime | None = None) -> dict[str, Any] | None:
    """What threat models and reports say stands behind the risk."""
    fed = Vulnerability.objects.filter(risks__risk=risk).select_related("project").order_by("reference")[:10]
    threats = Threat.objects.filter(risk=risk).exclude(threat_model__state="superseded")
    rows = threats.select_related("project", "threat_model").order_by("reference")[:10]
    return {"vulnerabilities": fed, "threats": rows} if fed or rows else None


import_module("risks.panels_of_cases")
import_module("risks.requirement_panels")
