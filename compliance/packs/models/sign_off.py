"""Who stood behind a pack before it was issued, and who took a finding upon themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.packs.models.pack import EvidencePack
from compliance.projects.models import ScopedQuerySet, ScopedRow


class Step(models.TextChoices):
    """What somebody puts their name to, in this order."""

    PREPARED = "prepared", "Prepared"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"


class SignOffQuerySet(ScopedQuerySet["SignOff"]):
    """Questions about sign-offs."""

    def valid(self) -> "SignOffQuerySet":
        """Those nobody took back."""
        return self.filter(voided_at__isnull=True)

    def in_order(self) -> "SignOffQuerySet":
        return self.select_related("by").order_by("signed_at", "pk")


class SignOff(ScopedRow):
    """A name under exactly the content with this hash (ISO/IEC 27001 7.5.2 c).

    `method` tells how the person showed that it is they.
    """

    pack = models.ForeignKey(EvidencePack, on_delete=models.PROTECT, related_name="sign_offs")
    step = models.CharField(max_length=10, choices=Step)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    signed_at = models.DateTimeField()
    method = models.CharField(max_length=60)
    content_sha256 = models.CharField("content hash", max_length=64)
    remark = models.TextField(blank=True)
    voided_at = models.DateTimeField(null=True)
    voided_because = models.TextField(blank=True)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "step"], condition=Q(voided_at__isnull=True), name="packs_one_valid_sign_off_a_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} by {self.by}"


class Override(ScopedRow):
    """A finding that holds a pack back, and the reason why it may go out with it; printed in the pack."""

    pack = models.ForeignKey(EvidencePack, on_delete=models.PROTECT, related_name="overrides")
    check_id = models.CharField("check", max_length=20)
    finding = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    overridden_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["check_id", "overridden_at"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "check_id", "finding"], name="packs_one_override_a_finding")
        ]

    def __str__(self) -> str:
        return f"{self.check_id} of {self.pack_id}"
