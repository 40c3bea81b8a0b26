"""Evidence is asked for here, answered through `services.evidence`, and asked for again where that was agreed."""

from calendar import monthrange
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Membership, Organisation, Project
from controls.addresses import split
from controls.models import (
    MONTHS,
    REQUEST_MOVES,
    EvidenceRequest,
    EvidenceState,
    EvidenceVersion,
    Recurrence,
    RequestState,
    Status,
)

CHANGEABLE = {"title", "instruction", "example", "kind", "assignee", "due_date", "recurrence"}
MOST_ROUNDS = 60  # what an installation catches up with that stood still


class CannotEnd(Refused):
    """The request cannot be ended this way, or not by this person."""


def request_evidence(
    *,
    scope: Organisation | Project,
    title: str,
    instruction: str,
    assignee: User,
    due_date: date,
    by: User,
    reason: str = "",
    **details: Any,
) -> EvidenceRequest:
    """Ask somebody for evidence by a day; `implementation` or `requirement` say what it is to be about."""
    organisation, project = split(scope)
    for name in ("implementation", "requirement"):
        about = details.get(name)
        if name == "implementation" and about and about.organisation_id != organisation.pk:
            raise Refused(f"{about.reference} belongs to another organisation.")
    _check_assignee(scope, assignee)
    if not instruction.strip():
        raise Refused("Say what is wanted: where it is found, what it has to show, for which period.")
    with change(by=by, reason=reason):
        request = EvidenceRequest(
            organisation=organisation,
            project=project,
            title=title,
            instruction=instruction,
            assignee=assignee,
            requested_by=by,
            due_date=due_date,
            **details,
        )
        request.save()
    return request


def update_request(*, request: EvidenceRequest, by: User, reason: str = "", **fields: Any) -> EvidenceRequest:
    """Change an open request: its words, its day, or whom it waits for."""
    if unknown := set(fields) - CHANGEABLE:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    if not request.is_open:
        raise Refused(f"{request.reference} is {request.get_state_display().lower()}: ask anew instead.")
    if "assignee" in fields:
        _check_assignee(request.project or request.organisation, fields["assignee"])
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(request, name, value)
        request.save()
    return request


@governed("Say why the evidence is not needed this time")
def waive_request(*, request: EvidenceRequest, by: User, reason: str) -> EvidenceRequest:
    """Do without the evidence; never decided by the person it waits for. A recurring request goes on."""
    _check_move(request, RequestState.WAIVED)
    if by.pk == request.assignee_id:
        raise CannotEnd(f"{request.reference} waits for you: somebody else has to waive it.")
    with change(by=by, reason=reason):
        request.waived_by = by
        _end(request, RequestState.WAIVED, reason)
    return request


@governed("Say why the request is withdrawn")
def withdraw_request(*, request: EvidenceRequest, by: User, reason: str) -> EvidenceRequest:
    """Stop asking, also for the rounds that would follow."""
    _check_move(request, RequestState.WITHDRAWN)
    if by.pk == request.assignee_id != request.requested_by_id:
        raise CannotEnd(f"{request.reference} waits for you: ask {request.requested_by} to withdraw it.")
    with change(by=by, reason=reason):
        _end(request, RequestState.WITHDRAWN, reason)
    return request


def check_answer(request: EvidenceRequest) -> None:
    """Refuse an answer to a request that is closed. Raises Refused."""
    if RequestState.SUBMITTED not in REQUEST_MOVES[request.state]:
        raise Refused(f"{request.reference} is {request.get_state_display().lower()}: it takes no more answers.")


def settle_request(request: EvidenceRequest, *, by: User) -> EvidenceRequest:
    """Let the state follow from the answers: all accepted, one to be judged, or none that holds."""
    if not request.is_open:
        return request
    states = set(request.answers.filter(latest=True).values_list("state", flat=True)) - {EvidenceState.WITHDRAWN}
    if not states or EvidenceState.REJECTED in states:
        state = RequestState.REQUESTED
    else:
        state = RequestState.FULFILLED if states == {EvidenceState.ACCEPTED} else RequestState.SUBMITTED
    if state != request.state:
        with change(by=by):
            if state == RequestState.FULFILLED:
                return _end(request, state, "")
            request.state = state
            request.save()
    return request


def settle_request_of(version: EvidenceVersion, *, by: User) -> None:
    """The same, for what a version answers."""
    if version.request is not None:
        settle_request(version.request, by=by)


def continue_requests(at: datetime | None = None) -> list[EvidenceRequest]:
    """Ask again for what recurs, once a round is over or its day has come. Running it twice asks once."""
    at, made = at or timezone.now(), []
    due = Q(due_date__lte=at.date()) | Q(state__in=(RequestState.FULFILLED, RequestState.WAIVED))
    for _ in range(MOST_ROUNDS):
        rows = EvidenceRequest.objects.filter(due, next__isnull=True)
        rows = rows.exclude(recurrence=Recurrence.ONCE).exclude(state=RequestState.WITHDRAWN)
        rows = rows.exclude(implementation__status=Status.RETIRED)
        found = [following for row in rows.select_related("assignee") if (following := _ask_again(row))]
        made += found
        if not found:
            break
    return made


def following_day(day: date, recurrence: str) -> date:
    """The day of the next round; the last day of a month stays the last day."""
    months = day.month - 1 + MONTHS[recurrence]
    year, month = day.year + months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month, last if is_last else min(day.day, last))


def _end(request: EvidenceRequest, state: str, note: str) -> EvidenceRequest:
    request.state, request.closing_note = state, note
    request.save()
    if request.recurrence != Recurrence.ONCE and state != RequestState.WITHDRAWN:
        _ask_again(request)
    return request


def _ask_again(request: EvidenceRequest) -> EvidenceRequest | None:
    """The next round, or None when somebody else has just asked."""
    if EvidenceRequest.objects.filter(follows=request).exists():
        return None
    names = ("organisation_id", "project_id", "title", "instruction", "example", "kind", "implementation_id")
    kept = {name: getattr(request, name) for name in (*names, "requirement_id", "requested_by_id", "recurrence")}
    following = EvidenceRequest(
        **kept,
        assignee_id=request.assignee_id if request.assignee.is_active else request.requested_by_id,
        due_date=following_day(request.due_date, request.recurrence),
        follows=request,
    )
    try:
        with transaction.atomic(), change(by="requests", reason=f"Recurs: {request.reference}"):
            following.save()
    except IntegrityError:
        return None
    return following


def _check_move(request: EvidenceRequest, to: str) -> None:
    if to not in REQUEST_MOVES[request.state]:
        raise CannotEnd(
            f"{request.reference} is {request.get_state_display().lower()}: "
            f"it cannot become {RequestState(to).label.lower()} from there."
        )


def _check_assignee(scope: Organisation | Project, assignee: User) -> None:
    now = simulated_moment() or timezone.now()
    if not Membership.objects.reaching(scope).of(assignee).valid(now).exists():
        raise Refused(f"{assignee} has no role in {scope}: give them one, or ask somebody else.")
