"""The scope of the management systems: what holds, its versions, and how one is written and decided."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.access import organisation_view
from compliance.projects.models import Organisation
from compliance.projects.views.forms import attempt, posted
from controls.addresses import address
from controls.forms.applicability import ApprovalForm
from controls.forms.document import ScopeForm
from controls.models import ScopeState, ScopeStatement
from controls.services.scope import decide_scope, draft_scope, edit_scope, submit_scope

OPEN = (ScopeState.DRAFT, ScopeState.REVIEW)


def _versions(organisation: Organisation) -> list[ScopeStatement]:
    rows = ScopeStatement.objects.in_organisation(organisation).prefetch_related("projects__project")
    return list(rows.select_related("author", "approval__requested_by", "approval__decided_by", "organisation"))


def _page(request: HttpRequest, organisation: Organisation, shown: ScopeStatement | None) -> HttpResponse:
    versions = _versions(organisation)
    open_one = next((one for one in versions if one.state in OPEN), None)
    context = {
        "shown": next((one for one in versions if shown and one.pk == shown.pk), None),
        "versions": versions,
        "open": open_one,
        "overdue": shown and shown.state == "approved" and shown.review_date and shown.review_date < now_read().date(),
        "list_url": address(organisation, "documents"),
        "urls": {
            name: address(organisation, name) for name in ("scope", "scope_draft", "scope_submit", "scope_decide")
        },
    }
    return render(request, "controls/scope.html", context)


@organisation_view("view", kind="document")
@require_safe
def scope(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    rows = ScopeStatement.objects.in_organisation(organisation)
    return _page(request, organisation, rows.in_force().first() or rows.first())


@organisation_view("view", kind="document")
@require_safe
def scope_version(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    rows = ScopeStatement.objects.in_organisation(organisation)
    return _page(request, organisation, get_object_or_404(rows, reference=reference))


@organisation_view("edit", kind="document")
def scope_draft(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    rows = ScopeStatement.objects.in_organisation(organisation)
    draft = rows.filter(state=ScopeState.DRAFT).first()
    last = rows.in_force().first()
    initial: dict[str, Any] = {} if draft else {"statement": organisation.scope_statement}
    if last and not draft:
        initial = {name: getattr(last, name) for name in ScopeForm.Meta.fields if name != "summary"}
        initial["projects"] = list(last.projects.values_list("project", flat=True))
    form = ScopeForm(posted(request), organisation=organisation, instance=draft, initial=initial)
    by: Any = request.user

    def write() -> ScopeStatement:
        given: dict[str, Any] = {"texts": form.texts(), "projects": form.cleaned_data["projects"], "by": by}
        if draft:
            fresh = rows.get(pk=draft.pk)
            fresh.version = form.cleaned_data["version"]
            return edit_scope(scope=fresh, **given)
        return draft_scope(organisation=organisation, **given)

    if made := attempt(form, write):
        messages.success(request, f"{made.reference} saved as a draft.")
        return redirect(address(organisation, "scope_version", made.reference))
    context = {"form": form, "heading": "Scope", "cancel_url": address(organisation, "scope"), "multipart": False}
    context["list_url"] = address(organisation, "documents")
    return render(request, "controls/document_form.html", context, status=422 if form.errors else 200)


@organisation_view("edit", kind="document")
@require_POST
def scope_submit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    found = ScopeStatement.objects.in_organisation(organisation).filter(state__in=OPEN).first()
    by: Any = request.user
    if found is None:
        messages.error(request, "No version of the scope is being worked on.")
        return redirect(address(organisation, "scope"))
    try:
        submit_scope(scope=found, by=by)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found.reference} waits for approval by somebody else.")
    return redirect(address(organisation, "scope_version", found.reference))


@organisation_view("approve", kind="document")
def scope_decide(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    rows = ScopeStatement.objects.in_organisation(organisation).filter(state=ScopeState.REVIEW)
    found = rows.select_related("approval__requested_by", "author", "organisation").first()
    if found is None:
        messages.info(request, "No version of the scope waits for approval.")
        return redirect(address(organisation, "scope"))
    form = ApprovalForm(posted(request))
    by: Any = request.user

    def decide() -> ScopeStatement:
        approve = form.cleaned_data["verdict"] == "approve"
        return decide_scope(scope=found, approve=approve, by=by, reason=form.cleaned_data["reason"])

    if attempt(form, decide):
        messages.success(request, f"{found.reference} {'approved' if found.state == 'approved' else 'sent back'}.")
        return redirect(address(organisation, "scope_version", found.reference))
    context = {"form": form, "shown": found, "scope_url": address(organisation, "scope")}
    return render(request, "controls/scope_decide.html", context, status=422 if form.errors else 200)
