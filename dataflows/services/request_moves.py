"""A request of a data subject from receipt to its end (GDPR Art. 12, 15 to 22).

    received -> identity_check <-> waiting_for_requester
                      |
                 in_progress -> extended ---> quality_check -> answered -> closed
                      |                            |  ^
                      +----------------------------+--+   sent back, or put forward once more

Any open state but the check leads to refused (reason, remedies told) or, set aside, to closed. Whoever prepared the
answer does not check it.
"""

from datetime import datetime

from compliance.accounts.models import User
from compliance.files.store import Received
from compliance.ledger import Refused, change, governed
from compliance.ui.templatetags.ui import moment
from controls.services.moves import YourOwnWork, check_move, now
from dataflows import deadlines
from dataflows.models import RequestStep, SubjectRequest
from dataflows.models.request import MOVES, REPLIES, SET_ASIDE, IdentityMethod, RequestState
from dataflows.pseudonym import unnamed
from dataflows.services.request import follow_map, set_clock
from dataflows.services.saving import BadValue


@unnamed
def check_identity(*, request: SubjectRequest, by: User, reason: str = "") -> SubjectRequest:
    """Begin to look who is asking (Art. 12(6)), or go on after an answer came: the month runs from that then."""
    _check(request, RequestState.IDENTITY_CHECK)
    with change(by=by, reason=reason or "Identity is checked"):
        if request.state == RequestState.WAITING_FOR_REQUESTER and request.due_at is None:
            request.began_at = now()
            set_clock(request)
        if request.handler is None:
            request.handler = by
        return _set(request, RequestState.IDENTITY_CHECK)


@governed("Say what was asked and why the identity is in doubt")
@unnamed
def ask_requester(*, request: SubjectRequest, by: User, reason: str) -> SubjectRequest:
    """Ask for what confirms the identity; asked promptly and for the first time, the clock waits for the answer."""
    _check(request, RequestState.WAITING_FOR_REQUESTER)
    with change(by=by, reason=reason):
        first, request.asked_at = request.asked_at is None, now()
        if first and deadlines.is_prompt(request.received_at, request.asked_at, request.edition):
            request.due_at, request.due_date = None, None
            request.why = deadlines.unanswered(request.asked_at)
        return _set(request, RequestState.WAITING_FOR_REQUESTER)


@unnamed
def confirm_identity(*, request: SubjectRequest, method: str, by: User, reason: str = "") -> SubjectRequest:
    """Say how it is certain who asks, and begin to search."""
    _check(request, RequestState.IN_PROGRESS)
    if request.state != RequestState.IDENTITY_CHECK:
        raise Refused(f"{request.reference} is checked by somebody else now: they send it back.")
    if method not in IdentityMethod.values:
        raise BadValue("Identity confirmed by: choose how.")
    with change(by=by, reason=reason or "Identity confirmed"):
        request.identity_method, request.identity_at = method, now()
        follow_map(request)
        return _set(request, RequestState.IN_PROGRESS)


@governed("Say why it takes longer: how complex it is, how many requests there are")
@unnamed
def extend_request(*, request: SubjectRequest, notice_sent_at: datetime, by: User, reason: str) -> SubjectRequest:
    """Take two further months; the requester has been told why within the first (Art. 12(3)). Raises BadValue."""
    _check(request, RequestState.EXTENDED)
    if request.state != RequestState.IN_PROGRESS:
        raise Refused(f"{request.reference} is checked by somebody else now: they send it back.")
    if notice_sent_at > now():
        raise BadValue("Told of the extension: the moment is still to come. Send the notice first.")
    if notice_sent_at < request.received_at:
        raise BadValue("Told of the extension: that is before the request came.")
    if request.due_at and notice_sent_at > request.due_at:
        raise BadValue(
            f"Told of the extension: the first month ended on {moment(request.due_at)}; later it cannot be extended."
        )
    with change(by=by, reason=reason):
        request.notice_sent_at, request.extension_reason = notice_sent_at, reason.strip()
        set_clock(request)
        return _set(request, RequestState.EXTENDED)


@unnamed
def prepare_reply(
    *,
    request: SubjectRequest,
    reply: Received,
    name: str,
    outcome: str,
    by: User,
    exemptions: str = "",
    third_parties: str = "",
    reason: str = "",
) -> SubjectRequest:
    """Put an answer before a second person, with everything searched and everybody told. Raises BadValue."""
    _check(request, RequestState.QUALITY_CHECK)
    if outcome not in REPLIES:
        raise BadValue("Outcome: choose what the answer says.")
    if outcome == "partly" and not exemptions.strip():
        raise BadValue("What was left out, and why: say it, since the answer is not whole.")
    still = request.steps.filter(result=RequestStep.Result.OPEN).count()
    if still:
        raise BadValue(f"{still} place{'s' if still > 1 else ''} or recipients of the checklist are open: settle them.")
    with change(by=by, reason=reason or "Answer prepared"):
        request.reply, request.reply_name, request.outcome = reply.keep(), name[:160], outcome
        request.exemptions, request.third_parties = exemptions.strip(), third_parties.strip()
        request.prepared_by, request.checked_by, request.checked_at = by, None, None
        return _set(request, RequestState.QUALITY_CHECK)


@governed("Say what you compared")
@unnamed
def approve_reply(*, request: SubjectRequest, by: User, reason: str) -> SubjectRequest:
    """Find the answer right; never by who prepared it. Raises YourOwnWork."""
    _in_check(request, by)
    with change(by=by, reason=reason):
        request.checked_by, request.checked_at = by, now()
        request.save()
    return request


@governed("Say what is not right yet")
@unnamed
def send_back_reply(*, request: SubjectRequest, by: User, reason: str) -> SubjectRequest:
    """Let the answer be prepared anew. Raises YourOwnWork."""
    _in_check(request, by)
    with change(by=by, reason=reason):
        request.checked_by, request.checked_at, request.outcome = None, None, ""
        return _set(request, RequestState.EXTENDED if request.is_extended else RequestState.IN_PROGRESS)


@unnamed
def answer_request(*, request: SubjectRequest, by: User, reason: str = "") -> SubjectRequest:
    """Say that the checked answer has gone out. Raises Refused while nobody else has checked it."""
    _check(request, RequestState.ANSWERED)
    if request.checked_by is None:
        raise Refused(f"{request.reference}: a second person checks the answer before it goes out.")
    with change(by=by, reason=reason or "Answer sent"):
        request.told_at = now()
        return _set(request, RequestState.ANSWERED)


@governed("Say why it is refused, as the requester was told")
@unnamed
def refuse_request(*, request: SubjectRequest, remedies_told: bool, by: User, reason: str) -> SubjectRequest:
    """Refuse, with the remedies told (Art. 12(4), 12(5)). Raises BadValue."""
    _check(request, RequestState.REFUSED)
    if not remedies_told:
        raise BadValue(
            "Tell the requester of the complaint to an authority and of the way to a court first, Art. 12(4)."
        )
    with change(by=by, reason=reason):
        request.refusal_reason, request.remedies_told, request.outcome = reason.strip(), True, "refused"
        request.told_at = now()
        return _set(request, RequestState.REFUSED)


@governed("Say how it ended")
@unnamed
def close_request(*, request: SubjectRequest, by: User, reason: str, outcome: str = "") -> SubjectRequest:
    """End an answered or refused request, or set an open one aside: withdrawn, or forwarded to the controller."""
    _check(request, RequestState.CLOSED)
    if request.is_open and outcome not in SET_ASIDE:
        raise BadValue("Outcome: a request that is not answered ends when it is withdrawn or forwarded.")
    with change(by=by, reason=reason):
        request.outcome = outcome if request.is_open else request.outcome
        request.closed_at = now()
        return _set(request, RequestState.CLOSED)


def _check(request: SubjectRequest, to: RequestState) -> None:
    check_move(request, to, MOVES, RequestState)


def _in_check(request: SubjectRequest, by: User) -> None:
    if request.state != RequestState.QUALITY_CHECK:
        raise Refused(f"{request.reference} is {request.get_state_display().lower()}: there is no answer to check.")
    if by.pk == request.prepared_by_id:
        raise YourOwnWork("You prepared this answer: somebody else checks it before it goes out.")


def _set(request: SubjectRequest, to: RequestState) -> SubjectRequest:
    request.state = to
    request.save()
    return request
