"""The people who work with Assay. They are deactivated, never deleted: history keeps their id."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from compliance.ledger import context
from compliance.ledger.models import INSTANCE, TrackedBase, TrackedQuerySet, records

UNTRACKED = frozenset({"password", "last_login"})


class UserQuerySet(TrackedQuerySet["User"]):
    """Questions about people."""

    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def working_in(self, organisation: Any, at: datetime | None = None) -> "UserQuerySet":
        """Active people with any role in the organisation now: whom a task or a record may be given to."""
        moment = at or timezone.now()
        still = models.Q(memberships__until__isnull=True) | models.Q(memberships__until__gt=moment)
        return self.active().filter(still, memberships__organisation=organisation).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password they sign in through an invitation. Needs a `change()` around it."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(TrackedBase, AbstractBaseUser):
    """A person, known by an e-mail address. Password hash and last sign-in are not history."""

    personal_fields: ClassVar[frozenset[str]] = frozenset({"email", "name", "job_title"})

    email = models.EmailField("e-mail address", unique=True)
    beside = ("email", "name", "job_title", "is_active")

    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text="May create organisations on this installation.")
    password_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = records(excluded_fields=sorted(UNTRACKED))
    objects = UserManager()

    installation_wide = True
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    # guardian asks for these; nobody here is above the roles.
    is_superuser = False
    is_staff = False

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def stream(self) -> str:
        return INSTANCE

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the person; sign-in code that knows no `change()` writes in the name of the person of the request."""
        fields = kwargs.get("update_fields")
        if fields is not None and set(fields) <= UNTRACKED:
            models.QuerySet(User).filter(pk=self.pk).update(**{name: getattr(self, name) for name in fields})
            return
        if context.is_changing():
            super().save(*args, **kwargs)
            return
        with context.change(by=context.ambient_user() or self, reason="Account settings"):
            super().save(*args, **kwargs)
