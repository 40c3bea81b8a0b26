"""Threat models with their parts for the access matrix."""

from collections.abc import Callable
from typing import Any

from compliance.projects.models import Project
from risks.models import ThreatModel
from risks.services.threat_model import draft_threat_model, save_element, save_threat
from tests.objects import value
from tests.risks.objects import person


def the_model(project: Project) -> ThreatModel:
    """A draft with an element and a threat, whose references are those of no other project."""
    author, title = person("author"), f"Matrix {project.slug}"
    made = ThreatModel.objects.in_project(project).filter(title=title, state="draft").first()
    if made is None:
        made = _own(lambda: draft_threat_model(project=project, by=author, title=title))
    if not made.elements.exists():
        _own(lambda: save_element(model=made, by=author, kind="app", name="App"))
    element = made.elements.order_by("-reference")[0]
    if not made.threats.exists():
        _own(lambda: save_threat(model=made, by=author, element=element, category="spoofing", title="Fake"))
    return made


def _own(make: Callable[[], Any]) -> Any:
    while True:
        row = make()
        if not type(row).objects.filter(reference=row.reference).exclude(project=row.project).exists():
            return row


@value("reference", "risks:threat_model", "risks:threat_model_*", "risks:threat", "risks:threat_*")
def model(project: Project) -> str:
    return the_model(project).reference


@value("element", "risks:threat_*")
def element(project: Project) -> str:
    return str(the_model(project).elements.order_by("-reference")[0].reference)


@value("threat", "risks:threat", "risks:threat_*")
def threat(project: Project) -> str:
    return str(the_model(project).threats.order_by("-reference")[0].reference)


value("verdict", "risks:threat_model_decide", names_record=False)(lambda project: "approve")
