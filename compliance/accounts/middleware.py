"""A session ends some hours after the sign-in, however busy it is."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout, user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

SIGNED_IN_AT = "signed_in_at"


@receiver(user_logged_in, dispatch_uid="accounts.session_begins")
def session_begins(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Remember when the person signed in."""
    request.session[SIGNED_IN_AT] = time.time()


class SessionLifetime:
    """Signs people out `ASSAY_SESSION_HOURS` after they signed in; a session of unknown age is over too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            since = request.session.get(SIGNED_IN_AT, 0)
            if time.time() - since > settings.ASSAY_SESSION_HOURS * 3600:
                logout(request)
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return self.get_response(request)
