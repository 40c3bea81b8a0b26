"""Elements and threats of a model, and the risk a threat is."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.ledger import Refused
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt, posted
from risks.forms.threat_model import ElementForm, LinkRiskForm, ThreatForm
from risks.models.threat_model import Threat, ThreatElement, ThreatModel
from risks.scales import threats as library
from risks.services.threat_model import (
    link_risk,
    remove_element,
    remove_threat,
    risk_from_threat,
    save_element,
    save_threat,
)
from risks.threat_vocabulary import categories, from_library, proposed
from risks.views.threat_model import model_or_404, page, place

SHAPES = {"element": "", "flow": "flow", "boundary": "boundary"}


def _element(model: ThreatModel, reference: str) -> ThreatElement:
    row = get_object_or_404(model.elements.all(), reference=reference)
    row.threat_model = model
    return row


def _threat(model: ThreatModel, reference: str) -> Threat:
    rows = model.threats.select_related("element", "risk__project", "risk__organisation", "detection", "project")
    row = get_object_or_404(rows.prefetch_related("controls__implementation__control"), reference=reference)
    row.threat_model = model
    return row


@project_view("edit", kind="risk")
def threat_element_add(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    shape = SHAPES.get(request.GET.get("add", ""), "")
    row = ThreatElement(project=project, threat_model=model, shape=shape)
    form = ElementForm(posted(request), instance=row, shape=shape, threat_model=model)
    if made := attempt(form, lambda: save_element(model=model, by=request.user, **form.given())):
        messages.success(request, f"{made.name} is in the model.")
        return redirect(model)
    what = {"flow": "a flow", "boundary": "a trust boundary"}.get(shape, "an element")
    return page(request, model, form, f"Add {what}", submit="Add")


@project_view("edit", kind="risk")
def threat_element(request: Request, project: Project, reference: str, element: str) -> HttpResponse:
    model = model_or_404(project, reference)
    row = _element(model, element)
    form = ElementForm(posted(request), instance=row, shape=row.shape, threat_model=model)
    if attempt(form, lambda: save_element(model=model, element=row, by=request.user, **form.given())):
        return redirect(model)
    return page(request, model, form, f"Edit {row.name}")


@project_view("edit", kind="risk")
def threat_element_remove(request: Request, project: Project, reference: str, element: str) -> HttpResponse:
    model = model_or_404(project, reference)
    row = _element(model, element)
    form = ReasonForm(posted(request))
    if attempt(form, lambda: (remove_element(element=row, by=request.user, **form.cleaned_data),)):
        return redirect(model)
    intro = "Its flows and threats go with it; the history keeps them."
    return page(request, model, form, f"Take {row.name} out", submit="Take out", intro=intro, danger=True)


@project_view("edit", kind="risk")
def threat_add(request: Request, project: Project, reference: str) -> HttpResponse:
    """Add a threat; the address may name element, category and library threat."""
    model = model_or_404(project, reference)
    asked = request.GET
    initial: dict[str, Any] = {"category": asked.get("category", ""), "library": asked.get("library", "")}
    if row := model.elements.filter(reference=asked.get("element", "")[:20]).first():
        initial["element"] = row.pk
    if taken := library().get(initial["library"]):
        initial |= {"title": taken["name"], "masvs": ", ".join(taken["masvs"])}
    form = ThreatForm(
        posted(request), initial=initial, instance=Threat(project=project, threat_model=model), threat_model=model
    )
    if made := attempt(form, lambda: save_threat(model=model, by=request.user, **form.given())):
        messages.success(request, f"{made.reference} is in the model.")
        return redirect(model)
    return page(request, model, form, "Add a threat", submit="Add")


@project_view("edit", kind="risk")
@require_safe
def threat_proposals(request: Request, project: Project, reference: str, element: str) -> HttpResponse:
    """What an element of this shape usually meets, and which threats of the library fit."""
    model = model_or_404(project, reference)
    row = _element(model, element)
    mine = list(model.threats.filter(element=row))
    had, used = {one.category for one in mine}, [one.library for one in mine]
    names = proposed(row.shape, row.personal_data, model.method)
    offered = [(one, categories()[one], one in had, from_library(one, used)) for one in names]
    add_url = place(project, "threat_add", reference)
    context = {"model": model, "element": row, "offered": offered, "add_url": add_url}
    return render(request, "risks/threat_proposals.html", context)


@project_view("view", kind="risk")
@require_safe
def threat(request: Request, project: Project, reference: str, threat: str) -> HttpResponse:
    model = model_or_404(project, reference)
    row = _threat(model, threat)
    return render(request, "risks/threat.html", {"model": model, "row": row, "editable": model.is_draft})


@project_view("edit", kind="risk")
def threat_edit(request: Request, project: Project, reference: str, threat: str) -> HttpResponse:
    model = model_or_404(project, reference)
    row = _threat(model, threat)
    form = ThreatForm(posted(request), instance=row, threat_model=model)
    if attempt(form, lambda: save_threat(model=model, threat=row, by=request.user, **form.given())):
        return redirect(row)
    return page(request, model, form, f"Edit {row.reference}")


@project_view("edit", kind="risk")
def threat_remove(request: Request, project: Project, reference: str, threat: str) -> HttpResponse:
    model = model_or_404(project, reference)
    row = _threat(model, threat)
    form = ReasonForm(posted(request))
    if attempt(form, lambda: (remove_threat(threat=row, by=request.user, **form.cleaned_data),)):
        return redirect(model)
    return page(request, model, form, f"Take {row.reference} out", submit="Take out", danger=True)


@project_view("edit", kind="risk")
@require_POST
def threat_risk(request: Request, project: Project, reference: str, threat: str) -> HttpResponse:
    """One click: a draft risk in the words of the threat."""
    row = _threat(model_or_404(project, reference), threat)
    try:
        risk = risk_from_threat(threat=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(row)
    messages.success(request, f"{risk.reference} is on the register: complete its words, name an owner, assess it.")
    return redirect(risk)


@project_view("edit", kind="risk")
def threat_link(request: Request, project: Project, reference: str, threat: str) -> HttpResponse:
    model = model_or_404(project, reference)
    row = _threat(model, threat)
    form = LinkRiskForm(posted(request), project=project)
    if attempt(form, lambda: link_risk(threat=row, by=request.user, **form.cleaned_data)):
        return redirect(row)
    return page(request, model, form, f"Link a risk to {row.reference}", submit="Link")
