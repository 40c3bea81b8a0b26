"""Contracts of a party, and what they say row by row."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from dataflows import clauses, services
from dataflows.checked import lines, score
from dataflows.forms import ChecklistForm, ContractForm
from dataflows.models import Contract
from dataflows.views.answer import save_form
from dataflows.views.party import party_of


@organisation_view("edit", kind="party")
def party_contract_add(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    party = party_of(organisation, reference)
    form = ContractForm(request.POST or None, organisation=organisation)

    def save() -> Contract:
        return services.add_contract(party=party, by=request.user, **form.values())

    heading, back = f"Contract with {party.name}", party.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is entered.", heading=heading, back=back)


@organisation_view("edit", kind="party")
def contract(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    rows = Contract.objects.in_organisation(organisation).select_related("party__organisation")
    found = get_object_or_404(rows, reference=reference)
    form = ContractForm(request.POST or None, instance=found, organisation=organisation)

    def save() -> Contract:
        return services.change_contract(contract=found, by=request.user, **form.values())

    heading, back = f"{found.reference}, contract with {found.party.name}", found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("view", kind="party")
@require_safe
def party_checklist(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """What the contract says to each row of the checklist."""
    party = party_of(organisation, reference)
    checks = list(party.checks.select_related("reviewer"))
    context = {
        "party": party,
        "lines": lines(checks),
        "score": score(checks),
        "edition": clauses.checklist_edition(),
        "source": clauses.checklist_source(),
    }
    return render(request, "dataflows/checklist.html", context)


@organisation_view("edit", kind="party")
def party_checklist_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    party = party_of(organisation, reference)
    form = ChecklistForm(request.POST or None, checks=party.checks.all())
    back = reverse("dataflows:party_checklist", args=[organisation.slug, party.reference])

    def save() -> str:
        reason = form.cleaned_data["reason"]
        services.answer_checklist(party=party, answers=form.answers(), by=request.user, reason=reason)
        return back

    context = {"party": party, "back": back}
    return save_form(request, form, "dataflows/checklist_form.html", save, "The checklist is saved.", **context)
