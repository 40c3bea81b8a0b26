"""Cases for the access matrix: an incident with a breach, a clock, a link and an assessment per scope."""

from collections.abc import Callable
from typing import Any

from compliance.projects.models import Project
from compliance.registers.linkable import Target, linkables
from risks.models import ImpactAssessment, Incident, Risk
from risks.services.dpia import screen
from risks.services.incident import link_case
from tests.objects import value, word
from tests.risks.cases import breach_of, incident_of, put
from tests.risks.objects import person, the_risk


def the_incident(project: Project, shared: bool) -> Incident:
    """The incident of a scope, made once."""
    scope = project.organisation if shared else project
    title = f"Matrix {scope.slug}"
    author = person("author")
    incident = Incident.objects.filter(organisation=project.organisation, title=title).order_by("reference").last()
    if incident is None:  # an organisation shows the cases of all its projects: no other has its reference
        incident = put(incident_of(scope, author, title=title), reference=f"INC-{word()}")
        put(breach_of(incident, author), reference=f"BR-{word()}")
    _link(incident, the_risk(project, shared))
    return incident


def _link(case: Incident | ImpactAssessment, risk: Risk) -> None:
    """Again, where the matrix took it away."""
    link_case(
        case=case,
        kind=linkables["risk"],
        target=Target(risk.pk, risk.reference, "", ""),
        by=person("author"),
    )


def _for_both(argument: str, page: str, read: Callable[[Incident], Any]) -> None:
    value(argument, f"risks:project_{page}")(lambda project: read(the_incident(project, shared=False)))
    value(argument, f"risks:{page}")(lambda project: read(the_incident(project, shared=True)))


INCIDENT_PAGES = ["edit", "next", "decide", "entry", "clock", "lesson", "link", "unlink", "breach"]
for page in ["incident", *(f"incident_{name}" for name in INCIDENT_PAGES)]:
    _for_both("reference", page, lambda incident: incident.reference)
for page in ["breach", *(f"breach_{name}" for name in ["file", "edit", "enisa", "clock", "next", "decide"])]:
    _for_both("reference", page, lambda incident: incident.breaches.latest("reference").reference)
_for_both("link", "incident_unlink", lambda incident: incident.links.get().pk)
_for_both("clock", "clock", lambda incident: incident.breaches.latest("reference").clocks.get().pk)


def the_assessment(project: Project, shared: bool) -> ImpactAssessment:
    """The impact assessment of a scope, being written, about a risk."""
    scope = project.organisation if shared else project
    author, title = person("author"), f"Matrix {scope.slug}"
    known = ImpactAssessment.objects.filter(organisation=project.organisation, title=title)
    made = known.order_by("reference").last()
    if made is None:
        made = put(screen(scope=scope, title=title, activities=[], by=author), reference=f"DPIA-{word()}")
    _link(made, the_risk(project, shared))
    return made


def _of_assessment(argument: str, page: str, read: Callable[[ImpactAssessment], Any]) -> None:
    value(argument, f"risks:project_{page}")(lambda project: read(the_assessment(project, shared=False)))
    value(argument, f"risks:{page}")(lambda project: read(the_assessment(project, shared=True)))


ASSESSMENT_PAGES = ["screening", "part", "next", "advise", "decide", "condition", "link", "unlink"]
for page in ["assessment", *(f"assessment_{name}" for name in ASSESSMENT_PAGES)]:
    _of_assessment("reference", page, lambda row: row.reference)
_of_assessment("link", "assessment_unlink", lambda row: row.links.get().pk)
value("part", "risks:*assessment_part", names_record=False)(lambda project: "overview")
