"""The method: what is in force, its versions, drafting and approving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, Scope, organisation_view
from compliance.projects.models import Organisation, Project
from risks import services
from risks.forms.method import ApprovalForm, DraftForm, MethodForm
from risks.models import RiskMethod
from risks.pictures import counted
from risks.services.method import next_label
from risks.views.scopes import carried_out, scoped_view


@scoped_view("view")
@require_safe
def method(request: Request, scope: Scope) -> HttpResponse:
    """The version in force, or the way to the first one."""
    organisation = scope.organisation if isinstance(scope, Project) else scope
    return _page(request, organisation, RiskMethod.objects.in_force(organisation))


@organisation_view("view", kind="risk")
def method_version(request: Request, organisation: Organisation, label: str) -> HttpResponse:
    return _page(request, organisation, _version(organisation, label))


def _page(request: Request, organisation: Organisation, shown: RiskMethod | None) -> HttpResponse:
    context = {
        "method": shown,
        "picture": counted(shown, {}, "current") if shown else None,
        "bands": [shown.band(band["level"]) for band in reversed(shown.bands)] if shown else [],
        "versions": RiskMethod.objects.in_organisation(organisation).select_related("author", "approved_by"),
    }
    return render(request, "risks/method.html", context)


def _version(organisation: Organisation, label: str) -> RiskMethod:
    rows = RiskMethod.objects.in_organisation(organisation).select_related("author", "approved_by", "organisation")
    return get_object_or_404(rows, label=label)


@organisation_view("approve", kind="risk")
def method_draft(request: Request, organisation: Organisation) -> HttpResponse:
    base = RiskMethod.objects.in_force(organisation)
    size = {scale: len(getattr(base, scale)) if base else 5 for scale in ("likelihoods", "consequences")}
    initial = {"label": next_label(base.label) if base else "RM-1.0", **size}
    form = DraftForm(request.POST or None, initial=initial)
    if drafted := carried_out(request, form, services.draft_method, organisation=organisation):
        messages.success(request, f"{drafted.label} is drafted. Edit it; somebody else approves it.")
        return redirect(drafted)
    lead = f"A copy of {base.label}." if base else "A copy of the five by five, to be made your own."
    context = {"form": form, "heading": "Draft a version of the method", "save": "Draft it", "lead": lead}
    context["back_url"] = reverse("risks:method", args=[organisation.slug])
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)


@organisation_view("approve", kind="risk")
def method_edit(request: Request, organisation: Organisation, label: str) -> HttpResponse:
    row = _version(organisation, label)
    form = MethodForm(request.POST or None, method=row)
    if carried_out(request, form, services.revise_method, method=row):
        messages.success(request, f"{row.label} is saved.")
        return redirect(row)
    context = {"form": form, "method": row}
    return render(request, "risks/method_form.html", context, status=422 if form.errors else 200)


@organisation_view("approve", kind="risk")
def method_approve(request: Request, organisation: Organisation, label: str) -> HttpResponse:
    row = _version(organisation, label)
    form = ApprovalForm(request.POST or None)
    if carried_out(request, form, services.approve_method, method=row):
        messages.success(request, f"{row.label} is in force.")
        return redirect(row)
    lead = "From then on this version never changes; scores made under earlier versions keep theirs."
    context = {"form": form, "heading": f"Approve {row.label}", "save": "Put it in force", "lead": lead}
    context["back_url"] = row.get_absolute_url()
    return render(request, "risks/form.html", context, status=422 if form.errors else 200)
