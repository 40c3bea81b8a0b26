"""The inventory of personal data."""

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from dataflows import services
from dataflows.forms import ItemFilter, ItemForm
from dataflows.models import ActivityData, DataItem, FlowItem
from dataflows.uses import uses_of_item
from dataflows.views.answer import save_form

ITEMS = Register(
    key="data-items",
    noun="data item",
    title="Personal data",
    order="name",
    filterset=ItemFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Data", kind="main", sort="name"),
        Column("category", "Category", value="category_label", sort="category"),
        Column("special", "Special category", kind="flag", value="is_special"),
        Column("children", "Of children", kind="flag", sort="children"),
        Column("classification", "Classification", sort="classification"),
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
    add: dict[str, Any] = {}
    if request.can.edit:
        add = {"add_url": reverse("dataflows:item_add", args=[organisation.slug]), "add_label": "Add data"}
    rows = OF_ORGANISATION(scope=organisation.pk)
    return ITEMS.respond(request, rows, template="dataflows/inventory_list.html", sheet_key="data-items", **add)


@organisation_view("view", kind="flow")
@require_safe
def item(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    context = {
        "item": found,
        "uses": uses_of_item(found, request.user),
        "may_edit": request.can.edit,
        "list_url": reverse("dataflows:items", args=[organisation.slug]),
        "history_url": reverse(
            "timeline:organisation_record", args=[organisation.slug, found._meta.label_lower, found.pk]
        ),
    }
    return render(request, "dataflows/item.html", context)


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
def item_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = ItemForm(request.POST or None, instance=found)

    def save() -> DataItem:
        return services.change_item(item=found, by=request.user, **form.values())

    heading, back = f"Change {found.reference} {found.name}", found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


def _found(organisation: Organisation, reference: str) -> DataItem:
    return get_object_or_404(DataItem.objects.in_organisation(organisation), reference=reference)
