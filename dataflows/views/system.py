"""Systems and stores: each once, with all that uses it."""

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from dataflows import services
from dataflows.forms import ReasonForm, SystemFilter, SystemForm
from dataflows.models import ActivitySystem, Node, RetentionRule, System
from dataflows.uses import uses_of_system
from dataflows.views.answer import save_form

SYSTEMS = Register(
    key="systems",
    noun="system",
    title="Systems and stores",
    order="name",
    filterset=SystemFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "System", kind="main", sort="name"),
        Column("kind", "Kind", sort="kind"),
        Column("operator", "Run by", value="run_by", sort="operator__name"),
        Column("hosting", "Hosting", sort="hosting"),
        Column("place", "Place", sort="country"),
        Column("classification", "Classification", sort="classification"),
        Column("places", "On maps", kind="number", sort="places"),
        Column("rules", "Rules", kind="number", sort="rules"),
        Column("owner", "Owner", value="owner.name", sort="owner__name", shown=False),
        Column("description", "Description", shown=False),
        Column("ended_date", "Out of use since", kind="day", sort="ended_date", shown=False),
    ),
    empty_title="No systems yet",
    empty_text="Name each database, service and backup that holds personal data once; the maps of all projects, "
    "records and retention rules then speak of the same one.",
)


def _count(links: Any) -> Any:
    """How many rows of a kind name the system."""
    mine = links.filter(system=OuterRef("pk")).order_by().values("system")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)


OF_ORGANISATION = Rows(
    lambda scope: (
        System.objects.filter(organisation=scope)
        .select_related("organisation", "operator", "owner")
        .annotate(
            places=_count(Node.objects.all()),
            rules=_count(RetentionRule.objects.in_force()),
            records=_count(ActivitySystem.objects.all()),
        )
    ),
    scope=UUID,
)


@organisation_view("view", kind="flow")
@require_safe
def systems(request: Request, organisation: Organisation) -> HttpResponse:
    add: dict[str, Any] = {}
    if request.can.edit:
        add = {"add_url": reverse("dataflows:system_add", args=[organisation.slug]), "add_label": "Add a system"}
    rows = OF_ORGANISATION(scope=organisation.pk)
    return SYSTEMS.respond(request, rows, template="dataflows/inventory_list.html", sheet_key="systems", **add)


@organisation_view("view", kind="flow")
@require_safe
def system(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    context = {
        "system": found,
        "uses": uses_of_system(found, request.user),
        "may_edit": request.can.edit and found.ended_date is None,
        "list_url": reverse("dataflows:systems", args=[organisation.slug]),
        "history_url": reverse(
            "timeline:organisation_record", args=[organisation.slug, found._meta.label_lower, found.pk]
        ),
    }
    return render(request, "dataflows/system.html", context)


@organisation_view("edit", kind="flow")
def system_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = SystemForm(request.POST or None, organisation=organisation, at=timezone.now())
    back = reverse("dataflows:systems", args=[organisation.slug])

    def save() -> System:
        return services.add_system(organisation=organisation, by=request.user, **form.values())

    return save_form(
        request, form, "dataflows/form.html", save, "is in the inventory.", heading="Add a system", back=back
    )


@organisation_view("edit", kind="flow")
def system_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = SystemForm(request.POST or None, instance=found, organisation=organisation, at=timezone.now())

    def save() -> System:
        return services.change_system(system=found, by=request.user, **form.values())

    back, heading = found.get_absolute_url(), f"Change {found.reference} {found.name}"
    note = "Operator and country are passed on to every place on a map that is this system."
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back, note=note)


@organisation_view("edit", kind="flow")
def system_end(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = ReasonForm(request.POST or None)

    def save() -> System:
        return services.end_system(system=found, by=request.user, **form.cleaned_data)

    back, heading = found.get_absolute_url(), f"Take {found.reference} {found.name} out of use"
    note = "Say why, and where its data went. It stays readable with all that names it."
    return save_form(
        request, form, "dataflows/form.html", save, "is out of use.", heading=heading, back=back, note=note
    )


def _found(organisation: Organisation, reference: str) -> System:
    rows = System.objects.in_organisation(organisation).select_related("organisation", "operator", "owner")
    return get_object_or_404(rows, reference=reference)
