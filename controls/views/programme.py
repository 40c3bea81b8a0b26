"""The audit programme: its audits, what they cover, its approval."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.approvals.models import Approval
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.projects.views.forms import attempt, form_page, posted
from controls.addresses import address
from controls.audit_coverage import coverage_of
from controls.forms.audit import ProgrammeForm, VerdictForm
from controls.models import Audit, AuditProgramme
from controls.services.audit import (
    PURPOSE,
    close_programme,
    decide_programme,
    plan_programme,
    programme_facts,
    submit_programme,
)
from controls.views.scopes import people_of
from controls.views.steps import Step, offered, step_page

STEPS = (
    Step(
        "submit",
        "Put forward for approval",
        frozenset({"draft", "approved", "running"}),
        lambda row, data, by: submit_programme(programme=row, by=by, **data),
    ),
    Step(
        "close",
        "Close the programme",
        frozenset({"approved", "running"}),
        lambda row, data, by: close_programme(programme=row, by=by, **data),
    ),
)
DECISIONS = (
    Step(
        "decide",
        "Decide",
        frozenset({"draft", "approved", "running"}),
        lambda row, data, by: decide_programme(programme=row, approve=data["verdict"], by=by, reason=data["reason"]),
        form=VerdictForm,
        intro="Yes approves the programme with its audits as they stand; no sends it back.",
    ),
)


@organisation_view("view", kind="audit")
@require_safe
def programmes(request: Request, organisation: Organisation) -> HttpResponse:
    """Every programme, the newest with its coverage."""
    rows = AuditProgramme.objects.in_organisation(organisation).select_related("owner")
    urls = {"add": address(organisation, "programme_add"), "audits": address(organisation, "audits")}
    return render(request, "controls/programme_list.html", {"programmes": rows, "urls": urls})


@organisation_view("view", kind="audit")
@require_safe
def programme(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """One programme: audits, coverage as picture and table, approval."""
    found = _one(organisation, reference)
    rows = Audit.objects.filter(programme=found).select_related("project", "organisation")
    audits = list(rows.order_by("start_date", "reference"))
    approvals = list(Approval.objects.of(found, PURPOSE).select_related("requested_by", "decided_by")[:5])
    granted = next((one for one in approvals if one.state == "approved"), None)
    context: dict[str, Any] = {
        "programme": found,
        "audits": audits,
        "coverage": coverage_of(audits),
        "approvals": approvals,
        "outdated": granted is not None and granted.is_outdated(programme_facts(found)),
        "waiting": any(one.state == "requested" for one in approvals),
        "steps": offered(found, STEPS, address(organisation, "programme_next", reference), request.user),
        "decide_url": address(organisation, "programme_decide", reference),
        "list_url": address(organisation, "programmes"),
    }
    return render(request, "controls/programme.html", context)


@organisation_view("edit", kind="audit")
def programme_add(request: Request, organisation: Organisation) -> HttpResponse:
    """Begin a programme."""
    form = ProgrammeForm(posted(request), people=people_of(organisation))
    made = attempt(form, lambda: plan_programme(organisation=organisation, by=request.user, **form.cleaned_data))
    back = address(organisation, "programmes")
    if made:
        return redirect(address(organisation, "programme", made.reference))
    return form_page(request, form, heading="Plan a programme", cancel=back, crumbs=[("Programmes", back)])


@organisation_view("edit", kind="audit")
def programme_next(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Put it forward, or close it."""
    back = address(organisation, "programme", reference)
    return step_page(request, _one(organisation, reference), STEPS, back=back, crumb=reference)


@organisation_view("approve", kind="audit")
def programme_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Approve it, or send it back."""
    back = address(organisation, "programme", reference)
    return step_page(request, _one(organisation, reference), DECISIONS, back=back, crumb=reference)


def _one(organisation: Organisation, reference: str) -> AuditProgramme:
    rows = AuditProgramme.objects.in_organisation(organisation).select_related("owner", "organisation")
    found: AuditProgramme = get_object_or_404(rows, reference=reference)
    return found
