"""Erasing personal data from the history of one record: chosen, shown in full, confirmed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.ledger.models import Redaction
from compliance.ledger.redaction import held, redact
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.services.people import managed_organisations
from compliance.timeline.forms import RedactionForm
from compliance.timeline.views.pages import record_entries, scope_url


@organisation_view("manage", kind="ledger")
def organisation_redact(request: Request, organisation: Organisation, model: str, record: Any) -> HttpResponse:
    return _redact(request, model, record)


@project_view("manage", kind="ledger")
def project_redact(request: Request, project: Project, model: str, record: Any) -> HttpResponse:
    return _redact(request, model, record)


def _redact(request: Request, model: str, record: Any) -> HttpResponse:
    known, _ = record_entries(request, model, record)
    if known is Redaction:
        raise Http404
    _check_reach(request, known, record)
    form = RedactionForm(request.POST if request.method == "POST" else None, held=held(known, record))
    confirming = form.is_bound and form.is_valid()
    if confirming and "confirmed" in request.POST:
        given = form.cleaned_data
        try:
            made = redact(
                model=known,
                key=record,
                fields=given["fields_chosen"],
                ground=given["ground"],
                by=request.user,
                reason=given["reason"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            confirming = False
        else:
            messages.success(request, f"Erased for good: {', '.join(one.reference for one in made)}.")
            return redirect(scope_url(request.scope, "record", known._meta.label_lower, record))
    context = {
        "form": form,
        "confirming": confirming,
        "what": known._meta.verbose_name,
        "record_url": scope_url(request.scope, "record", known._meta.label_lower, record),
        "back_url": scope_url(request.scope, ""),
    }
    return render(request, "timeline/redact.html", context, status=422 if form.errors else 200)


def _check_reach(request: Request, model: Any, record: Any) -> None:
    """A person's own data reaches into every organisation they work in: whoever manages all of them, or an operator."""
    if model is not User or request.user.is_operator:
        return
    elsewhere = Membership.objects.filter(user_id=record).exclude(organisation__in=managed_organisations(request.user))
    if elsewhere.exists():
        raise PermissionDenied("This person also works elsewhere: ask the operator of this installation.")
