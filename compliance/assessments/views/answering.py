"""Answering: nine pages, each change kept as it is made, and one question by itself for whoever is asked."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from compliance.assessments.drawing import Drawn, draw
from compliance.assessments.forms import AskForm
from compliance.assessments.models import Assessment
from compliance.assessments.questionnaire import COUNTRIES, Question
from compliance.assessments.services import ask_colleague, save_answer, submit_assessment
from compliance.assessments.services.answer import AnswerChanged, Given
from compliance.assessments.services.moves import now
from compliance.assessments.services.sheet import Sheet
from compliance.assessments.values import posted_value
from compliance.assessments.views.assessment import crumbs, find, page
from compliance.ledger import Refused
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt, form_page, posted

Errors = dict[str, list[str]]


def _given(request: Request, asked: Question) -> tuple[Given, list[str]]:
    value, wrong = posted_value(asked, request.POST, request.POST.getlist)
    version = request.POST.get(f"{asked.id}-version", "")
    return Given(
        value=value,
        unknown=bool(request.POST.get(f"{asked.id}-unknown")),
        comment=request.POST.get(f"{asked.id}-comment", "").replace("\x00", "")[:2000],
        evidence_url=request.POST.get(f"{asked.id}-evidence", "").replace("\x00", "")[:300],
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None,
        confirm=bool(request.POST.get(f"{asked.id}-confirm")),
    ), wrong


def _save(request: Request, row: Assessment, asked: list[Question]) -> Errors:
    """Keep what was said to these questions; what is wrong with each that is not right."""
    errors: Errors = {}
    for question in asked:
        given, wrong = _given(request, question)
        try:
            save_answer(assessment=row, question=question, given=given, by=request.user)
        except Refused as refused:
            wrong.append(str(refused))
        if wrong:
            errors[question.id] = wrong
    return errors


@project_view("edit", kind="assessment")
def step(request: Request, project: Project, reference: str, step: str) -> HttpResponse:
    """One page of questions; Save keeps them all and goes on."""
    row = find(project, reference)
    here = row.questions.step(step)
    if here is None:
        raise Http404("No such page.")
    if not row.is_editable:
        return _frozen(request, row)
    errors: Errors = {}
    if request.method == "POST":
        before = Sheet(row, now().date())
        errors = _save(request, row, before.of_step(step))
        after = row.questions.after(step)
        if not errors and "stay" not in request.POST:
            return redirect(page(row, "step", after.key) if after else page(row, "check"))
    sheet = Sheet(row, now().date())
    back, after = row.questions.before(step), row.questions.after(step)
    context = {
        **_frame(row, sheet),
        "step": here,
        "drawn": _drawn(sheet, row.questions.of_step(step), errors),
        "errors": errors,
        "back_url": page(row, "step", back.key) if back else row.get_absolute_url(),
        "after": after,
    }
    return render(request, "assessments/step.html", context, status=422 if errors else 200)


def _drawn(sheet: Sheet, asked: list[Question], errors: Errors) -> list[Drawn]:
    remarks = sheet.remarks()
    return [draw(sheet, one, remarks, errors.get(one.id, ())) for one in asked]


def _frame(row: Assessment, sheet: Sheet) -> dict[str, Any]:
    progress = [(step, done, total, page(row, "step", step.key)) for step, done, total in sheet.progress()]
    return {"row": row, "sheet": sheet, "progress": progress, "crumbs": crumbs(row), "countries": COUNTRIES.values()}


def _frozen(request: Request, row: Assessment) -> HttpResponse:
    said = f"{row.reference} is {row.get_state_display().lower()}: its answers are frozen."
    if request.headers.get("HX-Request"):
        return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
    messages.info(request, said)
    return redirect(row)


@project_view("edit", kind="assessment")
def question(request: Request, project: Project, reference: str, question: str) -> HttpResponse:
    """One question: the page a colleague is sent to, and where each change of a page is kept."""
    row = find(project, reference)
    asked = row.questions.questions.get(question)
    if asked is None:
        raise Http404("No such question.")
    if not row.is_editable:
        return _frozen(request, row)
    if request.method == "POST" and request.headers.get("HX-Request"):
        return _kept(request, row, asked)
    errors = _save(request, row, [asked]) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        messages.success(request, f"{asked.id} is saved. Thank you.")
        return redirect(row)
    sheet = Sheet(row, now().date())
    context = {
        **_frame(row, sheet),
        "drawn": _drawn(sheet, [asked], errors),
        "errors": errors,
        "single": asked,
        "back_url": page(row, "step", asked.step),
    }
    return render(request, "assessments/question.html", context, status=422 if errors else 200)


def _kept(request: Request, row: Assessment, asked: Question) -> HttpResponse:
    """What a change of a page answers: the sentences it switched on, how far one is, and which questions show."""
    given, wrong = _given(request, asked)
    status = 200
    try:
        saved = save_answer(assessment=row, question=asked, given=given, by=request.user)
    except AnswerChanged as changed:
        return HttpResponse(str(changed), status=409, content_type="text/plain; charset=utf-8")
    except Refused as refused:
        return HttpResponse(str(refused), status=400, content_type="text/plain; charset=utf-8")
    sheet = Sheet(row, now().date())
    drawn = _drawn(sheet, row.questions.of_step(asked.step), {asked.id: wrong})
    response = render(request, "assessments/_kept.html", {**_frame(row, sheet), "drawn": drawn}, status=status)
    told = {"question": asked.id, "version": saved.version if saved.pk else 0}
    told["shown"] = [one.key for one in drawn if one.shown]
    response["HX-Trigger"] = json.dumps({"answer-kept": told})
    return response


@project_view("edit", kind="assessment")
def ask(request: Request, project: Project, reference: str, question: str) -> HttpResponse:
    """Give a question to a colleague."""
    row = find(project, reference)
    asked = row.questions.questions.get(question)
    if asked is None:
        raise Http404("No such question.")
    form = AskForm(posted(request), project=project)
    done = attempt(form, lambda: ask_colleague(assessment=row, question=asked, by=request.user, **form.cleaned_data))
    back = page(row, "step", asked.step)
    if done is not None and done.task is not None:
        messages.success(request, f"{done.task.assignee} is asked: {done.task.reference} leads to the question.")
        return redirect(f"{back}#{asked.id}")
    intro = f"{asked.id}: {asked.text} They get a task with a link to this one question."
    return form_page(
        request,
        form,
        heading="Ask a colleague",
        cancel=f"{back}#{asked.id}",
        submit="Ask",
        intro=intro,
        crumbs=crumbs(row),
    )


@project_view("edit", kind="assessment")
def check(request: Request, project: Project, reference: str) -> HttpResponse:
    """What is missing or does not fit, and submitting."""
    row = find(project, reference)
    if not row.is_editable:
        return _frozen(request, row)
    refused = ""
    if request.method == "POST":
        try:
            submit_assessment(assessment=row, by=request.user)
        except Refused as said:
            refused = str(said)
        else:
            messages.success(request, f"{row.reference} is submitted; its answers are frozen until they are reviewed.")
            return redirect(row)
    sheet = Sheet(row, now().date())
    clashes = [(one, [(key, _place(row, key)) for key in one.questions]) for one in sheet.clashes()]
    context = {
        **_frame(row, sheet),
        "missing": [(one, _place(row, one.id), _waits(sheet, one.id)) for one in sheet.missing],
        "unknown": [(one, _place(row, one.id), sheet.answers[one.id].task) for one in sheet.unknown],
        "clashes": clashes,
        "ready": not sheet.missing and all(one.explained for one, _ in clashes),
        "refused": refused,
    }
    return render(request, "assessments/check.html", context, status=422 if refused else 200)


def _waits(sheet: Sheet, key: str) -> bool:
    return key in sheet.answers and not sheet.answers[key].confirmed


def _place(row: Assessment, key: str) -> str:
    return f"{page(row, 'step', row.questions.questions[key].step)}#{key}"
