"""Requests for evidence: who is asked for what, by when, and what came of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import ScopedRows
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day
from controls.addresses import address
from controls.forms.request import ReasonForm, RequestFilter, RequestForm
from controls.models import EvidenceRequest, RequestState
from controls.services.request import request_evidence, update_request, waive_request, withdraw_request
from controls.views.scopes import in_both, is_uuid, owned, people_of, visible


def due(row: EvidenceRequest, value: date) -> str:
    """The day, marked when it passed without an answer."""
    late = row.is_late(now_read().date())
    said = f"{day(value)}{', overdue' if late else ''}"
    return format_html('<span class="nowrap{}">{}</span>', " overdue" if late else "", said)


REQUESTS = Register(
    key="evidence-requests",
    noun="request",
    title="Requests for evidence",
    order="due_date",
    filterset=RequestFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Asked for", kind="main", sort="title"),
        Column("state", "State", kind="state", sort="state"),
        Column("due_date", "Due", kind="day", sort="due_date", draw=due),
        Column("assignee", "Asked of", value="assignee.name", sort="assignee__name"),
        Column("implementation", "Control", value="implementation.reference", sort="implementation__reference"),
        Column("recurrence", "How often", sort="recurrence"),
        Column("project", "For", value=lambda row: row.project or row.organisation, sort="project__name"),
        Column("requested_by", "Asked by", value="requested_by.name", shown=False),
    ),
    empty_title="Nothing has been asked for yet",
    empty_text="Ask a colleague for evidence by a day: they find it among their tasks and answer by uploading.",
)


RELATED = ("assignee", "requested_by", "implementation", "project", "organisation")
LISTED = ScopedRows(EvidenceRequest, lambda rows: rows.select_related(*RELATED))


def _requests(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return REQUESTS.respond(
        request,
        lambda: LISTED(scope),
        url=lambda row: address(scope, "request", row.reference),
        template="controls/request_list.html",
        add_url=address(scope, "request_add") if request.can.edit else "",  # type: ignore[attr-defined]
        add_label="Ask for evidence",
    )


def _request(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    rows = visible(scope, EvidenceRequest)
    related = ("assignee", "requested_by", "waived_by", "implementation__control", "requirement__edition", "follows")
    asked = get_object_or_404(rows.select_related(*related, "project", "organisation"), reference=reference)
    answers = asked.answers.with_standing(now_read().date()).select_related("evidence", "submitted_by", "blob")
    home = asked.project or asked.organisation
    context = {
        "asked": asked,
        "late": asked.is_late(now_read().date()),
        "answers": [
            {"version": one, "url": address(scope, "evidence_item", one.evidence.reference)} for one in answers
        ],
        "next": EvidenceRequest.objects.filter(follows=asked).first(),
        "changeable": isinstance(scope, Organisation) or asked.project_id == scope.pk,
        "urls": {
            "list": address(scope, "requests"),
            "answer": f"{address(home, 'evidence_add')}?request={reference}",
            **{name: address(scope, f"request_{name}", reference) for name in ("edit", "waive", "withdraw")},
        },
    }
    return render(request, "controls/request.html", context)


def _add(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    wanted = request.GET.get("implementation", "")
    initial = {"implementation": wanted if is_uuid(wanted) else None, "assignee": request.user.pk}
    form = RequestForm(request.POST or None, scope=scope, people=people_of(scope), initial=initial)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            made = request_evidence(scope=scope, by=by, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.reference} asked of {made.assignee}.")
            return redirect(address(scope, "request", made.reference))
    return _page(request, form, "Ask for evidence", address(scope, "requests"), "Ask")


def _edit(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    asked = get_object_or_404(owned(scope, EvidenceRequest), reference=reference)
    form = RequestForm(request.POST or None, instance=asked, scope=scope, people=people_of(scope))
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            update_request(request=asked, by=by, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{reference} saved.")
            return redirect(address(scope, "request", reference))
    return _page(request, form, f"Edit {reference}", address(scope, "request", reference), "Save")


def _ending(request: HttpRequest, scope: Organisation | Project, reference: str, state: str) -> HttpResponse:
    """Waive or withdraw."""
    asked = get_object_or_404(owned(scope, EvidenceRequest), reference=reference)
    waive = state == RequestState.WAIVED
    form = ReasonForm(request.POST or None)
    back = address(scope, "request", reference)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            (waive_request if waive else withdraw_request)(request=asked, by=by, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{reference} {state}.")
            return redirect(back)
    verb = "Waive" if waive else "Withdraw"
    text = "Do without the evidence this time; a recurring request goes on." if waive else "Stop asking, for good."
    return _page(request, form, f"{verb} {reference}", back, verb, text)


def _page(request: HttpRequest, form: Any, heading: str, back_url: str, button: str, text: str = "") -> HttpResponse:
    context = {"form": form, "heading": heading, "back_url": back_url, "button": button, "text": text}
    return render(request, "controls/step_form.html", context, status=422 if form.errors else 200)


def _waive(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    return _ending(request, scope, reference, RequestState.WAIVED)


def _withdraw(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    return _ending(request, scope, reference, RequestState.WITHDRAWN)


requests = in_both("view", kind="evidence")(require_safe(_requests))
request = in_both("view", kind="evidence")(require_safe(_request))
request_add = in_both("edit", kind="evidence")(_add)
request_edit = in_both("edit", kind="evidence")(_edit)
request_waive = in_both("approve", kind="evidence")(_waive)
request_withdraw = in_both("edit", kind="evidence")(_withdraw)
