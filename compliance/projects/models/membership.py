"""Who belongs where, in which role, until when; and the guardian rows that follow from it."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from compliance.ledger.models import Tracked, TrackedQuerySet
from compliance.ledger.moment import now_read
from compliance.projects.models.organisation import Organisation
from compliance.projects.models.project import Project
from compliance.projects.models.rows import ScopedQuerySet, ScopedRow
from compliance.projects.roles import GUEST, ROLE_CHOICES

if TYPE_CHECKING:
    from compliance.accounts.models import User


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    """Questions about who may do what."""

    def valid(self, at: datetime) -> "MembershipQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), Q(since__isnull=True) | Q(since__lte=at))

    def of(self, user: "User") -> "MembershipQuerySet":
        return self.filter(user=user)

    def reaching(self, scope: "Organisation | Project") -> "MembershipQuerySet":
        """Memberships that count in a scope: the organisation's own, and a project's on the project."""
        if isinstance(scope, Organisation):
            return self.filter(organisation=scope)
        return self.filter(Q(project=scope) | Q(project__isnull=True), organisation_id=scope.organisation_id)

    def admins_of(self, organisation: Organisation) -> "MembershipQuerySet":
        """Those who can still manage its people tomorrow: active, and without an end."""
        return self.filter(
            organisation=organisation,
            project__isnull=True,
            role="organisation_admin",
            until__isnull=True,
            user__is_active=True,
        )

    def visible_to(self, roles: "set[str]", user: "User", at: datetime) -> "MembershipQuerySet":
        """All of them for whoever holds a role in the organisation; a guest meets the people of their projects."""
        if any(not role.endswith(GUEST) for role in roles):
            return self
        return self.filter(Q(project__isnull=True) | Q(project__in=Project.objects.visible_to(user, at)))


class Membership(ScopedRow):
    """A person's role in the organisation, or in one project only; auditors' are time-boxed (ISO 27001 5.3)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, choices=ROLE_CHOICES)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="Access ends by itself at this moment.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user", "role"],
                condition=Q(project__isnull=False),
                name="projects_membership_project",
            ),
            models.UniqueConstraint(
                fields=["organisation", "user", "role"],
                condition=Q(project__isnull=True),
                name="projects_membership_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()}"

    @property
    def last_day(self) -> date | None:
        """The last whole day of access, in UTC."""
        return (self.until.astimezone(UTC) - timedelta(microseconds=1)).date() if self.until else None

    @property
    def standing(self) -> str:
        """`active`, `expired`, `planned`, or `closed` when the account is."""
        now = now_read()
        if not self.user.is_active:
            return "closed"
        if self.until is not None and self.until <= now:
            return "expired"
        return "planned" if self.since is not None and self.since > now else "active"


class PermissionQuerySet(TrackedQuerySet["PermissionRow"]):
    """Permission rows by the moment they count."""

    def valid(self, at: datetime) -> "PermissionQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), Q(since__isnull=True) | Q(since__lte=at))


class PermissionRow(Tracked, UserObjectPermissionBase):
    """A guardian permission with its own window and history."""

    always_today = True

    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = UserObjectPermissionManager.from_queryset(PermissionQuerySet)()  # type: ignore[assignment]

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


class OrganisationPermission(PermissionRow):
    """What a person may do with an organisation."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="permission_rows")

    @property
    def stream(self) -> str:
        return f"organisation:{self.content_object_id}"


class ProjectPermission(PermissionRow):
    """What a person may do with a project."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="permission_rows")

    @property
    def stream(self) -> str:
        return f"project:{self.content_object_id}"


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    """Questions about open places."""

    def waiting(self, at: datetime) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


class Invitation(ScopedRow):
    """An open place for somebody. The token is stored hashed, works once and for a week.

    Without a role it opens what another room keeps for whoever accepts it, told in `place` (a seat in one audit).
    """

    reference_prefix = "INV"
    personal_fields: ClassVar[frozenset[str]] = frozenset({"email", "name"})

    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=40, choices=ROLE_CHOICES, blank=True)
    place = models.CharField(max_length=160, blank=True)
    until = models.DateTimeField("access until", null=True, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-expires_at"]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def opens(self) -> str:
        """The role, or what is open instead of one."""
        return self.get_role_display() if self.role else self.place

    @property
    def scope(self) -> Organisation | Project:
        """Where the role will count."""
        return self.project or self.organisation

    def state(self, at: datetime) -> str:
        """`accepted`, `withdrawn`, `expired` or `waiting`."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "expired" if self.expires_at <= at else "waiting"
