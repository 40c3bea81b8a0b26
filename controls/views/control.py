"""Controls of our own and how they are put to work."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import organisation_view
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panels_at
from compliance.ui.register import Column, Register
from controls.addresses import address, split
from controls.forms.control import ControlFilter, ControlForm, ImplementationFilter, ImplementationForm, MoveForm
from controls.models import (
    Control,
    ControlRequirement,
    ControlTest,
    Edition,
    EvidenceImplementation,
    Implementation,
    Status,
    shown_on,
)
from controls.services.control import (
    add_control,
    answer_requirements,
    implement_control,
    move_implementation,
    stop_answering,
    update_control,
    update_implementation,
)
from controls.services.coverage import counts_for
from controls.views.scopes import in_both, people_of

CONTROLS = Register(
    key="controls",
    noun="control",
    order="reference",
    filterset=ControlFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Control", kind="main", sort="title"),
        Column("kind", "Kind", sort="kind"),
        Column("answers", "Answers", kind="number", sort="answers"),
        Column("places", "At work in", kind="number", sort="places"),
        Column("in_place", "In place", kind="number", sort="in_place"),
    ),
    empty_title="No controls yet",
    empty_text="What you do to keep data safe, each once, whichever frameworks ask for it. Begin with one that runs.",
)
IMPLEMENTATIONS = Register(
    key="implementations",
    noun="implementation",
    title="Controls",
    order="reference",
    filterset=ImplementationFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Control", value="control.title", kind="main", sort="control__title"),
        Column("standing", "Status", kind="state", sort="status"),
        Column("responsibility", "Responsibility", sort="responsibility"),
        Column("owner", "Owner", value="owner.name", sort="owner__name"),
        Column("planned_date", "Planned for", kind="day", sort="planned_date"),
        Column("review_date", "Next review", kind="day", sort="review_date"),
    ),
    empty_title="No control at work here yet",
    empty_text="Controls of the organisation that run for this app, and the app's own.",
)


def _number(rows: Any) -> Coalesce:
    """How many rows lead to a control."""
    counted = rows.filter(control=OuterRef("pk")).order_by().values("control").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


OF_ORGANISATION = Rows(
    lambda scope: Control.objects.filter(organisation=scope).annotate(
        answers=_number(ControlRequirement.objects.all()),
        places=_number(Implementation.objects.exclude(status=Status.RETIRED)),
        in_place=_number(Implementation.objects.filter(status=Status.IMPLEMENTED)),
    ),
    scope=UUID,
)


@organisation_view("view", kind="implementation")
@require_safe
def controls(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return CONTROLS.respond(
        request,
        OF_ORGANISATION(scope=organisation.pk),
        url=lambda row: address(organisation, "control", row.reference),
        template="controls/control_list.html",
        add_url=address(organisation, "control_add") if request.can.edit else "",  # type: ignore[attr-defined]
        add_label="Add a control",
    )


def _implementations(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    def rows() -> Any:
        proven = shown_on(now_read().date(), scope)
        return Implementation.objects.running_in(scope).select_related("control", "owner").annotate(has_evidence=proven)

    return IMPLEMENTATIONS.respond(
        request,
        rows,
        url=lambda row: address(scope, "control", row.control.reference),
        template="controls/implementation_list.html",
    )


def control_or_404(scope: Organisation | Project, reference: str) -> Control:
    """A control of the scope's organisation."""
    organisation, _ = split(scope)
    return get_object_or_404(Control.objects.in_organisation(organisation), reference=reference)


def _control(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    control = control_or_404(scope, reference)
    organisation, project = split(scope)
    proven = shown_on(now_read().date(), scope)
    rows = Implementation.objects.filter(control=control).select_related("owner", "project", "control")
    rows = rows.for_project(project) if project else rows
    placed = list(rows.annotate(has_evidence=proven).order_by("project__name"))
    own = next((one for one in placed if one.project_id == (project.pk if project else None)), None)
    links = EvidenceImplementation.objects.filter(implementation__in=placed)
    links = links.for_project(project) if project else links
    context = {
        "control": control,
        "placed": placed,
        "own": own,
        "answers": control.requirement_links.select_related("requirement__edition"),
        "counts": sorted(counts_for(control).items()),
        "evidence": links.select_related("evidence").order_by("evidence__reference"),
        "tests": ControlTest.objects.filter(implementation__in=placed).select_related("tester")[:5],
        "panels": panels_at("control", control, request.can, request.user),  # type: ignore[attr-defined]
        "urls": {
            "list": address(scope, "controls"),
            "edit": address(organisation, "control_edit", reference),
            "implement": address(scope, "implement", reference),
            "move": address(scope, "move", reference),
            "evidence": address(scope, "evidence_add"),
            "request": address(scope, "request_add"),
            "test": address(scope, "test_add"),
        },
    }
    return render(request, "controls/control.html", context)


def _adopted(organisation: Organisation) -> Any:
    return Edition.objects.filter(statements__organisation=organisation).distinct()


@organisation_view("edit", kind="implementation")
def control_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    form = ControlForm(request.POST or None, editions=_adopted(organisation))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        asked = given.pop("requirements")
        try:
            control = add_control(organisation=organisation, by=request.user, **given)  # type: ignore[arg-type]
            answer_requirements(control=control, requirements=asked, by=request.user)  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{control.reference} added. Now put it to work.")
            return redirect(address(organisation, "control", control.reference))
    context = {"form": form, "list_url": address(organisation, "controls"), "heading": "Add a control"}
    return render(request, "controls/control_form.html", context, status=422 if form.errors else 200)


@organisation_view("edit", kind="implementation")
def control_edit(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    control = control_or_404(organisation, reference)
    links = {link.requirement_id: link for link in control.requirement_links.select_related("requirement")}
    initial = {"requirements": list(links)}
    editions = Edition.objects.filter(Q(pk__in=_adopted(organisation)) | Q(requirements__in=list(links))).distinct()
    form = ControlForm(request.POST or None, instance=control, editions=editions, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        asked = given.pop("requirements")
        by: Any = request.user
        update_control(control=control, by=by, **given)
        answer_requirements(control=control, requirements=asked, by=by)
        kept = {row.pk for row in asked}
        for key, link in links.items():
            if key not in kept:
                stop_answering(link=link, by=by, reason=f"{link.requirement.ref} taken off the control")
        messages.success(request, f"{reference} saved.")
        return redirect(address(organisation, "control", reference))
    context = {"form": form, "list_url": address(organisation, "controls"), "heading": f"Edit {reference}"}
    return render(request, "controls/control_form.html", context, status=422 if form.errors else 200)


def own_implementation(scope: Organisation | Project, control: Control) -> Implementation | None:
    """The scope's own implementation of a control."""
    organisation, project = split(scope)
    rows = Implementation.objects.filter(organisation=organisation, project=project, control=control)
    return rows.select_related("control", "owner").first()


def _implement(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    control = control_or_404(scope, reference)
    own = own_implementation(scope, control)
    form = ImplementationForm(request.POST or None, instance=own, people=people_of(scope))
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            if own is None:
                own = implement_control(control=control, scope=scope, by=by, **form.given())
            else:
                own.version = form.cleaned_data["version"] or own.version
                reason = form.cleaned_data["reason"]
                update_implementation(implementation=own, by=by, reason=reason, **form.given())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{own.reference} saved.")
            return redirect(address(scope, "control", reference))
    context = {"form": form, "control": control, "own": own, "control_url": address(scope, "control", reference)}
    return render(request, "controls/implementation_form.html", context, status=422 if form.errors else 200)


def _move(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    control = control_or_404(scope, reference)
    own = own_implementation(scope, control)
    if own is None or own.status == Status.RETIRED:
        messages.info(request, f"{reference} has no step to take here.")
        return redirect(address(scope, "control", reference))
    form = MoveForm(request.POST or None, implementation=own)
    if request.method == "POST" and form.is_valid():
        try:
            move_implementation(implementation=own, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{own.reference} is {own.get_status_display().lower()}.")
            return redirect(address(scope, "control", reference))
    context = {"form": form, "control": control, "own": own, "control_url": address(scope, "control", reference)}
    return render(request, "controls/implementation_move.html", context, status=422 if form.errors else 200)


implementations = in_both("view", kind="implementation")(require_safe(_implementations))
control = in_both("view", kind="implementation")(require_safe(_control))
implement = in_both("edit", kind="implementation")(_implement)
move = in_both("edit", kind="implementation")(_move)
