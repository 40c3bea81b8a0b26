"""Management reviews: list, page and steps."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.approvals.models import Approval
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from controls.addresses import address
from controls.forms.audit import VerdictForm
from controls.forms.management_review import DecisionForm, HeldForm, ReviewForm, SettleForm, WordsForm
from controls.models import ManagementReview
from controls.services.management_review import (
    PURPOSE,
    add_decision,
    close_review,
    collect_inputs,
    decide_minutes,
    edit_minutes,
    explain_inputs,
    hold_review,
    schedule_review,
    settle_decision,
    submit_minutes,
)
from controls.views.scopes import people_of
from controls.views.steps import Step, offered, step_page

REVIEWS = Register(
    key="reviews",
    noun="management review",
    order="-planned_date",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Review", kind="main", sort="title"),
        Column("state", "State", kind="state", sort="state"),
        Column("planned_date", "Planned for", kind="day", sort="planned_date"),
        Column("held_date", "Held on", kind="day", sort="held_date"),
        Column("chair", "Chair", value="chair.name", sort="chair__name"),
    ),
    empty_title="No management reviews yet",
    empty_text="Plan the first. Its inputs come from what is recorded here, as of the moment you collect them.",
)


def _settle(row: ManagementReview, data: dict[str, Any], by: Any) -> None:
    decision = row.decisions.get(reference=data["decision"])
    settle_decision(decision=decision, done=data["done"], result=data["result"], by=by)


def _open_decisions(row: ManagementReview) -> list[tuple[str, str]]:
    return [(one.reference, f"{one.reference} {one.text}"[:90]) for one in row.decisions.filter(state="open")]


HELD = frozenset({"held"})
STEPS = (
    Step(
        "collect",
        "Collect the inputs",
        frozenset({"scheduled", "inputs_collected"}),
        lambda row, data, by: collect_inputs(review=row, by=by, **data),
    ),
    Step(
        "words",
        "Add words to the inputs",
        frozenset({"inputs_collected"}),
        lambda row, data, by: explain_inputs(review=row, words=data, by=by),
        make=lambda row, data: WordsForm(data, inputs=row.inputs),
    ),
    Step(
        "hold",
        "Write the minutes",
        frozenset({"inputs_collected"}),
        lambda row, data, by: hold_review(review=row, by=by, **data),
        form=HeldForm,
    ),
    Step(
        "decision",
        "Add a decision",
        HELD,
        lambda row, data, by: add_decision(review=row, by=by, **data),
        make=lambda row, data: DecisionForm(data, people=people_of(row.organisation)),
    ),
    Step(
        "minutes",
        "Change the minutes",
        HELD,
        lambda row, data, by: edit_minutes(review=row, by=by, **data),
        make=lambda row, data: HeldForm(
            data, initial={"held_date": row.held_date, "attendees": row.attendees, "minutes": row.minutes}
        ),
    ),
    Step("submit", "Put the minutes forward", HELD, lambda row, data, by: submit_minutes(review=row, by=by, **data)),
    Step(
        "settle",
        "Settle a decision",
        frozenset({"minutes_approved"}),
        _settle,
        make=lambda row, data: SettleForm(data, decisions=_open_decisions(row)),
    ),
    Step(
        "close",
        "Close the review",
        frozenset({"minutes_approved"}),
        lambda row, data, by: close_review(review=row, by=by, **data),
    ),
)
DECISIONS = (
    Step(
        "decide",
        "Decide on the minutes",
        HELD,
        lambda row, data, by: decide_minutes(review=row, approve=data["verdict"], by=by, reason=data["reason"]),
        form=VerdictForm,
        intro="Yes approves the minutes; from then on they are fixed. No sends them back.",
    ),
)


@organisation_view("view", kind="review")
@require_safe
def management_reviews(request: Request, organisation: Organisation) -> HttpResponse:
    """Every management review."""
    return REVIEWS.respond(
        request,
        lambda: ManagementReview.objects.filter(organisation=organisation).select_related("chair"),
        url=lambda row: address(organisation, "management_review", row.reference),
        template="controls/management_review_list.html",
        add_url=address(organisation, "management_review_add") if request.can.edit else "",
        add_label="Plan a review",
    )


@organisation_view("view", kind="review")
@require_safe
def management_review(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """One review: inputs, minutes, decisions."""
    found = _one(organisation, reference)
    approvals = list(Approval.objects.of(found, PURPOSE).select_related("requested_by", "decided_by")[:5])
    waiting = any(one.state == "requested" for one in approvals)
    decide_url = address(organisation, "management_review_decide", reference)
    context = {
        "review": found,
        "decisions": found.decisions.select_related("owner"),
        "approvals": approvals,
        "steps": offered(found, STEPS, address(organisation, "management_review_next", reference), request.user),
        "verdicts": offered(found, DECISIONS, decide_url, request.user) if waiting else [],
        "list_url": address(organisation, "management_reviews"),
    }
    return render(request, "controls/management_review.html", context)


@organisation_view("edit", kind="review")
def management_review_add(request: Request, organisation: Organisation) -> HttpResponse:
    """Plan a review."""
    form = ReviewForm(posted(request), people=people_of(organisation))
    made = attempt(form, lambda: schedule_review(organisation=organisation, by=request.user, **form.cleaned_data))
    back = address(organisation, "management_reviews")
    if made:
        return redirect(address(organisation, "management_review", made.reference))
    return form_page(request, form, heading="Plan a management review", cancel=back, crumbs=[("Reviews", back)])


@organisation_view("edit", kind="review")
def management_review_next(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """The next step of a review."""
    back = address(organisation, "management_review", reference)
    return step_page(request, _one(organisation, reference), STEPS, back=back, crumb=reference)


@organisation_view("approve", kind="review")
def management_review_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Approve the minutes, or send them back."""
    back = address(organisation, "management_review", reference)
    return step_page(request, _one(organisation, reference), DECISIONS, back=back, crumb=reference)


def _one(organisation: Organisation, reference: str) -> ManagementReview:
    rows = ManagementReview.objects.filter(organisation=organisation).select_related("chair", "organisation")
    found: ManagementReview = get_object_or_404(rows, reference=reference)
    return found
