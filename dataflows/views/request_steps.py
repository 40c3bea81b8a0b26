"""The steps of a request, each a page with what it asks for. Which one is open follows from the state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from compliance.ledger import Refused
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from dataflows import services
from dataflows.forms.request import EndStep, ExtensionStep, IdentityStep, Reasoned, RefusalStep, ReplyStep, Step
from dataflows.models import SubjectRequest
from dataflows.models.request import OPEN, RequestState
from dataflows.views.answer import save_form

S = RequestState


@dataclass(frozen=True)
class Act:
    """A step: from which states, what it asks for, and the service that takes it."""

    label: str
    states: tuple[str, ...]
    form: type[Step]
    take: Callable[..., Any]
    note: str = ""


ACTS: Mapping[str, Act] = {
    "identity": Act("Begin the identity check", (S.RECEIVED,), Step, services.check_identity),
    "arrived": Act(
        "The requester answered",
        (S.WAITING_FOR_REQUESTER,),
        Step,
        services.check_identity,
        "Take this step when what was asked for arrives: if it was asked promptly, the month runs from then.",
    ),
    "confirm": Act("Confirm the identity", (S.IDENTITY_CHECK,), IdentityStep, services.confirm_identity),
    "ask": Act(
        "Ask the requester",
        (S.IDENTITY_CHECK,),
        Reasoned,
        services.ask_requester,
        "Only where there is reasonable doubt who is asking, and only for what is needed to be sure.",
    ),
    "reply": Act(
        "Put the answer forward",
        (S.IN_PROGRESS, S.EXTENDED),
        ReplyStep,
        services.prepare_reply,
        "Somebody else compares it with the checklist before it goes out.",
    ),
    "extend": Act("Extend by two months", (S.IN_PROGRESS,), ExtensionStep, services.extend_request),
    "sent": Act("The answer has gone out", (S.QUALITY_CHECK,), Step, services.answer_request),
    "close": Act("Close it", (S.ANSWERED, S.REFUSED), Reasoned, services.close_request),
    "end": Act("Set it aside", tuple(one for one in OPEN if one != S.QUALITY_CHECK), EndStep, services.close_request),
}
DECISIONS: Mapping[str, Act] = {
    "approve": Act("Approve the answer", (S.QUALITY_CHECK,), Reasoned, services.approve_reply),
    "back": Act("Send it back", (S.QUALITY_CHECK,), Reasoned, services.send_back_reply),
    "refuse": Act(
        "Refuse it", tuple(one for one in OPEN if one != S.QUALITY_CHECK), RefusalStep, services.refuse_request
    ),
}


def open_steps(found: SubjectRequest, request: Request) -> list[tuple[str, str]]:
    """Label and address of what this person may do next."""
    slug, rows = found.organisation.slug, []
    barred = {"approve"} if found.checked_by_id else {"sent"}
    if found.prepared_by_id == request.user.pk:
        barred |= {"approve", "back"}
    for page, acts, may in (
        ("request_step", ACTS, request.can.edit),
        ("request_decide", DECISIONS, request.can.approve),
    ):
        for key, act in acts.items():
            if may and found.state in act.states and key not in barred:
                rows.append((act.label, reverse(f"dataflows:{page}", args=[slug, found.reference, key])))
    return rows


@organisation_view("edit", kind="request")
def request_step(request: Request, organisation: Organisation, reference: str, step: str) -> HttpResponse:
    return _take(request, organisation, reference, ACTS.get(step))


@organisation_view("approve", kind="request")
def request_decide(request: Request, organisation: Organisation, reference: str, step: str) -> HttpResponse:
    return _take(request, organisation, reference, DECISIONS.get(step))


def _take(request: Request, organisation: Organisation, reference: str, act: Act | None) -> HttpResponse:
    rows = SubjectRequest.objects.in_organisation(organisation).select_related("organisation", "checked_by")
    found = get_object_or_404(rows, reference=reference)
    if act is None:
        raise Http404
    form = act.form(request.POST or None, request.FILES or None)

    def save() -> SubjectRequest:
        try:
            given = form.given()
        except ValidationError as wrong:
            raise Refused(" ".join(wrong.messages)) from wrong
        try:
            act.take(request=found, by=request.user, **given)
        finally:
            if "reply" in given:
                given["reply"].discard()
        return found

    words = {"heading": f"{found.reference}: {act.label}", "note": act.note, "submit": act.label}
    return save_form(request, form, "dataflows/form.html", save, "moved on.", back=found.get_absolute_url(), **words)
