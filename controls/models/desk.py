"""What stands on the auditor's desk: the scope as it was frozen, and what the auditors write down (ISO 19011 6.4)."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models

from compliance.projects.models import ScopedRow

from .audit import Audit
from .request import EvidenceRequest
from .sample import Sample


class AuditScope(ScopedRow):
    """The frozen scope of an audit: every statement row, piece of evidence, document and pack in it, by hash.

    The desk shows what stands here and reads nothing else, so later changes neither show nor leak.
    """

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="scopes")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    snapshot = models.TextField()
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        ordering = ["audit", "-number"]
        constraints = [models.UniqueConstraint(fields=["audit", "number"], name="controls_audit_scope")]

    def __str__(self) -> str:
        return f"Scope {self.number} of {self.audit.reference}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What was frozen."""
        found: dict[str, Any] = json.loads(self.snapshot)
        return found


class AuditNote(ScopedRow):
    """What an auditor did: wrote down, drew as a sample, asked for (ISO 19011 6.4.7)."""

    reference_prefix = "AN"
    reference_digits = 3

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=120, blank=True, help_text="A requirement, a piece of evidence, an interview.")
    text = models.TextField()
    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="audit_note", null=True, blank=True)
    request = models.OneToOneField(
        EvidenceRequest, on_delete=models.PROTECT, related_name="audit_note", null=True, blank=True
    )
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"{self.reference} {self.about}".strip()
