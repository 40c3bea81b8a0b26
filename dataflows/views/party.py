"""Processors and other parties of an organisation."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation, Project
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day
from dataflows import services, vocabulary
from dataflows.forms import PartyFilter, PartyForm
from dataflows.models import DataFlow, FlowStop, Party
from dataflows.problems import problems
from dataflows.services.review import WrongState
from dataflows.views.answer import save_form, take_step

MOVES = [state for state in Party.State if state != Party.State.APPROVED]


def _contract(party: Party) -> str:
    """The contract in words, for the cell and for the export."""
    if not party.needs_contract:
        return "not needed"
    if party.contract_signed_date is None:
        return "missing"
    if party.contract_expires_date is None:
        return f"signed {day(party.contract_signed_date)}"
    over = party.contract_expires_date < now_read().date()
    return f"{'ended' if over else 'until'} {day(party.contract_expires_date)}"


PARTIES = Register(
    key="parties",
    noun="party",
    plural="parties",
    title="Parties",
    order="name",
    filterset=PartyFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Party", kind="main", sort="name"),
        Column("role", "Role", sort="role"),
        Column("service", "Service", sort="service"),
        Column("country", "Seat", value=lambda party: vocabulary.country_name(party.country), sort="country"),
        Column("tier", "Tier", value=lambda party: party.tier, sort="tier"),
        Column(
            "contract",
            "Contract",
            value=_contract,
            template="dataflows/_contract_cell.html",
            sort="contract_expires_date",
        ),
        Column("flows", "Flows", kind="number", sort="flows"),
        Column("state", "State", kind="state", sort="state"),
        Column("contact", "Contact", shown=False),
    ),
    empty_title="No parties yet",
    empty_text="Everybody who touches personal data for you or receives it: hosters, SDK makers, support desks.",
)


def _counted(parties: Any) -> Any:
    stops = FlowStop.objects.filter(node__party=OuterRef("pk")).order_by().values("node__party")
    flows = stops.annotate(flows=Count("flow", distinct=True)).values("flows")
    return parties.select_related("organisation").annotate(flows=Coalesce(Subquery(flows), 0))


OF_ORGANISATION = Rows(lambda scope: _counted(Party.objects.filter(organisation=scope)), scope=UUID)


@organisation_view("view", kind="party")
@require_safe
def parties(request: Request, organisation: Organisation) -> HttpResponse:
    add = {"add_url": reverse("dataflows:party_add", args=[organisation.slug]), "add_label": "Add a party"}
    context: dict[str, Any] = add if request.can.edit else {}
    return PARTIES.respond(request, OF_ORGANISATION(scope=organisation.pk), **context)


@organisation_view("view", kind="party")
@require_safe
def party(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _party(organisation, reference)
    today = now_read().date()
    mine = Project.objects.in_organisation(organisation).visible_to(request.user)
    flows = DataFlow.objects.present().filter(project__in=mine).reaching(found).complete()
    context = {
        "party": found,
        "seat": vocabulary.country_name(found.country),
        "parent": vocabulary.country_name(found.parent_country),
        "has_contract": found.has_contract(today),
        "rows": [(flow, problems(flow, today)) for flow in flows] if request.can.flow.view else [],
        "sub_processors": found.engages.order_by("name"),
        "moves": [(state, "approval" if state == Party.State.APPROVED else "move") for state in found.next_states],
    }
    return render(request, "dataflows/party.html", context)


@organisation_view("edit", kind="party")
def party_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = PartyForm(request.POST or None, organisation=organisation)

    def save() -> Party:
        return services.add_party(organisation=organisation, by=request.user, **form.values())

    back = reverse("dataflows:parties", args=[organisation.slug])
    return save_form(request, form, "dataflows/form.html", save, "is asked for.", heading="Add a party", back=back)


@organisation_view("edit", kind="party")
def party_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _party(organisation, reference)
    form = PartyForm(request.POST or None, instance=found, organisation=organisation)

    def save() -> Party:
        return services.change_party(party=found, by=request.user, **form.values())

    heading, back = f"Change {found.name}", found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("edit", kind="party")
def party_move(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Every move but the approval."""
    return _move(request, _party(organisation, reference), MOVES)


@organisation_view("approve", kind="party")
def party_approve(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    return _move(request, _party(organisation, reference), [Party.State.APPROVED])


def _move(request: Request, found: Party, allowed: Collection[str]) -> HttpResponse:
    def move(reason: str) -> None:
        to = request.POST.get("to", "")
        if to not in allowed:
            raise WrongState("Choose one of the steps on the page.")
        services.move_party(party=found, to=to, by=request.user, reason=reason)

    steps, said = {"move": move}, {"move": f"{found} moved on."}
    return take_step(request, steps, found.get_absolute_url(), said)


def _party(organisation: Organisation, reference: str) -> Party:
    rows = Party.objects.in_organisation(organisation).select_related("organisation", "engaged_by")
    return get_object_or_404(rows, reference=reference)
