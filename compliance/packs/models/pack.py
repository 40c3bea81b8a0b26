"""A pack: what was asked for, and the two files that came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from compliance.files.models import Blob
from compliance.packs.registry import Period
from compliance.packs.types import PACK_TYPES
from compliance.projects.models import ProjectRow, ScopedQuerySet


class PackQuerySet(ScopedQuerySet["EvidencePack"]):
    """Which packs there are."""

    def built(self) -> "PackQuerySet":
        return self.filter(state=EvidencePack.State.BUILT)

    def before(self, pack: "EvidencePack") -> "PackQuerySet":
        """The packs of the same kind that were there when `pack` was asked for, newest first."""
        same = self.built().filter(project_id=pack.project_id, type=pack.type, requested_at__lt=pack.requested_at)
        return same.select_related("requested_by").order_by("-requested_at")


class EvidencePack(ProjectRow):
    """An evidence pack of a project (ISO 27001 7.5, GDPR Art. 5(2)): its arguments decide all of its content."""

    reference_prefix = "PK"

    class State(models.TextChoices):
        """Where it stands."""

        REQUESTED = "requested"
        BUILT = "built"

    class Profile(models.TextChoices):
        """Whom it is for; printed on every page."""

        INTERNAL = "internal", "Internal"
        AUDITOR = "auditor", "Confidential: auditor's copy"
        AUTHORITY = "authority", "Confidential: for the authority"

    type = models.CharField(max_length=40, choices=[(item.key, item.title) for item in PACK_TYPES.values()])
    as_at = models.DateTimeField("as at", help_text="The moment the pack describes.")
    period_start_date = models.DateField("period from")
    period_end_date = models.DateField("period to", help_text="The change history of these days is printed.")
    profile = models.CharField(max_length=20, choices=Profile, default=Profile.INTERNAL)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    requested_at = models.DateTimeField()
    content_sha256 = models.CharField("content hash", max_length=64, blank=True)
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    archive = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    pages = models.PositiveIntegerField(default=0)
    history_size = models.PositiveBigIntegerField("history entries", default=0)
    history_root = models.CharField("ledger head", max_length=64, blank=True)
    blocking = models.PositiveIntegerField("findings that hold it back", default=0)
    warnings = models.PositiveIntegerField(default=0)

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end_date__gte=F("period_start_date")), name="packs_period_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.get_type_display()}"

    @property
    def period(self) -> Period:
        """The days it reports on."""
        return Period(self.period_start_date, self.period_end_date)

    @property
    def is_draft(self) -> bool:
        """Whether findings held it back, which every page of it says."""
        return self.blocking > 0

    @property
    def file_stem(self) -> str:
        """The name of its files without their ending."""
        return f"{self.reference}_{self.project.slug}_{self.as_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("packs:pack", args=[self.project.slug, self.reference])
