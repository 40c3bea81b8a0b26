"""Whoever decides or grants works with a second factor, where the installation asks for it."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from compliance.projects.models import Membership
from compliance.projects.roles import DECIDING

ENROL = "mfa_index"


class SecondFactor:
    """Sends people of deciding roles to set up a second factor; until then nothing else opens.

    allauth asks for an enrolled factor at every sign-in, so whoever has one has used it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.ASSAY_REQUIRE_MFA or not request.user.is_authenticated or self._is_open(view):
            return None
        user = request.user
        if Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return None
        deciding = Membership.objects.of(user).valid(timezone.now()).filter(role__in=DECIDING)
        if not user.is_operator and not deciding.exists():
            return None
        messages.warning(request, "Your role decides or grants: set up a second factor first. Nothing else opens.")
        return redirect(ENROL)

    @staticmethod
    def _is_open(view: Any) -> bool:
        """Sign-in, second factor and public pages stay open."""
        if view.__module__.startswith(("allauth.account", "allauth.mfa")):
            return True
        access = getattr(view, "access", None)
        return access is not None and access.scope == "public"
