"""Threat models: list, page, their way to approval, versions beside each other, out and in as Threat Dragon."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from compliance.prepared import Rows
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from risks import threat_dragon
from risks.forms.threat_model import AssumptionForm, SurfaceForm, ThreatFilter, ThreatModelFilter, ThreatModelForm
from risks.models.threat_model import Threat, ThreatElement, ThreatModel
from risks.services.threat_exchange import as_dragon
from risks.services.threat_model import (
    add_from_flows,
    answer_surface,
    assume,
    decide_threat_model,
    draft_threat_model,
    next_version,
    submit_threat_model,
    update_threat_model,
)
from risks.threat_reading import coverage, diagram, differences
from risks.threat_vocabulary import surfaces

LIST = Register(
    key="threat_models",
    noun="threat model",
    order="-reference",
    filterset=ThreatModelFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Threat model", kind="main", sort="title"),
        Column("number", "Version", kind="number", sort="number"),
        Column("state", "State", kind="state", sort="state"),
        Column("releases", "Valid for"),
        Column("threat_count", "Threats", kind="number", sort="threat_count"),
        Column("open_count", "Open", kind="number", sort="open_count"),
        Column("review_date", "Review due", kind="day", sort="review_date"),
    ),
    empty_title="No threat model yet",
    empty_text="What the app consists of, what could go wrong with each part, and what stands against it. Begin from "
    "the recorded data flows, or bring in an OWASP Threat Dragon model.",
)
ROWS = Rows(
    lambda scope: (
        ThreatModel.objects.filter(project=scope)
        .select_related("project", "from_release", "to_release")
        .annotate(threat_count=Count("threats"), open_count=Count("threats", filter=Q(threats__status="open")))
    ),
    scope=UUID,
)
THREATS = Register(
    key="threats",
    noun="threat",
    order="reference",
    filterset=ThreatFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Threat", kind="main", sort="title"),
        Column("element", "Element", value="element.name", sort="element__name"),
        Column("category_name", "Category", sort="category"),
        Column("level", "Weight", kind="level"),
        Column("status", "Status", kind="state", sort="status"),
        Column("detection", "Detection", value="detection.reference", sort="detection__reference"),
        Column("risk", "Risk", value="risk.reference", sort="risk__reference"),
        Column("model", "Model", value="threat_model.reference", sort="threat_model__reference"),
    ),
    empty_title="No threats yet",
    empty_text="They come with the project's threat models.",
)


def place(project: Project, name: str, *args: Any) -> str:
    return reverse(f"risks:{name}", args=[project.slug, *args])


def model_or_404(project: Project, reference: str) -> ThreatModel:
    rows = ThreatModel.objects.in_project(project).select_related(
        "project__organisation", "from_release", "to_release", "author", "approved_by", "previous"
    )
    return get_object_or_404(rows, reference=reference)


def parts_of(model: ThreatModel) -> tuple[list[ThreatElement], list[Threat]]:
    """Elements and threats with what a page says of them."""
    elements = list(model.elements.select_related("inside", "source", "target", "project").order_by("reference"))
    threats = model.threats.select_related("element", "risk__project", "risk__organisation", "detection", "project")
    rows = list(threats.prefetch_related("controls__implementation__control").order_by("reference"))
    for row in rows:
        row.threat_model = model
    return elements, rows


@project_view("view", kind="risk")
@require_safe
def threat_models(request: Request, project: Project) -> HttpResponse:
    return LIST.respond(
        request,
        ROWS(scope=project.pk),
        template="risks/threat_model_list.html",
        add_url=place(project, "threat_model_add") if request.can.edit else "",
        add_label="Draw up a threat model",
    )


@project_view("view", kind="risk")
@require_safe
def threats(request: Request, project: Project) -> HttpResponse:
    """The threats of every model that counts: drafts, in review, approved."""
    rows = Threat.objects.in_project(project).exclude(threat_model__state="superseded")
    found = rows.select_related("element", "risk", "detection", "threat_model", "project")
    return THREATS.respond(request, found, template="risks/threat_list.html")


@project_view("view", kind="risk")
@require_safe
def threat_model(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    elements, rows = parts_of(model)
    editable = request.can.edit and model.is_draft

    def url(row: ThreatElement) -> str:
        return place(project, "threat_element", reference, row.reference) if editable else f"#{row.reference}"

    context = {
        "model": model,
        "diagram": diagram(model, elements, rows, url) if elements else None,
        "coverage": coverage(model, elements, rows),
        "threats": rows,
        "boundaries": [row for row in elements if row.shape == "boundary"],
        "assumptions": model.assumptions.select_related("owner"),
        "surface": [(label, model.surface.get(key, {})) for key, label in surfaces().items() if key in model.surface],
        "unanswered": len(surfaces()) - len(model.surface),
        "riskless": [row for row in rows if row.needs_risk],
        "undetected": [row for row in rows if row.detection_id is None and row.status != "not_applicable"],
        "editable": editable,
        "later": model.later.select_related("project").first(),
    }
    return render(request, "risks/threat_model.html", context)


def page(request: Request, model: ThreatModel, form: Any, heading: str, **context: Any) -> HttpResponse:
    """The page of one form about a model."""
    back = model.get_absolute_url()
    crumbs = [("Threat models", place(model.project, "threat_models")), (model.reference, back)]
    return form_page(request, form, heading=heading, cancel=back, crumbs=crumbs, **context)


@project_view("edit", kind="risk")
def threat_model_add(request: Request, project: Project) -> HttpResponse:
    form = ThreatModelForm(posted(request), instance=ThreatModel(project=project, author=request.user), project=project)
    by: Any = request.user
    made = attempt(form, lambda: draft_threat_model(project=project, by=by, **form.given()))
    back = place(project, "threat_models")
    if made:
        messages.success(request, f"{made.reference} is begun.")
        return redirect(made)
    crumbs = [("Threat models", back)]
    return form_page(request, form, heading="Draw up a threat model", cancel=back, crumbs=crumbs, submit="Begin")


@project_view("edit", kind="risk")
def threat_model_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    form = ThreatModelForm(posted(request), instance=model, project=project)
    if attempt(form, lambda: update_threat_model(model=model, by=request.user, **form.given())):
        return redirect(model)
    return page(request, model, form, f"Edit {model.reference}")


@project_view("edit", kind="risk")
def threat_model_surface(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    form = SurfaceForm(posted(request), answers=model.surface)
    if attempt(form, lambda: answer_surface(model=model, answers=form.given(), by=request.user)):
        messages.success(request, "The attack surface is saved.")
        return redirect(model)
    context = {"model": model, "form": form}
    return render(request, "risks/threat_surface.html", context, status=422 if form.errors else 200)


@project_view("edit", kind="risk")
def threat_model_assume(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    form = AssumptionForm(posted(request), project=project)
    if attempt(form, lambda: assume(model=model, by=request.user, **form.cleaned_data)):
        return redirect(model)
    return page(request, model, form, "Add an assumption", submit="Add")


@project_view("edit", kind="risk")
@require_POST
def threat_model_from_flows(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    form = ReasonForm({"reason": "From the recorded data flows"})
    added = attempt(form, lambda: (add_from_flows(model=model, by=request.user),))
    if added is None:
        messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
    else:
        messages.success(request, f"{added[0]} added from the recorded data flows.")
    return redirect(model)


@project_view("edit", kind="risk")
def threat_model_submit(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    form = ReasonForm(posted(request))
    form.fields["reason"].required = False
    if attempt(form, lambda: submit_threat_model(model=model, by=request.user, **form.cleaned_data)):
        messages.success(request, f"{model.reference} waits for somebody else to look at it.")
        return redirect(model)
    return page(request, model, form, f"Put {model.reference} before somebody else", submit="Submit")


@project_view("approve", kind="risk")
def threat_model_decide(request: Request, project: Project, reference: str, verdict: str) -> HttpResponse:
    model, approve = model_or_404(project, reference), verdict == "approve"
    form = ReasonForm(posted(request))
    by: Any = request.user
    if attempt(form, lambda: decide_threat_model(model=model, approve=approve, by=by, **form.cleaned_data)):
        messages.success(request, f"{model.reference} is {model.get_state_display().lower()}.")
        return redirect(model)
    heading = f"Approve {model.reference}" if approve else f"Send {model.reference} back"
    return page(request, model, form, heading, submit=heading)


@project_view("edit", kind="risk")
def threat_model_next(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    form = ReasonForm(posted(request))
    form.fields["reason"].required = False
    if made := attempt(form, lambda: next_version(model=model, by=request.user, **form.cleaned_data)):
        messages.success(request, f"{made.reference} goes on from {model.reference}, with everything in it.")
        return redirect(made)
    intro = "Everything is copied into a new draft; this version counts until the new one is approved."
    return page(request, model, form, f"Begin the next version of {model.reference}", submit="Begin", intro=intro)


@project_view("view", kind="risk")
@require_safe
def threat_model_compare(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    changes = differences(parts_of(model.previous), parts_of(model)) if model.previous else []
    return render(request, "risks/threat_compare.html", {"model": model, "changes": changes})


@project_view("view", kind="risk")
@require_safe
def threat_model_export(request: Request, project: Project, reference: str) -> HttpResponse:
    model = model_or_404(project, reference)
    elements, rows = parts_of(model)
    written = threat_dragon.write(as_dragon(model, elements, rows))
    response = HttpResponse(written, content_type="application/json")
    name = f"{slugify(model.title)[:60] or 'threat-model'}-{model.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
