"""The desk for requests of data subjects. Who asks is shown to those who work at it, to everybody else a reference."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from compliance.files.download import download
from compliance.ledger import Refused
from compliance.ledger.models import ERASED
from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state
from dataflows import services
from dataflows.forms.request import RequestFilter, SubjectRequestForm
from dataflows.models import DataItem, RequestStep, SubjectRequest
from dataflows.models.request import WORKED_ON
from dataflows.views.answer import save_form
from dataflows.views.request_steps import open_steps


def _clock(row: SubjectRequest) -> str:
    return row.clock(now_read())[0]


def _draw_clock(row: SubjectRequest, value: Any) -> SafeString:
    words, tone = row.clock(now_read())
    return state("clock", words, tone) if words else SafeString("")


REQUESTS = Register(
    key="requests",
    noun="request",
    title="Requests of data subjects",
    order="-reference",
    filterset=RequestFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("type", "Right", kind="main", sort="type"),
        Column("received_at", "Received", kind="day", sort="received_at"),
        Column("due_date", "Answer by", kind="day", sort="due_date"),
        Column("clock", "Clock", value=_clock, draw=_draw_clock),
        Column("state", "State", kind="state", sort="state"),
        Column("outcome", "Outcome", sort="outcome"),
        Column("app", "App", value="app.name", sort="app__name"),
        Column("handler", "Handled by", value="handler.name", sort="handler__name", shown=False),
        Column("channel", "Came by", sort="channel", shown=False),
        Column("days", "Days", kind="number", value=lambda row: row.days, shown=False),
    ),
    empty_title="No requests yet",
    empty_text="Whoever asks what you hold about them, or wants it mended or gone, has an answer within a month.",
)
LISTED = Rows(
    lambda scope: SubjectRequest.objects.filter(organisation=scope).select_related("organisation", "app", "handler"),
    scope=UUID,
)


@organisation_view("view", kind="request")
@require_safe
def requests(request: Request, organisation: Organisation) -> HttpResponse:
    more: dict[str, Any] = {}
    if request.can.edit:
        more = {"add_url": reverse("dataflows:request_add", args=[organisation.slug]), "add_label": "Take in a request"}
    return REQUESTS.respond(request, LISTED(scope=organisation.pk), template="dataflows/request_list.html", **more)


@organisation_view("view", kind="request")
@require_safe
def subject_request(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    return _show(request, _found(organisation, reference))


@organisation_view("edit", kind="request")
def request_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = SubjectRequestForm(request.POST or None, organisation=organisation, user=request.user)

    def save() -> SubjectRequest:
        return services.receive_request(organisation=organisation, by=request.user, **form.values())

    back = reverse("dataflows:requests", args=[organisation.slug])
    heading = "Take in a request"
    return save_form(request, form, "dataflows/form.html", save, "is taken in.", heading=heading, back=back)


@organisation_view("edit", kind="request")
def request_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _found(organisation, reference)
    form = SubjectRequestForm(request.POST or None, instance=found, organisation=organisation, user=request.user)

    def save() -> SubjectRequest:
        return services.change_request(request=found, by=request.user, **form.values())

    heading, back = f"Change {found.reference}", found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("edit", kind="request")
@require_POST
def request_places(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """What came of the places and recipients of the checklist, all in one."""
    found = _found(organisation, reference)
    results = {
        step.pk: (request.POST[f"result-{step.pk}"], request.POST.get(f"note-{step.pk}", "").strip())
        for step in found.steps.all()
        if f"result-{step.pk}" in request.POST
    }
    try:
        changed = services.settle_steps(request=found, results=results, by=request.user)
    except Refused as refused:
        return _show(request, found, wrong=str(refused), given=results)
    messages.success(request, f"{len(changed)} of the checklist saved." if changed else "Nothing was changed.")
    return redirect(found)


@organisation_view("edit", kind="request")
@require_safe
def request_reply(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """The answer as it is kept."""
    found = _found(organisation, reference)
    if found.reply is None:
        messages.error(request, f"{found.reference} has no answer yet.")
        return redirect(found)
    if found.reply_name == ERASED:
        messages.error(request, f"The answer to {found.reference} was erased on request; its hash is kept.")
        return redirect(found)
    ending = found.reply_name.rpartition(".")[2][:8] if "." in found.reply_name else "bin"
    name = f"{found.reference.lower()}-answer.{ending}"  # exports are in the history: no name of theirs there
    return download(found.reply, name)  # type: ignore[return-value]


def _show(request: Request, found: SubjectRequest, wrong: str = "", given: Any = None) -> HttpResponse:
    now = now_read()
    steps = list(found.steps.select_related("place__project", "place__party", "recipient"))
    for step in steps:
        if given and step.pk in given:
            step.result, step.note = given[step.pk]
    desk = request.can.edit
    names = dict(
        DataItem.objects.in_organisation(found.organisation)
        .filter(reference__in=found.items)
        .values_list("reference", "name")
    )
    context = {
        "asked": found,
        "desk": desk,
        "clock": found.clock(now),
        "late": found.is_open and found.due_at is not None and found.due_at < now,
        "data": [names.get(code, code) for code in found.items],
        "places": sorted((one for one in steps if one.place), key=lambda one: str(one.place)),
        "recipients": sorted((one for one in steps if one.recipient), key=lambda one: str(one.recipient)),
        "results": RequestStep.Result.choices,
        "settling": desk and found.state in WORKED_ON,
        "next_steps": open_steps(found, request),
        "wrong": wrong,
        "erased": found.reply_name == ERASED,
    }
    return render(request, "dataflows/request.html", context, status=422 if wrong else 200)


def _found(organisation: Organisation, reference: str) -> SubjectRequest:
    related = ("organisation", "app", "handler", "prepared_by", "checked_by", "reply")
    rows = SubjectRequest.objects.in_organisation(organisation).select_related(*related)
    return get_object_or_404(rows, reference=reference)
