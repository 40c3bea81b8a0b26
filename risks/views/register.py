"""The register, its first step, and the heat map."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.prepared import Prepared, Rows
from compliance.projects.access import Request, Scope
from compliance.projects.models import Project
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day, level
from risks import pictures, services
from risks.forms.register import RiskFilter, RiskForm
from risks.models import Risk, RiskMethod, RiskTreatment
from risks.models.register import RiskQuerySet
from risks.totals import totals, ways
from risks.views.place import place
from risks.views.scopes import carried_out, scoped_view


def options(risk: Risk) -> str:
    """Modify, share."""
    return ", ".join(treatment.word for treatment in risk.treatment_rows).capitalize()


def where(risk: Risk) -> str:
    """The project, or all of them."""
    return risk.project.name if risk.project else "All"


def draw_level(risk: Risk, value: Any) -> str:
    """A level, blank where it was not assessed."""
    return level(value) if value else ""


def draw_people_level(risk: Risk, value: Any) -> str:
    """The level for people, where it was judged."""
    return level("critical", "Very high") if value == "very_high" else draw_level(risk, value)


def draw_review(risk: Risk, value: Any) -> str:
    """The day of the next review, and whether it is late."""
    late = risk.review_overdue()
    past = value is not None and value < now_read().date()
    if past and late:
        return format_html('<span class="overdue"><span class="nowrap">{},</span> overdue</span>', day(value))
    said = "Asked for now" if late else day(value) if value else ""
    return format_html('<span class="nowrap{}">{}</span>', " overdue" if late else "", said)


COLUMNS = (
    Column("reference", "Reference", kind="reference", sort="reference"),
    Column("title", "Risk", kind="main", sort="title"),
    Column("current_level", "Current level", kind="level", sort="current_rank"),
    Column("inherent_level", "Inherent", draw=draw_level, shown=False),
    Column("residual_level", "Residual", draw=draw_level),
    Column("privacy_level", "For people", draw=draw_people_level),
    Column("owner", "Owner", value="owner.name", sort="owner__name"),
    Column("state", "State", kind="state", sort="state"),
    Column("treatment", "Treatment", value=options),
    Column("approach", "Seen from", value=lambda risk: risk.approach, shown=False),
    Column("parent", "Part of", value="parent.reference", sort="parent__reference", shown=False),
    Column("affects", "C I A", shown=False),
    Column("threat_name", "Threat", shown=False),
    Column("next_review_date", "Next review", draw=draw_review, sort="next_review_date"),
)
EMPTY: dict[str, Any] = {
    "title": "Risks",
    "order": "-current_level",
    "filterset": RiskFilter,
    "empty_title": "No risks yet",
    "empty_text": "What could go wrong for the app or its users, who owns it, and what is done about it. "
    "Begin with the one you fear most.",
}
OF_PROJECT = Register(key="risks", noun="risk", columns=COLUMNS, **EMPTY)
OF_ORGANISATION = Register(
    key="organisation_risks",
    noun="risk",
    columns=(*COLUMNS[:2], Column("project", "Project", value=where, sort="project__name"), *COLUMNS[2:]),
    **EMPTY,
)


def _complete(rows: RiskQuerySet) -> RiskQuerySet:
    treatments = Prefetch("treatments", RiskTreatment.objects.all(), to_attr="treatment_rows")
    return rows.weighed().select_related("owner", "project", "organisation", "parent").prefetch_related(treatments)


METHOD = Prepared(lambda organisation: RiskMethod.objects.approved(organisation), organisation=UUID)
OWN = Rows(lambda scope: _complete(Risk.objects.filter(project=scope)), scope=UUID)
ALL = Rows(
    lambda scope, user, now: _complete(Risk.objects.filter(organisation=scope).seen_by(user, now)),
    scope=UUID,
    user=UUID,
    now=datetime,
)


@scoped_view("view")
@require_safe
def register(request: Request, scope: Scope) -> HttpResponse:
    if isinstance(scope, Project):
        rows = OWN(scope=scope.pk)
    else:
        rows = ALL(scope=scope.pk, user=request.user.pk, now=timezone.now())
    organisation = scope.organisation if isinstance(scope, Project) else scope
    may_edit = request.can.edit
    return (OF_PROJECT if isinstance(scope, Project) else OF_ORGANISATION).respond(
        request,
        rows,
        template="risks/register_list.html",
        add_url=place(scope, "register_add") if may_edit else "",
        add_label="Add a risk",
        heat_map_url=place(scope, "heat_map"),
        queue_url=place(scope, "queue") if may_edit else "",
        figures_url=place(scope, "key_figures"),
        failing_url=place(scope, "failing"),
        assets_url=place(scope, "assets"),
        again_url=place(scope, "reassessments"),
        method_url=place(scope, "method"),
        method=METHOD.first(organisation=organisation.pk),
    )


@scoped_view("edit")
def register_add(request: Request, scope: Scope) -> HttpResponse:
    project = scope if isinstance(scope, Project) else None
    risk = Risk(organisation=project.organisation if project else scope, project=project)
    form = RiskForm(request.POST or None, instance=risk, scope=scope)
    service, fixed = services.identify_risk, {"organisation": risk.organisation, "project": project}
    if made := carried_out(request, form, service, **fixed):
        messages.success(request, f"{made.reference} is on the register. Next: assess it.")
        return redirect(made)
    context = {
        "form": form,
        "heading": "Add a risk",
        "save": "Add to the register",
        "back_url": place(scope, "register"),
    }
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)


@scoped_view("view")
@require_safe
def heat_map(request: Request, scope: Scope) -> HttpResponse:
    organisation = scope.organisation if isinstance(scope, Project) else scope

    def draw() -> dict[str, Any]:
        rows = Risk.objects.reaching(scope).seen_by(request.user)
        method = RiskMethod.objects.in_force(organisation)
        moved = [pictures.moves(found, method, *step) for step, found in ways(rows).items()] if method else []
        return {"moves": moved, "board": pictures.board(totals(rows, method), place(scope, "register"))}

    context = {
        **request.keep("risk heat maps", draw),
        "register_url": place(scope, "register"),
        "method_url": place(scope, "method"),
    }
    return render(request, "risks/heat_map.html", context)
