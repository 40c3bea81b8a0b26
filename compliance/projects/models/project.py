"""A mobile project, where it is published, and its releases."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from compliance.ledger.models import Tracked, TrackedQuerySet
from compliance.projects.models.organisation import VERBS, VISIT, Organisation
from compliance.projects.models.rows import ProjectRow
from compliance.ui.addresses import filled

if TYPE_CHECKING:
    from compliance.accounts.models import User


class ProjectQuerySet(TrackedQuerySet["Project"]):
    """Which projects a person may know of."""

    def visible_to(self, user: "User | UUID", at: datetime | None = None) -> "ProjectQuerySet":
        """Those in which the person holds a permission at `at` (now by default), or in whose organisation they do."""
        from compliance.projects.models.membership import OrganisationPermission, ProjectPermission

        moment = at or timezone.now()
        own = ProjectPermission.objects.filter(user=user).valid(moment)
        wide = OrganisationPermission.objects.filter(user=user).valid(moment).exclude(permission__codename=VISIT)
        return self.filter(Q(pk__in=own.values("content_object")) | Q(organisation__in=wide.values("content_object")))

    def in_organisation(self, organisation: Organisation) -> "ProjectQuerySet":
        return self.filter(organisation=organisation)

    def named(self, text: str) -> "ProjectQuerySet":
        return self.filter(Q(name__icontains=text) | Q(reference__iexact=text))


class Project(Tracked):
    """A mobile app and everything that belongs to it."""

    reference_prefix = "P"
    reference_digits = 3

    class Role(models.TextChoices):
        """Our role for the app's personal data (GDPR Art. 4(7), 4(8))."""

        CONTROLLER = "controller", "Controller"
        PROCESSOR = "processor", "Processor"
        JOINT = "joint_controller", "Joint controller"
        BOTH = "both", "Controller and processor"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    beside = ("organisation", "reference", "name", "slug")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    summary = models.TextField(blank=True, help_text="What the app does for its users, as you would tell a friend.")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.CONTROLLER)
    countries = models.CharField(
        max_length=200, blank=True, help_text="Where people use it: ISO 3166 codes, e.g. DE AT FR."
    )
    users_count = models.PositiveIntegerField("people who use it", null=True, blank=True)
    masvs_profile = models.CharField("MASVS profile", max_length=40, blank=True, help_text="e.g. L2 + P")
    takes_payments = models.BooleanField(
        default=False, help_text="People pay in the app, or it carries payment data: shows the payment registers."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        permissions = [(f"{verb}_project", f"{verb} the project") for verb in VERBS]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"project:{self.pk}"

    @property
    def reference_scope(self) -> str:
        return f"organisation:{self.organisation_id}"

    def get_absolute_url(self) -> str:
        return filled("projects:project", self.slug)


class AppTarget(ProjectRow):
    """One store listing: the app on one platform."""

    reference_prefix = "APP"
    reference_digits = 3

    class Platform(models.TextChoices):
        IOS = "ios", "iOS"
        ANDROID = "android", "Android"
        WATCHOS = "watchos", "watchOS"
        WEAROS = "wearos", "Wear OS"
        HARMONYOS = "harmonyos", "HarmonyOS"

    platform = models.CharField(max_length=10, choices=Platform.choices)
    store = models.CharField(max_length=60, help_text="e.g. App Store, Google Play.")
    app_id = models.CharField("package or bundle id", max_length=150)
    minimum_os = models.CharField("oldest supported version", max_length=20, blank=True)

    class Meta:
        ordering = ["platform", "app_id"]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.app_id}"


class Release(ProjectRow):
    """A version of the app as it is, or will be, published."""

    reference_prefix = "REL"
    reference_digits = 3

    class ChangeClass(models.TextChoices):
        PATCH = "patch", "Patch"
        MINOR = "minor", "Minor"
        MAJOR = "major", "Major"
        EMERGENCY = "emergency", "Emergency"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        RELEASED = "released", "Released"
        WITHDRAWN = "withdrawn", "Withdrawn"

    name = models.CharField("version", max_length=40, help_text="As users see it, e.g. 4.2.0.")
    change_class = models.CharField(max_length=10, choices=ChangeClass.choices, default=ChangeClass.MINOR)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_date = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField("what changed", blank=True)
    development_date = models.DateField(
        "development began on", null=True, blank=True, help_text="Requirements are approved before this day."
    )
    build_sha256 = models.CharField(
        "hash of the build",
        max_length=64,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{64}$", "A SHA-256 has 64 digits from 0 to 9 and a to f.")],
        help_text="SHA-256 of the file that is, or will be, published: what was tested has the same.",
    )

    class Meta:
        ordering = ["-planned_date", "-name"]

    def __str__(self) -> str:
        return self.name
