"""Bytes that are named by their own hash, so they can be neither exchanged nor lost sight of."""

from pathlib import Path
from typing import ClassVar

from django.core.files.storage import default_storage
from django.db import models

from compliance.projects.models import ScopedRow


class Blob(models.Model):
    """A stored file. Whoever cites it (with a name, a date, a collector) is a tracked row of another app."""

    ledger_exempt = "Never changes: the key is the SHA-256 of the bytes, and the rows that cite it are tracked."

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField("size in bytes")
    content_type = models.CharField("content type, as found in the bytes", max_length=100)
    stored_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return Path(default_storage.path(f"{self.sha256[:2]}/{self.sha256}"))


class Disclosure(ScopedRow):
    """A file that left the house: a register as CSV or XLSX, a pack, a piece of evidence. Never changed.

    Who took it, in which role and when stands in its history row.
    """

    append_only: ClassVar[bool] = True

    name = models.CharField("file", max_length=160)
    page = models.CharField(max_length=80, help_text="Name of the page or command it came from.")
    subject = models.CharField("record", max_length=64, blank=True)
    asked = models.CharField(max_length=500, blank=True, help_text="What narrowed it down: the query of the address.")
    size = models.PositiveBigIntegerField("size in bytes", null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    class Meta:
        verbose_name = "export"

    def __str__(self) -> str:
        return self.name
