"""Sub-processors, reviews, the matrix of duties in the cloud, and the end of a relation."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from controls.models import Requirement
from dataflows import clauses, services
from dataflows.forms import CloudForm, EngagementForm, ExitForm, SupplierReviewForm
from dataflows.models import CloudDuty, Engagement, Party, SupplierReview
from dataflows.views.answer import save_form
from dataflows.views.party import party_of

CLOUD = ("iso27017", "iso27018")


@organisation_view("edit", kind="party")
def party_engagement_add(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    party = party_of(organisation, reference)
    form = EngagementForm(request.POST or None, processor=party)

    def save() -> Engagement:
        return services.engage(processor=party, by=request.user, **form.values())

    heading, back = f"Sub-processor of {party.name}", party.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is on the list.", heading=heading, back=back)


@organisation_view("edit", kind="party")
def engagement(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    rows = Engagement.objects.in_organisation(organisation)
    found = get_object_or_404(rows.select_related("processor__organisation", "sub_processor"), reference=reference)
    form = EngagementForm(request.POST or None, instance=found, processor=found.processor)

    def save() -> Engagement:
        told = {name: value for name, value in form.values().items() if name != "sub_processor"}
        return services.change_engagement(engagement=found, by=request.user, **told)

    heading, back = str(found), found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("edit", kind="party")
def party_review_add(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    party = party_of(organisation, reference)
    interval = clauses.intervals().get(party.tier or 1)
    form = SupplierReviewForm(request.POST or None, initial={"held_date": timezone.localdate()})

    def save() -> SupplierReview:
        return services.record_review(party=party, by=request.user, **form.values())

    note = (
        f"Tier {interval.tier}, every {interval.months} months: {interval.asks[:1].lower()}{interval.asks[1:]}."
        if interval
        else ""
    )
    context = {"heading": f"Review of {party.name}", "back": party.get_absolute_url(), "note": note}
    return save_form(request, form, "dataflows/form.html", save, "is recorded.", **context)


@organisation_view("edit", kind="party")
def party_exit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    party = party_of(organisation, reference)
    initial = {"done": party.exit_done, "on": party.exit_date or timezone.localdate(), "proof": party.exit_proof}
    form = ExitForm(request.POST or None, initial=initial)

    def save() -> Party:
        return services.confirm_exit(party=party, by=request.user, **form.cleaned_data)

    context = {"heading": f"End of {party.name}", "back": party.get_absolute_url(), "note": party.exit_plan}
    return save_form(request, form, "dataflows/form.html", save, "is confirmed.", **context)


def topics() -> Any:
    """The topics of the cloud catalogues that are shipped, in their order."""
    rows = Requirement.objects.live().filter(edition__framework__key__in=CLOUD, assessable=True)
    return rows.select_related("edition").order_by("edition__position", "position")


@organisation_view("view", kind="party")
@require_safe
def party_cloud(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Who does what of every topic."""
    party = party_of(organisation, reference)
    known = {
        one.requirement_id: one for one in CloudDuty.objects.filter(party=party).select_related("control__organisation")
    }
    rows = [(topic, known.get(topic.pk)) for topic in topics()]
    return render(request, "dataflows/cloud.html", {"party": party, "rows": rows, "said": len(known)})


@organisation_view("edit", kind="party")
def party_cloud_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    party = party_of(organisation, reference)
    duties = party.duties.select_related("control")
    form = CloudForm(request.POST or None, topics=topics(), duties=duties, organisation=organisation)
    back = reverse("dataflows:party_cloud", args=[organisation.slug, party.reference])

    def save() -> str:
        services.divide_duties(party=party, duties=form.duties(), by=request.user)
        return back

    context = {"party": party, "back": back, "controls": form.controls.values()}
    return save_form(request, form, "dataflows/cloud_form.html", save, "The matrix is saved.", **context)
