"""Assessments of legitimate interests: list, page, form and the steps of their review."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.accounts.models import User
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from dataflows import services
from dataflows.forms import InterestFilter, InterestForm
from dataflows.models import ActivityPurpose, InterestAssessment, ProcessingActivity
from dataflows.record_problems import unfounded
from dataflows.standing import is_outdated, latest_approvals
from dataflows.views.answer import save_form, take_step
from dataflows.views.flow import DECISIONS, SAID, STEPS

INTERESTS = Register(
    key="interests",
    noun="assessment",
    title="Legitimate interests",
    order="reference",
    filterset=InterestFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Assessment", kind="main", sort="title"),
        Column("outcome", "Outcome", value=lambda row: row.get_outcome_display(), sort="outcome"),
        Column("purposes", "Purposes", kind="number", sort="purposes"),
        Column("author", "Author", value="author.name", sort="author__name"),
        Column("dpo_view_by", "View of", value="dpo_view_by.name", sort="dpo_view_by__name", shown=False),
        Column("state", "State", kind="state", sort="state"),
        Column("review_date", "Review", kind="day", sort="review_date"),
    ),
    empty_title="No assessments of legitimate interests yet",
    empty_text="Before a purpose rests on legitimate interests, weigh them against those of the people: is the "
    "interest real, is there a gentler way, what would people expect (GDPR Art. 6(1)(f)).",
)


def _purposes() -> Any:
    mine = ActivityPurpose.objects.filter(balancing=OuterRef("pk")).order_by().values("balancing")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)


OF_ORGANISATION = Rows(
    lambda scope: InterestAssessment.objects.filter(organisation=scope).complete().annotate(purposes=_purposes()),
    scope=UUID,
)


@organisation_view("view", kind="flow")
@require_safe
def interests(request: Request, organisation: Organisation) -> HttpResponse:
    add: dict[str, Any] = {}
    if request.can.edit:
        add = {
            "add_url": reverse("dataflows:interest_add", args=[organisation.slug]),
            "add_label": "Assess an interest",
        }
    return INTERESTS.respond(
        request, OF_ORGANISATION(scope=organisation.pk), template="dataflows/inventory_list.html", **add
    )


@organisation_view("view", kind="flow")
@require_safe
def interest(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    approval = latest_approvals([found]).get(found.pk)
    seen = ProcessingActivity.objects.seen_by(request.user, organisation).present()
    resting = seen.filter(purpose_set__balancing=found).select_related("organisation", "project").distinct()
    urls = {
        name: reverse(f"dataflows:interest_{name}", args=[organisation.slug, reference])
        for name in ("edit", "step", "decide")
    }
    context = {
        "assessment": found,
        "approval": approval,
        "outdated": is_outdated(found, approval),
        "lacking": unfounded(found) if found.state != InterestAssessment.State.RETIRED else "",
        "records": resting.order_by("reference")[:100],
        "urls": urls,
        "list_url": reverse("dataflows:interests", args=[organisation.slug]),
        "history_url": reverse(
            "timeline:organisation_record", args=[organisation.slug, found._meta.label_lower, found.pk]
        ),
    }
    return render(request, "dataflows/interest.html", context)


@organisation_view("edit", kind="flow")
def interest_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = InterestForm(request.POST or None)

    def save() -> InterestAssessment:
        return services.draft_interest(organisation=organisation, by=request.user, **form.values())

    heading, back = "Assess an interest", reverse("dataflows:interests", args=[organisation.slug])
    return save_form(request, form, "dataflows/form.html", save, "is drafted.", heading=heading, back=back)


@organisation_view("edit", kind="flow")
def interest_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = InterestForm(request.POST or None, instance=found)

    def save() -> InterestAssessment:
        return services.change_interest(assessment=found, by=request.user, **form.values())

    heading, back = f"Change {found}", found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("edit", kind="flow")
def interest_step(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    return take_step(request, STEPS, found.get_absolute_url(), SAID, record=found, by=request.user)


@organisation_view("approve", kind="flow")
def interest_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """The officer's view, or the decision."""
    found = _found(organisation, reference)
    steps: dict[str, Callable[..., Any]] = {**DECISIONS, "view": _view}
    said = {**SAID, "view": "The view is kept with the assessment."}
    return take_step(request, steps, found.get_absolute_url(), said, record=found, by=request.user)


def _view(*, record: InterestAssessment, by: User, reason: str) -> InterestAssessment:
    return services.give_view(assessment=record, by=by, reason=reason)


def _found(organisation: Organisation, reference: str) -> InterestAssessment:
    rows = InterestAssessment.objects.in_organisation(organisation).complete()
    return get_object_or_404(rows, reference=reference)
