"""Review: every answer with what may be said about it, and the steps to approval."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from compliance.accounts.models import User
from compliance.assessments.drawing import read
from compliance.assessments.forms import RemarkForm
from compliance.assessments.models import MOVES, Assessment, State
from compliance.assessments.services import (
    approve_assessment,
    begin_review,
    finish_review,
    remark_on,
    send_back_assessment,
)
from compliance.assessments.services.moves import now
from compliance.assessments.services.sheet import Sheet
from compliance.assessments.views.assessment import crumbs, find, page
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt, form_page, posted

LABELS = {
    State.IN_REVIEW: "Begin the review",
    State.RETURNED: "Send it back",
    State.REVIEWED: "The review is done",
    State.APPROVED: "Approve",
}
INTROS = {
    State.RETURNED: "The people of the project can change their answers. Your remarks stand beside the questions.",
    State.REVIEWED: "Somebody else approves it.",
    State.APPROVED: "What the answers propose is then written down, and you accept or decline each.",
}


@project_view("approve", kind="assessment")
@require_safe
def review(request: Request, project: Project, reference: str) -> HttpResponse:
    """All answers on one page, each with what it switched on and a place for a remark."""
    row = find(project, reference)
    sheet = Sheet(row, now().date())
    remarks = sheet.remarks()
    answers = [(step, [read(sheet, one, remarks) for one in sheet.of_step(step.key)]) for step in row.questions.steps]
    steps = [(LABELS[to], f"{page(row, 'move')}?to={to}", to) for to in LABELS if to in MOVES[row.state]]
    context = {
        "row": row,
        "sheet": sheet,
        "answers": answers,
        "steps": steps,
        "clashes": sheet.clashes(),
        "remarkable": row.state in {State.IN_REVIEW, State.REVIEWED},
        "crumbs": crumbs(row),
    }
    return render(request, "assessments/review.html", context)


@project_view("approve", kind="assessment")
def remark(request: Request, project: Project, reference: str, question: str) -> HttpResponse:
    """Say something about one answer."""
    row = find(project, reference)
    asked = row.questions.questions.get(question)
    if asked is None:
        raise Http404("No such question.")
    form = RemarkForm(posted(request))
    made = attempt(form, lambda: remark_on(assessment=row, question=asked, by=request.user, **form.cleaned_data))
    back = f"{page(row, 'review')}#{asked.id}"
    if made is not None:
        messages.success(request, f"Your remark stands beside {asked.id}.")
        return redirect(back)
    words = {"heading": f"Remark on {asked.id}", "submit": "Remark", "intro": asked.text}
    return form_page(request, form, cancel=back, crumbs=crumbs(row), **words)


@project_view("approve", kind="assessment")
def move(request: Request, project: Project, reference: str) -> HttpResponse:
    """One step of the review, with its reason."""
    row = find(project, reference)
    to = request.GET.get("to", "")
    if to not in LABELS or to not in MOVES[row.state]:
        messages.info(request, f"{row.reference} waits for no such step.")
        return redirect(row)
    form: Any = ReasonForm(posted(request))
    if to == State.IN_REVIEW:
        del form.fields["reason"]
    done = attempt(form, lambda: _take(row, State(to), request.user, form.cleaned_data.get("reason", "")))
    if done is not None:
        messages.success(request, f"{row.reference} is {row.get_state_display().lower()}.")
        return redirect(page(row, _next(row)) if row.state in {State.IN_REVIEW, State.APPROVED} else row)
    label, intro = LABELS[State(to)], INTROS.get(State(to), "")
    heading = f"{label}: {row.reference}"
    back = page(row, "review")
    return form_page(request, form, heading=heading, cancel=back, submit=label, intro=intro, crumbs=crumbs(row))


def _next(row: Assessment) -> str:
    return "proposals" if row.state == State.APPROVED else "review"


def _take(row: Assessment, to: State, by: User, reason: str) -> Assessment:
    if to == State.IN_REVIEW:
        return begin_review(assessment=row, by=by)
    act = {State.RETURNED: send_back_assessment, State.REVIEWED: finish_review, State.APPROVED: approve_assessment}[to]
    return act(assessment=row, by=by, reason=reason)
