"""Requests of data subjects: taken in, looked for on the flow map, changed, and their copies on the way in."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Organisation, Project
from controls.services.moves import now
from dataflows import deadlines
from dataflows.checklist import reach
from dataflows.models import DataItem, IntakeKey, RequestStep, SubjectRequest
from dataflows.models.request import OPEN, WORKED_ON
from dataflows.pseudonym import check_unnamed, unnamed
from dataflows.services.review import WrongState
from dataflows.services.saving import BadValue, assign, save

CHANGED = frozenset({"type", "app", "items"})
LONGEST_KEY = timedelta(days=366)


def receive_request(
    *, organisation: Organisation, by: User | str, received_at: datetime | None = None, reason: str = "", **facts: Any
) -> SubjectRequest:
    """Take a request in; its clock runs from its receipt. Raises BadValue."""
    request = SubjectRequest(organisation=organisation, edition=deadlines.rules().edition)
    with change(by=by, reason=reason or "Request received"):
        _assign(request, {**facts, "received_at": received_at or now()})
        request.began_at = request.received_at
        set_clock(request)
        save(request)
        follow_map(request)
    return request


@unnamed
def change_request(*, request: SubjectRequest, by: User, reason: str = "", **facts: Any) -> SubjectRequest:
    """Mend what was taken down while the request is open. Another receipt counts the clock anew. Raises BadValue."""
    if request.state not in OPEN:
        raise WrongState(f"{request.reference} is {request.get_state_display().lower()}: it is not changed any more.")
    before = {name: getattr(request, name) for name in CHANGED}
    with change(by=by, reason=reason):
        moved = "received_at" in facts and facts["received_at"] != request.received_at
        began_with_receipt = request.began_at == request.received_at
        _assign(request, facts)
        if moved and began_with_receipt and request.due_at:
            request.began_at = request.received_at
            set_clock(request)
        save(request)
        if any(getattr(request, name) != value for name, value in before.items()):
            follow_map(request)
    return request


def _assign(request: SubjectRequest, facts: Mapping[str, Any]) -> None:
    given = dict(facts)
    assign(request, given)
    if request.received_at > now() + timedelta(minutes=5):
        raise BadValue("Received: the moment is still to come.")
    if request.app and request.app.organisation_id != request.organisation_id:
        raise BadValue("App: choose one of the same organisation.")
    known = set(DataItem.objects.in_organisation(request.organisation).values_list("reference", flat=True))
    strange = [code for code in request.items if code not in known]
    if strange:
        raise BadValue(f"Data it is about: there is no {str(strange[0])[:20]!r}.")


def set_clock(request: SubjectRequest) -> None:
    """Put the end and its explanation from what the clock runs from."""
    found = deadlines.deadline(
        began=request.began_at,
        country=request.organisation.country,
        edition=request.edition,
        extended=request.is_extended,
        restarted=request.began_at != request.received_at,
    )
    request.due_at, request.why = found.due, found.why
    request.due_date = deadlines.seat_day(found.due, request.organisation.country)


def follow_map(request: SubjectRequest) -> None:
    """Put places and recipients the flows name onto the checklist; what was settled stays, the rest goes."""
    places, recipients = reach(request.organisation, request.app, request.items).ordered()
    if not request.tells_recipients:
        recipients = []
    kept = {step.place_id or step.recipient_id: step for step in request.steps.all()}
    wanted = {row.pk for row in (*places, *recipients)}
    for key, step in kept.items():
        if key not in wanted and step.result == RequestStep.Result.OPEN:
            step.delete()
    new = [RequestStep(place=place) for place in places if place.pk not in kept]
    new += [RequestStep(recipient=party) for party in recipients if party.pk not in kept]
    for step in new:
        step.request, step.organisation = request, request.organisation
    if new:
        RequestStep.objects.bulk_create(new)


@unnamed
def settle_steps(
    *, request: SubjectRequest, results: Mapping[Any, tuple[str, str]], by: User, reason: str = ""
) -> list[RequestStep]:
    """Say what came of places and recipients: (result, remark) by the step's id. Raises BadValue, WrongState.

    Places that turned up on the map since are put on the list at the same time.
    """
    if request.state not in WORKED_ON:
        raise WrongState(f"{request.reference} is {request.get_state_display().lower()}: places are searched before.")
    with change(by=by, reason=reason or "Searched"):
        changed = list(_settled(request.steps.select_related("place", "recipient"), results))
        for step in changed:
            check_unnamed(request, str(step.place or step.recipient), step.note)
        RequestStep.objects.bulk_update(changed, ["result", "note", "settled_at"])
        follow_map(request)
    return changed


def _settled(steps: Iterable[RequestStep], results: Mapping[Any, tuple[str, str]]) -> Iterable[RequestStep]:
    for step in steps:
        result, note = results.get(step.pk, (step.result, step.note))
        if (result, note) == (step.result, step.note):
            continue
        called = step.place or step.recipient
        if result not in RequestStep.Result.values:
            raise BadValue(f"{called}: choose what came of it.")
        if result == RequestStep.Result.EXEMPT and not note.strip():
            raise BadValue(f"{called}: say why it is exempt.")
        if len(note) > 300:
            raise BadValue(f"{called}: the remark is longer than 300 characters.")
        step.result, step.note = result, note.strip()
        step.settled_at = None if result == RequestStep.Result.OPEN else now()
        yield step


def open_intake(
    *, organisation: Organisation, label: str, by: User, app: Project | None = None, days: int = 365, reason: str = ""
) -> tuple[IntakeKey, str]:
    """Make a key a program hands requests in with, shown once and never again. Raises BadValue."""
    if not 1 <= days <= LONGEST_KEY.days:
        raise BadValue(f"Days: a key works for 1 to {LONGEST_KEY.days} days.")
    secret = f"assay_in_{secrets.token_urlsafe(32)}"
    key = IntakeKey(organisation=organisation, sha256=_hash(secret), expires_at=now() + timedelta(days=days))
    with change(by=by, reason=reason or "Intake opened"):
        assign(key, {"label": label, "app": app})
        if app and app.organisation_id != organisation.pk:
            raise BadValue("App: choose one of the same organisation.")
        save(key)
    return key, secret


@governed("Say why the key ends")
def end_intake(*, key: IntakeKey, by: User, reason: str) -> IntakeKey:
    """Let a key open nothing from now on."""
    if key.ended_at is not None:
        raise Refused(f"{key.reference} has ended already.")
    with change(by=by, reason=reason):
        key.ended_at = now()
        key.save()
    return key


def key_of(secret: str) -> IntakeKey | None:
    """The key in force a program shows, or None."""
    key = IntakeKey.objects.filter(sha256=_hash(secret)).select_related("organisation", "app").first()
    return key if key and key.holds(now()) else None


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
