"""What transfers rest on, what would be left without it, and what is done when it falls."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation, Project
from dataflows import services, vocabulary
from dataflows.falling import Basis, affected, basis_of, what_may_fall
from dataflows.forms import FallForm
from dataflows.models import Contract, DataFlow, FallCase, MechanismFall, Party, Transfer
from dataflows.services.review import WrongState
from dataflows.views.answer import save_form, take_step


@organisation_view("view", kind="flow")
@require_safe
def falls(request: Request, organisation: Organisation) -> HttpResponse:
    """Everything flows rest on, how many, and until when it holds; what fell stands on top."""
    today, mine = now_read().date(), _mine(request, organisation)
    transfers = Transfer.objects.filter(project__in=mine).exclude(flow__state=DataFlow.State.RETIRED)
    transfers = transfers.select_related("importer__organisation", "flow").order_by("country", "reference")
    contracts = Contract.objects.in_organisation(organisation).in_force(today).select_related("party__organisation")
    context = {
        "rows": _rows(list(transfers), contracts.order_by("party__name", "reference")),
        "falls": MechanismFall.objects.in_organisation(organisation).select_related("organisation", "party"),
        "open_cases": _open(organisation, mine),
        "list_source": vocabulary.adequacy_source(),
    }
    return render(request, "dataflows/falls.html", context)


def _rows(transfers: list[Transfer], contracts: Any) -> list[dict[str, Any]]:
    from dataflows.falling import rests_on

    rows = []
    for basis in what_may_fall(transfers, contracts):
        used = [one for one in transfers if not basis.contract and rests_on(one, basis)]
        spare = all(one.fallback_mechanism for one in used) if used else False
        rows.append({"basis": basis, "flows": len({one.flow_id for one in used}), "ends": _ends(basis), "spare": spare})
    return rows


def _ends(basis: Basis) -> Any:
    """The day after which it is known not to hold."""
    if basis.contract:
        return basis.contract.expires_date
    if basis.kind == MechanismFall.Kind.CERTIFICATE and basis.party:
        return basis.party.framework_until_date
    decision = vocabulary.adequate(basis.country, now_read().date()) if basis.country else None
    return decision.expires_date if decision else None


def _open(organisation: Organisation, mine: Any) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for key in FallCase.objects.filter(project__in=mine, action="").values_list("fall_id", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


@organisation_view("view", kind="flow")
@require_safe
def affected_by(request: Request, organisation: Organisation, basis: str) -> HttpResponse:
    """What would be left without it, before anything is recorded."""
    found = _basis(organisation, basis)
    return render(request, "dataflows/affected.html", _affected(request, organisation, found))


def _affected(request: Request, organisation: Organisation, basis: Basis) -> dict[str, Any]:
    flows = affected(organisation, basis, _mine(request, organisation))
    parties = {stop.node.party.pk: stop.node.party for flow, _ in flows for stop in flow.stop_rows if stop.node.party}
    parties |= {one.importer.pk: one.importer for _, rows in flows for one in rows if one.importer}
    return {
        "basis": basis,
        "rows": flows,
        "parties": _concerned(basis, flows, list(parties.values())),
        "records": list({flow.activity.pk: flow.activity for flow, _ in flows if flow.activity}.values()),
        "projects": list({flow.project.pk: flow.project for flow, _ in flows}.values()),
        "bare": sum(1 for _, rows in flows if not rows or not all(one.fallback_mechanism for one in rows)),
    }


def _concerned(basis: Basis, flows: Any, parties: list[Party]) -> list[Party]:
    """The parties it is about: importers, those in the country, or the one whose contract or certificate it is."""
    own = basis.party or (basis.contract.party if basis.contract else None)
    if own:
        return [own]
    importers = {one.importer_id for _, rows in flows for one in rows}
    found = [one for one in parties if one.pk in importers or (basis.country and one.country == basis.country)]
    return sorted(found, key=lambda one: one.name)


@organisation_view("edit", kind="flow")
def fall_add(request: Request, organisation: Organisation, basis: str) -> HttpResponse:
    found = _basis(organisation, basis)
    form = FallForm(request.POST or None, initial={"fell_date": now_read().date()})

    def save() -> MechanismFall:
        return services.record_fall(organisation=organisation, basis=found, by=request.user, **form.cleaned_data)

    context = {
        "heading": f"{found.title} falls",
        "back": reverse("dataflows:affected_by", args=[organisation.slug, found.key]),
        "note": "Every flow that rests on it gets a line of its own and blocks packs from that day until it is mended.",
    }
    return save_form(request, form, "dataflows/form.html", save, "is recorded.", **context)


@organisation_view("view", kind="flow")
@require_safe
def fall(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """What fell, and what is done flow by flow."""
    found = _fall(organisation, reference)
    related = ("flow__project__organisation", "flow__activity__organisation")
    cases = list(found.cases.filter(project__in=_mine(request, organisation)).select_related(*related))
    flows = DataFlow.objects.complete().in_bulk([one.flow_id for one in cases])
    rows = [(case, flows[case.flow_id]) for case in cases]
    context = {
        "fall": found,
        "rows": rows,
        "open": sum(1 for case in cases if not case.action),
        "actions": [choice for choice in FallCase.Action.choices if choice[0]],
        "day": now_read().date(),
    }
    return render(request, "dataflows/fall.html", context)


@organisation_view("edit", kind="flow")
def fall_settle(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _fall(organisation, reference)
    if request.method != "POST":
        return redirect(found)
    cases = found.cases.filter(project__in=_mine(request, organisation)).select_related("flow__project__organisation")

    def settle(reason: str) -> None:
        case = cases.filter(flow__reference=request.POST.get("flow", "")).first()
        if case is None:
            raise WrongState("Choose one of the flows on the page.")
        services.settle_case(case=case, action=request.POST.get("action", ""), by=request.user, reason=reason)

    return take_step(request, {"settle": settle}, found.get_absolute_url(), {"settle": "What was done is recorded."})


def _mine(request: Request, organisation: Organisation) -> Any:
    return Project.objects.in_organisation(organisation).visible_to(request.user)


def _basis(organisation: Organisation, key: str) -> Basis:
    found = basis_of(organisation, key)
    if found is None:
        raise Http404("Nothing of that name is on record.")
    return found


def _fall(organisation: Organisation, reference: str) -> MechanismFall:
    rows = MechanismFall.objects.in_organisation(organisation).select_related("organisation", "party", "contract")
    return get_object_or_404(rows, reference=reference)
