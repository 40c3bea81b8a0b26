"""Every sign-in leaves an entry: listeners that turn what Django and allauth tell into rows of history.

A sign-in that cannot be recorded does not happen: the listener's failure is the request's.
"""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa import signals as mfa
from django.contrib.auth import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from compliance.accounts.models import SignIn, User
from compliance.ledger import change

Event = SignIn.Event


def record_sign_in(*, user: User, event: str, by: User | str, method: str = "") -> SignIn:
    """Write what happened at the door of a person's account."""
    with change(by=by, reason=str(Event(event).label)):
        found = SignIn(user=user, event=event, method=method[:60])
        found.save()
    return found


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.SIGNED_IN, by=user, method=_methods(request))


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and user.pk:
        record_sign_in(user=user, event=Event.SIGNED_OUT, by=user)


@receiver(user_login_failed, dispatch_uid="accounts.failed")
def failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Of people who have an account only: what a stranger types is nobody's business to keep."""
    given = next((str(credentials[key]) for key in ("email", "login", "username") if credentials.get(key)), "")
    user = User.objects.filter(email__iexact=given.strip()).first() if given else None
    if user is not None:
        record_sign_in(user=user, event=Event.FAILED, by="sign_in", method="password")


@receiver(mfa.authentication_failed, dispatch_uid="accounts.factor_failed")
def factor_failed(sender: Any, user: User, authenticator: Any = None, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.FACTOR_FAILED, by="sign_in", method=_kind(authenticator))


@receiver(mfa.authenticator_added, dispatch_uid="accounts.factor_added")
def factor_added(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.FACTOR_ADDED, by=user, method=_kind(authenticator))


@receiver(mfa.authenticator_removed, dispatch_uid="accounts.factor_removed")
def factor_removed(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.FACTOR_REMOVED, by=user, method=_kind(authenticator))


@receiver(mfa.authenticator_reset, dispatch_uid="accounts.factor_reset")
def factor_reset(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.FACTOR_RESET, by=user, method=_kind(authenticator))


@receiver([account.password_changed, account.password_set], dispatch_uid="accounts.password_changed")
def password_changed(sender: Any, user: User, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.PASSWORD_CHANGED, by=user)


@receiver(account.password_reset, dispatch_uid="accounts.password_reset")
def password_reset(sender: Any, user: User, **kwargs: Any) -> None:
    record_sign_in(user=user, event=Event.PASSWORD_RESET, by=user)


def _methods(request: HttpRequest) -> str:
    """What the person proved themselves with: password and code, or a passkey."""
    session = getattr(request, "session", {})
    told = [one for one in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []) if isinstance(one, dict)]
    words = [str(one.get("type") or one.get("method", "")) for one in told]
    return " and ".join(dict.fromkeys(word.replace("_", " ") for word in words if word))


def _kind(authenticator: Any) -> str:
    return str(authenticator.get_type_display()) if authenticator is not None else ""
