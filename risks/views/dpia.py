"""Impact assessments: the list, the screening, the text part by part, opinion, decision and review."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both, people_of
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.tasks.models import Task
from compliance.ui.register import Column, Register
from controls.views.scopes import owned
from controls.views.steps import Step, offered, step_page
from dataflows.models import ProcessingActivity
from risks.forms.dpia import (
    PARTS,
    AssessmentFilter,
    ConditionForm,
    DecisionForm,
    HeardForm,
    NewAssessmentForm,
    OpinionForm,
    PartForm,
    ReceivedForm,
    ScreeningForm,
)
from risks.models import DPIA_IN_FORCE, ImpactAssessment
from risks.models.incident import case_address
from risks.screening import ARTICLES, QUESTIONS, changes, countries_of, description, outcome, proposals
from risks.services import dpia as services
from risks.totals_of_cases import shown
from risks.views.clock import clock_lines
from risks.views.incident import link_page, links_of, unlink_page

Scope = Organisation | Project
LINKED = ("risk", "implementation", "activity", "assessment", "incident", "document", "evidence")
WORDS = {
    "required": "By these answers an assessment is required.",
    "decision": "One criterion: the data protection officer decides, with reasons.",
    "not_required": "By these answers none is required; the data protection officer confirms it.",
}

ASSESSMENTS = Register(
    key="assessments",
    noun="impact assessment",
    order="-reference",
    filterset=AssessmentFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Processing", kind="main", sort="title"),
        Column("number", "Version", kind="number", sort="number"),
        Column("state", "State", kind="state", sort="state"),
        Column("opinion", "Opinion", value="get_opinion_display", sort="opinion"),
        Column("decision", "Decision", value="get_decision_display", sort="decision"),
        Column("decided_at", "Decided", kind="moment", sort="decided_at"),
        Column("review_date", "Next review", kind="day", sort="review_date"),
        Column("project", "About", value=lambda row: row.project or row.organisation, sort="project__name"),
    ),
    empty_title="No impact assessments",
    empty_text="Begin with a screening: thirteen questions, prefilled from the records of processing. It is kept, also "
    "when the answer is no.",
)


def _step(key: str, label: str, service: Any, *states: str, **more: Any) -> Step:
    return Step(key, label, frozenset(states), lambda row, data, by: service(assessment=row, by=by, **data), **more)


def _may_be_spared(row: ImpactAssessment, user: Any) -> bool:
    return outcome(row.hits, row.threshold) != "required"


STEPS = (
    _step("require", "An assessment is required", services.require, "screening"),
    _step("begin", "Begin to write", services.begin, "required"),
    _step("ask", "Ask for the opinion", services.ask_opinion, "draft", "revision"),
    _step("freeze", "Describe the processing anew", services.freeze, "draft", "revision"),
    _step("consult", "The authority received it", services.consult, "consultation", form=ReceivedForm),
    _step("extend", "It takes six weeks more", services.extend_consultation, "consultation"),
    _step("heard", "The authority answered", services.hear_authority, "consultation", form=HeardForm),
    _step("again", "Screen again", services.screen_again, "not_required"),
    _step("revise", "Write a new version", services.revise, "in_force", "review_due"),
    _step("mark", "Ask for a review", services.mark_review, "in_force"),
)
ADVICE = (
    _step("spare", "None is required", services.spare, "screening", only=_may_be_spared),
    _step("opinion", "Give the opinion", services.give_opinion, "dpo_opinion", form=OpinionForm),
    _step("back", "Send it back", services.send_back, "dpo_opinion"),
)
DECISIONS = (
    _step("decide", "Decide", services.decide_assessment, "decision", form=DecisionForm),
    _step("revision", "Send it back", services.send_back, "decision"),
    _step("review", "It still fits", services.review_assessment, "review_due"),
)


def _assessments(request: HttpRequest, scope: Scope) -> HttpResponse:
    can: Any = request.can  # type: ignore[attr-defined]
    return ASSESSMENTS.respond(
        request,
        lambda: shown(scope, ImpactAssessment).select_related("project", "organisation"),
        url=lambda row: case_address(scope, "assessment", row.reference),
        template="risks/cases/assessment_list.html",
        add_url=case_address(scope, "assessment_add") if can.edit else "",
        add_label="Screen a processing",
    )


def _add(request: HttpRequest, scope: Scope) -> HttpResponse:
    rows = shown(scope, ProcessingActivity).present()
    form = NewAssessmentForm(posted(request), activities=rows)
    by: Any = request.user

    def act() -> ImpactAssessment:
        given = form.cleaned_data
        return services.screen(scope=scope, title=given["title"], activities=list(given["activities"]), by=by)

    back = case_address(scope, "assessments")
    if made := attempt(form, act):
        return redirect(case_address(scope, "assessment_screening", made.reference))
    return form_page(
        request,
        form,
        heading="Screen a processing",
        cancel=back,
        submit="Go to the questions",
        crumbs=[("Impact assessments", back)],
    )


def _screening(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, ImpactAssessment), reference=reference)
    rows = services.activities_of(found)
    people = found.project.users_count if found.project else None
    form = ScreeningForm(posted(request), answers=found.screening, proposed=proposals(rows, people))
    by: Any = request.user
    back = case_address(scope, "assessment", reference)
    if attempt(form, lambda: services.answer_screening(assessment=found, answers=form.answers(), by=by)):
        return redirect(back)
    countries = countries_of(rows)
    intro = "One case of Art. 35(3), or "
    intro += f"{found.organisation.dpia_threshold} of the nine criteria, make an assessment required."
    if countries:
        intro += f" The data reaches {', '.join(countries)}."
    return form_page(request, form, heading="Screening", cancel=back, intro=intro, crumbs=[(reference, back)])


def _assessment(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    rows = shown(scope, ImpactAssessment).select_related("project", "organisation", "author", "previous")
    found = get_object_or_404(rows.select_related("opinion_by", "decided_by"), reference=reference)
    can: Any = request.can  # type: ignore[attr-defined]
    own = isinstance(scope, Organisation) or found.project_id == scope.pk
    now = description(services.activities_of(found))
    user = request.user
    context = {
        "assessment": found,
        "questions": _questions(found),
        "outcome": WORDS[outcome(found.hits, found.threshold)] if found.screening else "",
        "described": found.described,
        "changed": changes(found.described, now) if found.snapshot else [],
        "parts": _parts(found, scope),
        "risks": services.risks_of(found),
        "tasks": Task.objects.filter(
            organisation=found.organisation_id, source_url=found.get_absolute_url()
        ).select_related("assignee", "project", "organisation"),
        "steps": offered(found, STEPS, case_address(scope, "assessment_next", reference), user),
        "advice": offered(found, ADVICE, case_address(scope, "assessment_advise", reference), user),
        "decisions": offered(found, DECISIONS, case_address(scope, "assessment_decide", reference), user),
        "urls": {name: case_address(scope, f"assessment_{name}", reference) for name in PAGES},
        "scope_url": case_address(scope, "assessments"),
        "links": links_of(found, scope, can, "assessment_unlink"),
        "clocks": clock_lines(scope, found.clocks.select_related("ended_by", "evidence"), now_read(), can, own),
        "newer": found.next.first(),
        "changeable": own,
        "conditional": found.state in DPIA_IN_FORCE,
    }
    return render(request, "risks/cases/assessment.html", context)


PAGES = ("screening", "link", "condition")


def _questions(found: ImpactAssessment) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{key}. {text}" if key.isdigit() else f"{ARTICLES[key]}: {text}",
            "hit": found.screening[key]["hit"],
            "why": found.screening[key]["why"],
        }
        for key, text in QUESTIONS.items()
        if key in found.screening
    ]


def _parts(found: ImpactAssessment, scope: Scope) -> list[dict[str, Any]]:
    shown_parts = []
    for key, (title, names) in PARTS.items():
        facts = [(_label(name), getattr(found, name)) for name in names]
        url = case_address(scope, "assessment_part", found.reference, key)
        shown_parts.append({"title": title, "facts": facts, "url": url, "key": key})
    return shown_parts


def _label(name: str) -> str:
    return str(ImpactAssessment._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]


def _part(request: HttpRequest, scope: Scope, reference: str, part: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, ImpactAssessment), reference=reference)
    if part not in PARTS:
        raise Http404
    form = PartForm(posted(request), assessment=found, part=part)
    by: Any = request.user
    back = case_address(scope, "assessment", reference)
    if attempt(form, lambda: services.write(assessment=found, by=by, **form.cleaned_data)):
        return redirect(back)
    return form_page(request, form, heading=PARTS[part][0], cancel=back, crumbs=[(reference, back)])


def _condition(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, ImpactAssessment), reference=reference)
    form = ConditionForm(posted(request), people=people_of(scope))
    by: Any = request.user
    back = case_address(scope, "assessment", reference)
    if attempt(form, lambda: services.add_condition(assessment=found, by=by, **form.cleaned_data)):
        return redirect(back)
    return form_page(request, form, heading="Add a condition", cancel=back, submit="Add", crumbs=[(reference, back)])


def _link(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, ImpactAssessment), reference=reference)
    return link_page(request, scope, found, LINKED, case_address(scope, "assessment", reference))


def _unlink(request: HttpRequest, scope: Scope, reference: str, link: UUID) -> HttpResponse:
    found = get_object_or_404(owned(scope, ImpactAssessment), reference=reference)
    return unlink_page(request, found, link, case_address(scope, "assessment", reference))


def _stepping(steps: tuple[Step, ...]) -> Any:
    def page(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
        found = get_object_or_404(owned(scope, ImpactAssessment), reference=reference)
        back = case_address(scope, "assessment", reference)
        return step_page(request, found, steps, back=back, crumb=reference)

    return page


assessments = in_both("view", kind="flow")(require_safe(_assessments))
assessment = in_both("view", kind="flow")(require_safe(_assessment))
assessment_add = in_both("edit", kind="flow")(_add)
assessment_screening = in_both("edit", kind="flow")(_screening)
assessment_part = in_both("edit", kind="flow")(_part)
assessment_link = in_both("edit", kind="flow")(_link)
assessment_unlink = in_both("edit", kind="flow")(_unlink)
assessment_condition = in_both("edit", kind="flow")(_condition)
assessment_next = in_both("edit", kind="flow")(_stepping(STEPS))
assessment_advise = in_both("approve", kind="flow")(_stepping(ADVICE))
assessment_decide = in_both("approve", kind="acceptance")(_stepping(DECISIONS))
