"""Asking for acceptance, deciding, taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from compliance.projects.access import Request
from risks import services
from risks.forms.acceptance import DecisionForm, RequestForm, RevokeForm
from risks.models import Risk, RiskAcceptance
from risks.reading import facts_of
from risks.views.scopes import carried_out, form_page, one_of, risk_view


@risk_view("edit", kind="acceptance")
def acceptance_request(request: Request, risk: Risk) -> HttpResponse:
    current = risk.current
    band = current.method.band(current.level) if current else None
    form = RequestForm(request.POST or None, band=band, initial={"kind": RiskAcceptance.Kind.RESIDUAL})
    if carried_out(request, form, services.request_acceptance, risk=risk):
        messages.success(request, f"Asked for. Somebody else with the authority decides on {risk.reference}.")
        return redirect(risk)
    context = {
        "risk": risk,
        "form": form,
        "heading": f"Ask for acceptance of {risk.reference}",
        "save": "Ask for acceptance",
        "current": current,
        "band": band,
    }
    return render(request, "risks/acceptance_form.html", context, status=422 if form.errors else 200)


@risk_view("approve", kind="acceptance")
def acceptance_decide(request: Request, risk: Risk, acceptance: str) -> HttpResponse:
    row = one_of(risk.acceptances.all(), reference=acceptance)
    form = DecisionForm(request.POST or None)
    service = services.accept_risk if form["decision"].data == "accept" else services.reject_acceptance
    if carried_out(request, form, service, acceptance=row):
        messages.success(request, f"{row.reference} is {row.get_state_display().lower()}.")
        return redirect(risk)
    context = {
        "risk": risk,
        "form": form,
        "heading": f"Decide on {row.reference}",
        "save": "Decide",
        "acceptance": row,
        "current": risk.current,
        "band": row.method.band(row.level),
        "changed": row.changed(facts_of(risk)),
    }
    return render(request, "risks/acceptance_form.html", context, status=422 if form.errors else 200)


@risk_view("edit", kind="acceptance")
def acceptance_revoke(request: Request, risk: Risk, acceptance: str) -> HttpResponse:
    row = one_of(risk.acceptances.all(), reference=acceptance)
    form = RevokeForm(request.POST or None)
    if carried_out(request, form, services.revoke_acceptance, acceptance=row):
        messages.success(request, f"{row.reference} is revoked.")
        return redirect(risk)
    standing = row.standing(facts_of(risk), timezone.now().date())
    lead = f"{row.get_kind_display()}, {standing} now. Revoking it leaves {risk.reference} without it."
    return form_page(request, risk, form, heading=f"Revoke {row.reference}", save="Revoke", lead=lead)
