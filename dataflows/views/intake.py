"""Requests handed in by programs, and the keys they show. A program learns the reference and the day, nothing else."""

import json
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from compliance.accounts.access import public_view
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation
from dataflows import services
from dataflows.forms.request import IntakeForm
from dataflows.models import IntakeKey
from dataflows.models.request import Channel, RequestType
from dataflows.views.answer import take_step

MOST_BYTES, AN_HOUR, SECONDS = 64 * 1024, 120, 3600
WORDS = {"name": "requester_name", "contact": "requester_contact", "text": "wish"}


@organisation_view("approve", kind="request")
def intake(request: Request, organisation: Organisation) -> HttpResponse:
    """The keys of an organisation; a new one is shown this once."""
    form = IntakeForm(request.POST or None, organisation=organisation, user=request.user)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = services.open_intake(organisation=organisation, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            form = IntakeForm(organisation=organisation, user=request.user)
    now = now_read()
    rows = IntakeKey.objects.in_organisation(organisation).select_related("app").order_by("-reference")[:100]
    context = {
        "form": form,
        "secret": secret,
        "rows": [(row, row.holds(now)) for row in rows],
        "address": request.build_absolute_uri(reverse("dataflows:intake_api")),
        "types": RequestType.choices,
        "channels": Channel.choices,
    }
    return render(request, "dataflows/intake.html", context, status=422 if form.errors else 200)


@organisation_view("approve", kind="request")
def intake_end(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    key = get_object_or_404(IntakeKey.objects.in_organisation(organisation), reference=reference)
    back = reverse("dataflows:intake", args=[organisation.slug])

    def end(reason: str) -> None:
        services.end_intake(key=key, by=request.user, reason=reason)

    return take_step(request, {"end": end}, back, {"end": f"{key.reference} opens nothing any more."})


@csrf_exempt  # no session is asked: the key is in a header no page can make a browser send
@public_view
@require_POST
def intake_api(request: HttpRequest) -> HttpResponse:
    """Take in one request: JSON with `type`; `channel`, `name`, `contact` and `text` are optional."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = services.key_of(secret.strip()) if kind == "Bearer" else None
    if key is None:
        return _answer(401, "Show a key in force: Authorization: Bearer assay_in_…")
    if not _is_within(key):
        return _answer(429, "Too many requests with this key: wait an hour.")
    try:
        made = services.receive_request(
            organisation=key.organisation,
            by=f"intake {key.reference}",
            reason=f"Handed in with {key.reference}",
            app=key.app,
            **_facts(request),
        )
    except Refused as refused:
        return _answer(422, str(refused))
    return JsonResponse({"reference": made.reference, "answer_by": made.due_date}, status=201)


def _facts(request: HttpRequest) -> dict[str, Any]:
    """What the program says, by the names of the fields. Raises Refused."""
    if len(request.body) > MOST_BYTES:
        raise Refused("The body is longer than 64 kB.")
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("The body is not JSON.") from None
    if not isinstance(said, dict):
        raise Refused("The body is not an object.")
    strange = sorted(set(said) - {"type", "channel", *WORDS})
    if strange:
        raise Refused(f"{strange[0][:40]}: there is no such field. Known: type, channel, {', '.join(WORDS)}.")
    if wrong := next((name for name, value in said.items() if not isinstance(value, str) or "\0" in value), ""):
        raise Refused(f"{wrong}: give text.")
    return {"type": said.get("type", ""), "channel": said.get("channel", Channel.FORM)} | {
        field: said.get(name, "") for name, field in WORDS.items()
    }


def _is_within(key: IntakeKey) -> bool:
    """Counted in the shared cache, per key and hour."""
    name = f"intake:{key.pk}:{int(now_read().timestamp()) // SECONDS}"
    cache.add(name, 0, SECONDS)
    return cache.incr(name) <= AN_HOUR


def _answer(status: int, error: str) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)
