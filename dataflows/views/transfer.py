"""Transfers of a flow."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from dataflows import services
from dataflows.forms import TransferForm
from dataflows.models import DataFlow, Transfer
from dataflows.views.answer import save_form, take_step


@project_view("edit", kind="flow")
def transfer_add(request: Request, project: Project, reference: str) -> HttpResponse:
    flow = get_object_or_404(DataFlow.objects.in_project(project).complete(), reference=reference)
    outside = [code for code in flow.countries_outside_eea() if code not in {t.country for t in flow.transfer_rows}]
    initial = {"country": outside[0]} if outside else {}
    form = TransferForm(request.POST or None, flow=flow, initial=initial)

    def save() -> DataFlow:
        services.record_transfer(flow=flow, by=request.user, **form.values())
        return flow

    heading, back = f"Transfer of {flow.reference}", flow.get_absolute_url()
    return save_form(
        request, form, "dataflows/form.html", save, "has the transfer.", heading=heading, back=back, flow=flow
    )


@project_view("edit", kind="flow")
def transfer(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _transfer(project, reference)
    form = TransferForm(request.POST or None, instance=found, flow=found.flow)

    def save() -> DataFlow:
        services.change_transfer(transfer=found, by=request.user, **form.values())
        return found.flow

    heading, back = f"{found.reference}, transfer of {found.flow.reference}", found.flow.get_absolute_url()
    return save_form(
        request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back, flow=found.flow
    )


@project_view("edit", kind="flow")
def transfer_remove(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _transfer(project, reference)
    steps, said = {"remove": services.remove_transfer}, {"remove": "The transfer is taken out."}
    return take_step(request, steps, found.flow.get_absolute_url(), said, transfer=found, by=request.user)


def _transfer(project: Project, reference: str) -> Transfer:
    rows = Transfer.objects.in_project(project).select_related("flow__project__organisation")
    return get_object_or_404(rows, reference=reference)
