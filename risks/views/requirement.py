"""Security requirements of an app: list, page, and the steps of one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from risks.forms.requirement import RequirementFilter, RequirementForm, WaiveForm
from risks.models.requirement import RequirementResult, RequirementState, SecurityRequirement
from risks.services import requirement as services

State = RequirementState
LIST = Register(
    key="security-requirements",
    noun="requirement",
    order="reference",
    filterset=RequirementFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("statement", "What the app has to do", kind="main", sort="statement"),
        Column("priority", "Priority", sort="rank"),
        Column("source", "Comes from", sort="source"),
        Column("cites", "Control, article or rule"),
        Column("masvs", "MASVS", sort="masvs", shown=False),
        Column("state", "State", kind="state", sort="state"),
        Column("release", "Since", value="release.name", sort="release__name"),
        Column("owner", "Owner", value="owner.name", sort="owner__name", shown=False),
        Column("waived_until", "Waived until", kind="day", sort="waived_until", shown=False),
    ),
    empty_title="No requirements yet",
    empty_text="What the app has to do for security and privacy. Open a release: its requirements are proposed from "
    "the approved assessment and the threat model.",
)


def place(project: Project, name: str, *args: Any) -> str:
    return reverse(f"risks:{name}", args=[project.slug, *args])


@project_view("view", kind="release")
@require_safe
def requirements(request: Request, project: Project) -> HttpResponse:
    rows = SecurityRequirement.objects.in_project(project).ranked().select_related("project", "release", "owner")
    return LIST.respond(
        request,
        rows,
        template="risks/requirement_list.html",
        add_url=place(project, "requirement_add") if request.can.edit else "",
        add_label="Add a requirement",
    )


def found_in(project: Project, reference: str) -> SecurityRequirement:
    """The requirement, with its results and what proposed it."""
    results = RequirementResult.objects.select_related("release", "tester", "control_test", "evidence")
    rows = SecurityRequirement.objects.in_project(project).select_related(
        "project__organisation", "release", "owner", "author", "approved_by", "waived_by", "threat__threat_model"
    )
    row: SecurityRequirement = get_object_or_404(
        rows.prefetch_related(Prefetch("results", results)), reference=reference
    )
    if row.threat is not None:
        row.threat.project = row.project
    return row


@project_view("view", kind="release")
@require_safe
def requirement(request: Request, project: Project, reference: str) -> HttpResponse:
    row = found_in(project, reference)
    context = {"row": row, "standing": row.standing(now_read().date()), "results": row.results.all()}
    return render(request, "risks/requirement.html", context)


def _page(request: Request, row: SecurityRequirement, form: Any, heading: str, **context: Any) -> HttpResponse:
    crumbs = [("Requirements", place(row.project, "requirements")), (row.reference, row.get_absolute_url())]
    return form_page(request, form, heading=heading, cancel=row.get_absolute_url(), crumbs=crumbs, **context)


@project_view("edit", kind="release")
def requirement_add(request: Request, project: Project) -> HttpResponse:
    form = RequirementForm(posted(request), instance=SecurityRequirement(project=project), project=project)
    made = attempt(form, lambda: services.add_requirement(project=project, by=request.user, **form.given()))
    back = place(project, "requirements")
    if made:
        messages.success(request, f"{made.reference} is a draft. It counts once the requirements are approved.")
        return redirect(made)
    crumbs = [("Requirements", back)]
    return form_page(request, form, heading="Add a requirement", cancel=back, crumbs=crumbs, submit="Add")


@project_view("edit", kind="release")
def requirement_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    row = found_in(project, reference)
    form = RequirementForm(posted(request), instance=row, project=project)
    if row.state != State.DRAFT:
        form.fields = {name: form.fields[name] for name in ("owner", "version")}
    if attempt(form, lambda: services.update_requirement(requirement=row, by=request.user, **form.given())):
        messages.success(request, f"{row.reference} is saved.")
        return redirect(row)
    return _page(request, row, form, f"Edit {row.reference}")


def _step(
    verb: str, act: Callable[..., SecurityRequirement], heading: str, submit: str, intro: str, form_of: Any = ReasonForm
) -> Any:
    """A page that asks for a reason and does one thing."""

    @project_view(verb, kind="release")
    def step(request: Request, project: Project, reference: str) -> HttpResponse:
        row = found_in(project, reference)
        form = form_of(posted(request))
        if attempt(form, lambda: act(requirement=row, by=request.user, **form.cleaned_data)):
            messages.success(request, f"{row.reference}: {row.get_state_display().lower()}.")
            return redirect(row)
        return _page(request, row, form, f"{heading} {row.reference}", submit=submit, intro=intro)

    return step


requirement_rework = _step(
    "edit",
    services.rework_requirement,
    "Work again on",
    "Make it a draft",
    "It leaves what was approved: the requirements of its releases are then to be approved again.",
)
requirement_drop = _step(
    "edit",
    services.drop_requirement,
    "Drop",
    "Drop it",
    "It holds for no release any more and is not proposed again. Your reason is kept.",
)
requirement_waive = _step(
    "approve",
    services.waive_requirement,
    "Waive",
    "Waive it",
    "Releases may go without it until the day. Your reason is printed in their files.",
    WaiveForm,
)
requirement_unwaive = _step(
    "approve", services.end_waiver, "End the waiver of", "It counts again", "It is to be built and shown again."
)
