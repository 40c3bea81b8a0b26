"""What is done about a risk."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from compliance.projects.access import Request
from controls.models import Implementation
from dataflows.models import DataFlow
from risks import services
from risks.forms.acceptance import RevokeForm
from risks.forms.asset import TouchForm, assets_of
from risks.forms.register import ControlForm, StepForm
from risks.forms.treatment import ActionForm, ReplanForm, TreatmentForm
from risks.models import Risk, RiskTreatment, TreatmentAction
from risks.services.treatment import ACTION_MOVES
from risks.views.scopes import carried_out, form_page, one_of, risk_view


@risk_view("edit")
def treat(request: Request, risk: Risk) -> HttpResponse:
    asked = request.GET.get("option", "")
    held = risk.treatments.filter(option=asked).first() if asked in RiskTreatment.Option.values else None
    initial = {"option": held.option, "rationale": held.rationale} if held else {}
    form = TreatmentForm(request.POST or None, initial=initial)
    if carried_out(request, form, services.treat_risk, risk=risk):
        messages.success(request, f"The treatment of {risk.reference} is saved.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Treat {risk.reference}", save="Save the option")


@risk_view("edit")
def withdraw(request: Request, risk: Risk, option: str) -> HttpResponse:
    treatment = one_of(risk.treatments.all(), option=option)
    form = RevokeForm(request.POST or None)
    if carried_out(request, form, services.withdraw_treatment, treatment=treatment):
        messages.success(request, f"{treatment} is no longer an option for {risk.reference}.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Withdraw {treatment.word.lower()}", save="Withdraw the option")


@risk_view("edit")
def action_add(request: Request, risk: Risk, option: str) -> HttpResponse:
    treatment = one_of(risk.treatments.all(), option=option)
    form = ActionForm(request.POST or None, scope=risk.scope)
    if carried_out(request, form, services.plan_action, treatment=treatment):
        messages.success(request, "The action is planned.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Add an action to {risk.reference}", save="Plan the action")


def _action(risk: Risk, reference: str) -> TreatmentAction:
    return one_of((one for treatment in risk.treatments.all() for one in treatment.actions.all()), reference=reference)


@risk_view("edit")
def action_replan(request: Request, risk: Risk, action: str) -> HttpResponse:
    row = _action(risk, action)
    initial = {"title": row.title, "owner": row.owner, "due_date": row.due_date}
    form = ReplanForm(request.POST or None, scope=risk.scope, initial=initial)
    if carried_out(request, form, services.replan_action, action=row):
        messages.success(request, f"{row.reference} is planned anew.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Plan {row.reference} anew", save="Save")


@risk_view("edit")
def action_move(request: Request, risk: Risk, action: str, to: str) -> HttpResponse:
    row = _action(risk, action)
    known = dict(TreatmentAction.Status.choices)
    form = StepForm(request.POST or None, verb="action")
    if carried_out(request, form, services.move_action, action=row, to=to):
        messages.success(request, f"{row.reference} is {row.get_status_display().lower()}.")
        return redirect(risk)
    label = known.get(to, to)
    allowed = to in ACTION_MOVES[row.status]
    lead = row.title if allowed else f"{row.title}: {row.get_status_display().lower()} now."
    return form_page(request, risk, form, heading=f"{row.reference}: {label.lower()}", save=label, lead=lead)


@risk_view("edit")
def control_link(request: Request, risk: Risk) -> HttpResponse:
    rows = Implementation.objects.in_organisation(risk.organisation)
    rows = (rows.for_project(risk.project) if risk.project_id else rows.shared()).live().select_related("control")
    linked = [link.implementation_id for link in risk.controls.all()]
    form = ControlForm(request.POST or None, choices=rows.exclude(pk__in=linked).order_by("reference"))
    if carried_out(request, form, services.link_control, risk=risk):
        messages.success(request, "The control is linked.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Link a control to {risk.reference}", save="Link")


@risk_view("edit")
def touch(request: Request, risk: Risk) -> HttpResponse:
    """Say which asset or data flow the risk touches."""
    held = {link.thing.pk for link in risk.links.all()}
    flows = DataFlow.objects.in_organisation(risk.organisation).exclude(state=DataFlow.State.RETIRED)
    flows = flows.in_project(risk.project) if risk.project else flows
    rows = [*assets_of(risk.scope), *(flows.order_by("reference")[:500] if request.can.flow.view else ())]
    form = TouchForm(request.POST or None, things={str(one.pk): one for one in rows if one.pk not in held})
    if carried_out(request, form, services.link_thing, risk=risk):
        messages.success(request, "Linked.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"What {risk.reference} touches", save="Link")


@risk_view("edit")
def untouch(request: Request, risk: Risk, thing: str) -> HttpResponse:
    link = next((one for one in risk.links.all() if one.thing.reference == thing), None)
    if link is None:
        raise Http404
    form = RevokeForm(request.POST or None)
    if carried_out(request, form, services.unlink_thing, link=link):
        messages.success(request, f"{thing} is no longer linked.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Unlink {thing} from {risk.reference}", save="Unlink")


@risk_view("edit")
def control_unlink(request: Request, risk: Risk, implementation: str) -> HttpResponse:
    link = one_of(risk.controls.all(), implementation_reference=implementation)
    form = RevokeForm(request.POST or None)
    if carried_out(request, form, services.unlink_control, link=link):
        messages.success(request, f"{implementation} is no longer linked.")
        return redirect(risk)
    heading = f"Unlink {implementation} from {risk.reference}"
    return form_page(request, risk, form, heading=heading, save="Unlink", lead=str(link.implementation))
