"""What a build server shows to hand in artefacts of one project, and nothing else."""

from datetime import datetime

from django.db import models

from compliance.projects.models import ProjectRow, ScopedQuerySet
from compliance.ui.addresses import filled


class UploadToken(ProjectRow):
    """A key that only uploads. Its SHA-256 is stored, never itself (ISO/IEC 27001 A.5.17, A.8.4)."""

    reference_prefix = "UT"
    reference_digits = 2

    label = models.CharField("where it is used", max_length=80)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField("works until", editable=False)
    revoked_at = models.DateTimeField("revoked", null=True, editable=False)
    used_at = models.DateTimeField("last used", null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.label}"

    def get_absolute_url(self) -> str:
        return filled("artefacts:tokens", self.project.slug)

    def holds(self, at: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.revoked_at is None and at < self.expires_at
