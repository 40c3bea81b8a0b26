"""A file that says something about a build, kept byte for byte, and what was read in it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.artefacts.formats.app_files import LABELS
from compliance.artefacts.models.token import UploadToken
from compliance.files.models import Blob
from compliance.projects.models import ProjectRow, Release, ScopedQuerySet
from compliance.ui.addresses import filled


def kinds() -> list[tuple[str, str]]:
    """Every format that can be read, for choices."""
    return list(LABELS.items())


class State(models.TextChoices):
    READING = "reading", "Being read"
    READ = "read", "Read"
    REFUSED = "refused", "Not readable"
    SUPERSEDED = "superseded", "Superseded"
    REMOVED = "removed", "Removed"


class Source(models.TextChoices):
    UI = "ui", "Page"
    CI_API = "ci_api", "Build server"


class Platform(models.TextChoices):
    ANDROID = "android", "Android"
    IOS = "ios", "iOS"


# What was superseded or removed comes back only by being read again.
MOVES: dict[str, frozenset[str]] = {
    State.READING: frozenset({State.READ, State.REFUSED, State.REMOVED}),
    State.READ: frozenset({State.SUPERSEDED, State.REMOVED}),
    State.REFUSED: frozenset({State.READING, State.REMOVED}),
    State.SUPERSEDED: frozenset({State.READING, State.REMOVED}),
    State.REMOVED: frozenset({State.READING}),
}


class ArtefactQuerySet(ScopedQuerySet["Artefact"]):
    """Questions about artefacts."""

    def of(self, release: Release) -> "ArtefactQuerySet":
        return self.filter(release=release)

    def counting(self) -> "ArtefactQuerySet":
        """Those that speak for the build today."""
        return self.filter(state=State.READ)

    def alike(self, other: "Artefact") -> "ArtefactQuerySet":
        """Those of the release that say the same kind of thing of the same part of the same platform."""
        same: dict[str, Any] = {
            name: getattr(other, name) for name in ("release", "kind", "platform", "part", "subject")
        }
        return self.filter(**same, tool=other.tool).exclude(pk=other.pk)


class Artefact(ProjectRow):
    """One file of a release (ISO/IEC 27001 A.8.25, A.8.29; PCI DSS 6.3.2 for component lists).

    What was read in it is `facts`: a blob of its own, named by its hash as the file is, so that it stands as sealed
    as the file (see `reading.py`). `part` is the SDK or extension it is of; empty: the app.
    """

    reference_prefix = "AF"
    reference_digits = 3

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="artefacts")
    platform = models.CharField(max_length=8, choices=Platform, blank=True)
    kind = models.CharField("what it is", max_length=32, choices=kinds, blank=True)
    part = models.CharField("SDK or extension", max_length=120, blank=True)
    file_name = models.CharField("file", max_length=255)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveBigIntegerField("size in bytes")
    source = models.CharField("came by", max_length=6, choices=Source)
    tool = models.CharField("made by", max_length=160, blank=True)
    tool_version = models.CharField(max_length=40, blank=True)
    build_hash = models.CharField("hash of the build", max_length=64, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    generated_at = models.DateTimeField("made at", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    token = models.ForeignKey(UploadToken, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    message = models.TextField("what is said about it", blank=True)
    subject = models.CharField("app, as the file names it", max_length=200, blank=True)
    subject_version = models.CharField("version, as the file names it", max_length=80, blank=True)
    facts = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    counts = models.JSONField("facts by kind", default=dict, blank=True)
    remarks = models.JSONField(default=list, blank=True)

    objects = ArtefactQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(uploaded_by__isnull=False) | Q(token__isnull=False), name="artefacts_artefact_has_a_sender"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.file_name}"

    def get_absolute_url(self) -> str:
        return filled("artefacts:artefact", self.project.slug, self.release.reference, self.reference)

    @property
    def sender(self) -> str:
        """Who handed it in: a person, or the build server by its token."""
        return str(self.token or self.uploaded_by)

    @property
    def called(self) -> str:
        """What it is, in words, with the part it is of."""
        name = LABELS.get(self.kind, "File")
        return f"{name}, {self.part}" if self.part else name

    @property
    def total(self) -> int:
        return sum(self.counts.values())
