"""The risk to people of a risk: the judgement, the officer's opinion, and why it is not followed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from compliance.projects.access import Request
from compliance.projects.forms import ReasonForm
from risks import services
from risks.forms.people import OpinionForm, PeopleForm
from risks.models import Risk
from risks.services.people import proposed_severity
from risks.views.scopes import carried_out, form_page, risk_view


@risk_view("edit")
def people(request: Request, risk: Risk) -> HttpResponse:
    form = PeopleForm(request.POST or None, risk=risk, proposal=proposed_severity(risk))
    if carried_out(request, form, services.assess_people, risk=risk):
        messages.success(request, "The risk to people is saved.")
        return redirect(risk)
    lead = "Harm to the people whose data it is, judged apart from harm to the organisation. The two are never merged."
    return form_page(request, risk, form, heading=f"Risk to people of {risk.reference}", save="Save", lead=lead)


@risk_view("approve", kind="flow")
def opinion(request: Request, risk: Risk) -> HttpResponse:
    """The data protection officer's."""
    form = OpinionForm(request.POST or None)
    if carried_out(request, form, services.opine, risk=risk):
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Opinion on {risk.reference}", save="Give the opinion")


@risk_view("approve")
def deviation(request: Request, risk: Risk) -> HttpResponse:
    """Why the opinion is not followed."""
    form = ReasonForm(request.POST or None)
    if carried_out(request, form, services.deviate, risk=risk):
        return redirect(risk)
    return form_page(request, risk, form, heading="Not following the opinion", save="Write it down")
