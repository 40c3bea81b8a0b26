"""What was brought in from a spreadsheet: the file, what it would change, and whether it did."""

from django.conf import settings
from django.db import models

from compliance.files.models import Blob
from compliance.projects.models import Organisation, Project, ScopedRow


class State(models.TextChoices):
    WAITING = "waiting", "Being read"
    READ = "read", "To be confirmed"
    REFUSED = "refused", "Cannot be read"
    APPLYING = "applying", "Being brought in"
    APPLIED = "applied", "Brought in"
    DISCARDED = "discarded", "Discarded"


class Import(ScopedRow):
    """A spreadsheet somebody handed in to change records with (ISO 27001 7.5.3: control of changes)."""

    reference_prefix = "IM"

    sheet = models.CharField(max_length=40)
    file_name = models.CharField(max_length=150)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    added = models.PositiveIntegerField("rows added", default=0)
    changed = models.PositiveIntegerField("rows changed", default=0)
    unchanged = models.PositiveIntegerField("rows unchanged", default=0)
    broken = models.PositiveIntegerField("rows with errors", default=0)
    retired = models.PositiveIntegerField("rows retired", default=0)
    asked = models.JSONField("what was asked with the file", default=dict)
    note = models.TextField("what is to be known about the file", blank=True)
    plan_sha256 = models.CharField("hash of what was shown", max_length=64, blank=True)
    reason = models.TextField(blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.reference} {self.file_name}"

    @property
    def scope(self) -> Organisation | Project:
        """What its rows belong to."""
        return self.project or self.organisation

    @property
    def effect(self) -> int:
        """How many records it changes."""
        return self.added + self.changed + self.retired


class Verdict(models.TextChoices):
    ERROR = "error", "Errors"
    ADDED = "added", "Added"
    CHANGED = "changed", "Changed"
    RETIRED = "retired", "Retired"
    NOTED = "noted", "With a remark"


class PreviewLine(models.Model):
    """A row of the file that would change something, or cannot be read; gone when the import is decided."""

    ledger_exempt = "What a file would do if it were confirmed; what it then does is tracked where it is done."

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField("row in the file")
    verdict = models.CharField(max_length=8, choices=Verdict)
    label = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=400, blank=True)
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="exchange_line_once")]

    def __str__(self) -> str:
        return f"row {self.number}: {self.verdict}"
