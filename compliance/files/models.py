"""Bytes that are named by their own hash, so they can be neither exchanged nor lost sight of."""

from pathlib import Path
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models

from compliance.projects.models import ScopedRow


def place(sha256: str, *, sealed: bool) -> Path:
    """Where the bytes of a hash lie, sealed or plain."""
    return Path(default_storage.path(f"{sha256[:2]}/{sha256}{'.sealed' if sealed else ''}"))


class Blob(models.Model):
    """A stored file. Whoever cites it (with a name, a date, a collector) is a tracked row of another app."""

    ledger_exempt = "Never changes: the key is the SHA-256 of the bytes, and the rows that cite it are tracked."

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField("size in bytes")
    content_type = models.CharField("content type, as found in the bytes", max_length=100)
    scan = models.CharField("what the virus scanner said", max_length=200, blank=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> Path:
        """Where the bytes lie: sealed where that is so, else plain."""
        sealed = place(self.sha256, sealed=True)
        return sealed if sealed.exists() else place(self.sha256, sealed=False)


class Incoming(models.Model):
    """A file on its way in, piece by piece: it survives a broken connection, and is swept after two days."""

    ledger_exempt = "A file on its way in; what becomes of it is a tracked row."

    id = models.UUIDField(primary_key=True, default=uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    stamp = models.CharField(max_length=40, blank=True, help_text="What tells a changed file of the same name apart.")
    size = models.PositiveBigIntegerField("size in bytes")
    offset = models.PositiveBigIntegerField("bytes that have arrived", default=0)
    touched_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size

    @property
    def folder(self) -> Path:
        """Where its pieces lie."""
        return Path(default_storage.path(f"incoming/{self.id.hex}"))


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
