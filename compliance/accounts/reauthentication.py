"""Asking again who sits there before something is signed: with the password or a passkey, not by the session alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compliance.ledger import Refused

METHODS = {"password": "password", "mfa": "second factor", "webauthn": "passkey", "totp": "one-time code"}


class NotProven(Refused):
    """The person has not shown again, or not recently enough, that it is they."""


@dataclass(frozen=True)
class Proof:
    """That a person showed who they are: how, and when."""

    method: str
    at: datetime

    def refuse_stale(self, now: datetime) -> None:
        """Raise NotProven when it is too old for something to be signed with it."""
        if not timedelta(0) <= now - self.at <= timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT):
            raise NotProven("Confirm again that it is you: the last time is too long ago.")


def fresh(proof: Proof | None, now: datetime) -> Proof:
    """The proof, if there is one and it is recent enough; raises NotProven otherwise."""
    if proof is None:
        raise NotProven("Set a password or add a passkey first: whoever signs confirms with it that it is they.")
    proof.refuse_stale(now)
    return proof


def proof_of(request: HttpRequest) -> Proof | None:
    """The latest time the person of this session confirmed that it is they, if that is recent enough."""
    records = [one for one in get_authentication_records(request, request.user) if one.get("reauthenticated")]
    if not records:
        return None
    last = records[-1]
    proof = Proof(_words(last), datetime.fromtimestamp(last["at"], UTC))
    try:
        proof.refuse_stale(timezone.now())
    except NotProven:
        return None
    return proof


def confirmed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view is reached only by somebody who confirmed recently that it is they; others are asked to, and come back.

    Put it below the access decorator. Whoever has neither password nor passkey is let in without a proof, which the
    service then refuses with the way out.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if proof_of(request) is None and get_reauthentication_flows(request.user):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked


def _words(record: dict[str, Any]) -> str:
    method = str(record.get("method", ""))
    return METHODS.get(str(record.get("type", "")), METHODS.get(method, method or "sign-in"))
