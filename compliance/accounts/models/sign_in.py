"""Who came in and went out, who tried to, and what became of their second factor."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from compliance.ledger.models import INSTANCE, Tracked, TrackedQuerySet


class SignInQuerySet(TrackedQuerySet["SignIn"]):
    """Questions about sign-ins."""

    def of(self, user: Any) -> "SignInQuerySet":
        return self.filter(user=user)


class SignIn(Tracked):
    """One event at the door of somebody's account. Never changed.

    No IP address, no browser, nothing of somebody unknown: who held which role when is what an auditor asks for
    (ISO/IEC 27001 A.8.15); addresses belong in the web server's log, which forgets them (GDPR Art. 5(1)(c) and (e)).
    """

    append_only: ClassVar[bool] = True

    class Event(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGNED_OUT = "signed_out", "Signed out"
        FAILED = "failed", "Failed to sign in"
        FACTOR_FAILED = "factor_failed", "Failed at the second factor"
        FACTOR_ADDED = "factor_added", "Second factor set up"
        FACTOR_REMOVED = "factor_removed", "Second factor removed"
        FACTOR_RESET = "factor_reset", "Recovery codes made anew"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        PASSWORD_RESET = "password_reset", "Password reset by e-mail"
        CODES_SAVED = "codes_saved", "Recovery codes downloaded"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_ins")
    event = models.CharField(max_length=20, choices=Event.choices)
    method = models.CharField("with", max_length=60, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-in"

    def __str__(self) -> str:
        return f"{self.user}: {self.get_event_display()}"

    @property
    def stream(self) -> str:
        return INSTANCE
