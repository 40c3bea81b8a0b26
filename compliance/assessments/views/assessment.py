"""The list of assessments, where one starts, and one assessment to read."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_filters import ChoiceFilter

from compliance.assessments.drawing import read
from compliance.assessments.forms import StartForm
from compliance.assessments.models import Assessment, State
from compliance.assessments.questionnaire import questionnaire
from compliance.assessments.services import start_assessment
from compliance.assessments.services.sheet import Sheet
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both
from compliance.projects.views.forms import attempt, posted
from compliance.ui.addresses import filled
from compliance.ui.filters import Filters
from compliance.ui.register import Column, Register


class AssessmentFilter(Filters):
    """Which assessments to list."""

    state = ChoiceFilter(choices=State.choices, label="State")

    class Meta:
        model = Assessment
        fields = ()


ASSESSMENTS = Register(
    key="assessments",
    noun="assessment",
    order="-reference",
    filterset=AssessmentFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("release", "About", kind="main", value=lambda row: str(row).split(" ", 1)[1], sort="release__name"),
        Column("state", "State", kind="state", value=lambda row: row.standing(now_read().date()), sort="state"),
        Column("started_by", "Started by", value="started_by.name", sort="started_by__name"),
        Column("review_due", "Review by", kind="day", sort="review_due"),
        Column("valid_until", "Valid until", kind="day", sort="valid_until"),
        Column("project", "Project", value="project.name", sort="project__name"),
    ),
    empty_title="No assessment yet",
    empty_text="Questions about the app in plain words, about twenty minutes. "
    "The answers say which rules, controls and risks concern it.",
)


def find(project: Project, reference: str) -> Assessment:
    """The assessment, with what its pages show."""
    rows = Assessment.objects.in_project(project).select_related("project__organisation", "release", "approval")
    return get_object_or_404(rows.select_related("reviewed_by", "carried_from"), reference=reference)


def page(row: Assessment, name: str, *more: str) -> str:
    """The address of a page of an assessment."""
    return filled(f"assessments:{name}", row.project.slug, row.reference, *more)


def crumbs(row: Assessment) -> list[tuple[str, str]]:
    listed = reverse("assessments:project_assessments", args=[row.project.slug])
    return [("Assessments", listed), (row.reference, row.get_absolute_url())]


def _listed(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    rows = Assessment.objects.kept_in(scope).select_related("project", "release", "started_by")
    add = ""
    if isinstance(scope, Project) and request.can.edit:  # type: ignore[attr-defined]
        add = reverse("assessments:start", args=[scope.slug])
    return ASSESSMENTS.respond(
        request,
        rows,
        url=lambda row: row.get_absolute_url(),
        template="assessments/assessment_list.html",
        rules_url=_rules_url(scope),
        add_url=add,
        add_label="Start an assessment",
    )


def _rules_url(scope: Organisation | Project) -> str:
    """The rules are the organisation's."""
    return "" if isinstance(scope, Project) else reverse("assessments:rules", args=[scope.slug])


assessments = in_both("view", kind="assessment")(require_safe(_listed))


@project_view("edit", kind="assessment")
def start(request: Request, project: Project) -> HttpResponse:
    """Say what it is about; or go on with the one that is open."""
    rows = Assessment.objects.in_project(project).select_related("project")
    begun = rows.open().first()
    if begun is not None:
        messages.info(request, f"{begun.reference} is not finished: here it is.")
        return redirect(begun)
    before = rows.approved().first()
    form = StartForm(posted(request), project=project, again=before is not None)
    made = attempt(form, lambda: start_assessment(project=project, by=request.user, **_given(form.cleaned_data)))
    if made is not None:
        return redirect(page(made, "step", Sheet(made, now_read().date()).next_step.key))
    listed = [("Assessments", reverse("assessments:project_assessments", args=[project.slug]))]
    asked = questionnaire()
    context = {"form": form, "asked": asked, "before": before, "crumbs": listed, "cancel_url": listed[0][1]}
    return render(request, "assessments/start.html", context, status=422 if form.errors else 200)


def _given(data: dict[str, Any]) -> dict[str, Any]:
    return {"release": data["release"], "changes": tuple(data.get("changes", ()))}


@project_view("view", kind="assessment")
@require_safe
def assessment(request: Request, project: Project, reference: str) -> HttpResponse:
    """Where it stands, how to go on, and every answer."""
    row = find(project, reference)
    on = now_read().date()
    sheet = Sheet(row, on)
    remarks = sheet.remarks()
    answers = [
        (step, page(row, "step", step.key), [read(sheet, one, remarks) for one in sheet.of_step(step.key)])
        for step in row.questions.steps
    ]
    progress = [(step, done, total, page(row, "step", step.key)) for step, done, total in sheet.progress()]
    context = {
        "row": row,
        "standing": State(row.standing(on)),
        "sheet": sheet,
        "answers": answers,
        "progress": progress,
        "next_url": page(row, "step", sheet.next_step.key),
        "proposed": row.proposals.count() if not row.is_editable else 0,
        "waiting": row.proposals.waiting().count() if not row.is_editable else 0,
        "crumbs": crumbs(row)[:1],
        "editable": row.is_editable and request.can.edit,
        **{f"{name}_url": page(row, name) for name in ("check", "review", "proposals")},
    }
    return render(request, "assessments/assessment.html", context)
