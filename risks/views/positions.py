"""Scoring a risk."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from compliance.projects.access import Request
from risks import services
from risks.forms.positions import PositionForm
from risks.models import Risk, RiskMethod, RiskPosition
from risks.views.scopes import carried_out, form_page, risk_view

LEADS = {
    "inherent": "As if no control were in place. It shows what the controls are worth.",
    "current": "As it is today, counting only controls that are implemented and work.",
    "residual": "As it will be when the treatment plan is done: the target. It counts as reached only once the "
    "current position is assessed there.",
}


@risk_view("edit")
def assess(request: Request, risk: Risk, kind: str) -> HttpResponse:
    if kind not in LEADS:
        raise Http404
    heading = f"{RiskPosition.Kind(kind).label} position of {risk.reference}"
    method = RiskMethod.objects.in_force(risk.organisation)
    if method is None:
        messages.error(request, "No risk method is in force: approve one before scoring.")
        return redirect(risk)
    held = risk.position(kind)
    initial = {name: getattr(held, name, None) for name in ("likelihood", "consequence", "rationale")}
    if held is not None and held.dimensions:
        initial |= {"dimensions": held.dimensions, "consequence": None}
    form = PositionForm(request.POST or None, method=method, initial=initial)
    if carried_out(request, form, services.assess_risk, risk=risk, kind=kind):
        messages.success(request, f"The {kind} position of {risk.reference} is saved.")
        return redirect(risk)
    lead = f"{LEADS[kind]} Scored by {method.label}."
    return form_page(request, risk, form, heading=heading, save="Save the score", lead=lead)
