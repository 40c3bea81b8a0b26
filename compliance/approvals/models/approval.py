"""A decision about a snapshot, taken by somebody other than who asked for it."""

from typing import Any

from django.conf import settings
from django.db import models

from compliance.approvals.snapshot import snapshot
from compliance.ledger.models import TrackedBase
from compliance.projects.models import ScopedQuerySet, ScopedRow


class ApprovalQuerySet(ScopedQuerySet["Approval"]):
    """Questions about decisions."""

    def of(self, subject: TrackedBase, purpose: str) -> "ApprovalQuerySet":
        return self.filter(subject_model=subject._meta.label_lower, subject_id=subject.pk, purpose=purpose).order_by(
            "-requested_at", "-reference"
        )

    def waiting(self) -> "ApprovalQuerySet":
        return self.filter(state=Approval.State.REQUESTED)

    def granted(self) -> "ApprovalQuerySet":
        return self.filter(state=Approval.State.APPROVED)


class Approval(ScopedRow):
    """Approval of exactly the facts in `snapshot`. It turns outdated by itself when the facts change.

    The subject is any tracked record, named by model label and id, since approvals stand below every room.
    """

    reference_prefix = "AP"

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        REVOKED = "revoked", "Revoked"

    subject_model = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    subject_reference = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=40)
    snapshot = models.TextField()
    snapshot_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["subject_model", "subject_id", "purpose"], name="approvals_subject")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.purpose} of {self.subject_reference}"

    def covers(self, facts: dict[str, Any]) -> bool:
        """Whether the facts are still those that were put before the approver."""
        return self.snapshot_sha256 == snapshot(facts).sha256

    def is_outdated(self, facts: dict[str, Any]) -> bool:
        """Approved once, but the facts have changed since."""
        return self.state == self.State.APPROVED and not self.covers(facts)
