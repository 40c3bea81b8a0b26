"""The inventory of personal data."""

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from dataflows import services
from dataflows.forms import ItemForm
from dataflows.models import ActivityData, DataItem, FlowItem
from dataflows.views.answer import save_form

ITEMS = Register(
    key="data-items",
    noun="data item",
    title="Personal data",
    order="name",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Data", kind="main", sort="name"),
        Column("category", "Category", value="category_label", sort="category"),
        Column("special", "Special category", kind="flag", value="is_special"),
        Column("flows", "Flows", kind="number", sort="flows"),
        Column("records", "Records", kind="number", sort="records"),
        Column("description", "Description"),
    ),
    empty_title="No personal data named yet",
    empty_text="Name the data as your team calls it, such as heart rate; flows and records then say where it goes.",
)


def _counted(links: Any) -> Any:
    """How many records of a kind name the item."""
    mine = links.filter(item=OuterRef("pk")).order_by().values("item")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)


OF_ORGANISATION = Rows(
    lambda scope: (
        DataItem.objects.filter(organisation=scope)
        .select_related("organisation")
        .annotate(flows=_counted(FlowItem.objects.all()), records=_counted(ActivityData.objects.all()))
    ),
    scope=UUID,
)


@organisation_view("view", kind="flow")
@require_safe
def items(request: Request, organisation: Organisation) -> HttpResponse:
    add: dict[str, Any] = {"add_url": reverse("dataflows:item_add", args=[organisation.slug]), "add_label": "Add data"}

    rows = OF_ORGANISATION(scope=organisation.pk)
    return ITEMS.respond(request, rows, **(add if request.can.edit else {}))


@organisation_view("edit", kind="flow")
def item_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = ItemForm(request.POST or None)
    back = reverse("dataflows:items", args=[organisation.slug])

    def save() -> str:
        services.add_item(organisation=organisation, by=request.user, **form.values())
        return back

    heading = "Add personal data"
    return save_form(
        request, form, "dataflows/form.html", save, "The data is in the inventory.", heading=heading, back=back
    )


@organisation_view("edit", kind="flow")
def item(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = get_object_or_404(DataItem.objects.in_organisation(organisation), reference=reference)
    form = ItemForm(request.POST or None, instance=found)
    back = reverse("dataflows:items", args=[organisation.slug])

    def save() -> str:
        services.change_item(item=found, by=request.user, **form.values())
        return back

    heading = f"{found.reference} {found.name}"
    return save_form(request, form, "dataflows/form.html", save, "The data is saved.", heading=heading, back=back)
