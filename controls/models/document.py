"""Documents: versions put before somebody else, published, read by those they concern, and looked at again."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from compliance.approvals.models import Approval
from compliance.files.models import Blob
from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.projects.roles import ROLE_CHOICES
from controls.addresses import address

from .evidence import Classification

EVERYONE, NOBODY = "everyone", "nobody"
REVIEW_SOON = 30
DOCUMENT_STANDINGS = [
    ("published", "Published"),
    ("review_due", "Review due"),
    ("review_overdue", "Review overdue"),
    ("draft", "Draft"),
    ("review", "In review"),
    ("approved", "Approved, unpublished"),
    ("withdrawn", "Withdrawn"),
]


class DocumentKind(models.TextChoices):
    POLICY = "policy", "Policy"
    PROCEDURE = "procedure", "Procedure"
    PROCESS = "process", "Process"
    PLAN = "plan", "Plan"
    GUIDELINE = "guideline", "Guideline"
    STANDARD = "standard", "Standard of ours"
    REGISTER = "register", "Register or record"
    AGREEMENT = "agreement", "Agreement"
    EXTERNAL = "external", "Of external origin"


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


DOCUMENT_MOVES: dict[str, frozenset[str]] = {
    VersionState.DRAFT: frozenset({VersionState.REVIEW, VersionState.WITHDRAWN}),
    VersionState.REVIEW: frozenset({VersionState.APPROVED, VersionState.DRAFT}),
    VersionState.APPROVED: frozenset({VersionState.PUBLISHED, VersionState.WITHDRAWN}),
    VersionState.PUBLISHED: frozenset({VersionState.SUPERSEDED, VersionState.WITHDRAWN}),
    VersionState.SUPERSEDED: frozenset(),
    VersionState.WITHDRAWN: frozenset(),
}
UNFINISHED = (VersionState.DRAFT, VersionState.REVIEW, VersionState.APPROVED)
AUDIENCES = [(NOBODY, "Nobody has to confirm"), (EVERYONE, "Everyone here"), *ROLE_CHOICES]


def standing_on(day: date) -> Case:
    """How something with versions stands: the published one by its review, else its `newest` one."""
    in_force = Q(published__isnull=False)
    return Case(
        When(in_force & Q(review_date__lt=day), then=Value("review_overdue")),
        When(in_force & Q(review_date__lte=day + timedelta(days=REVIEW_SOON)), then=Value("review_due")),
        When(in_force, then=Value("published")),
        default=F("newest"),
        output_field=models.CharField(),
    )


class DocumentQuerySet(ScopedQuerySet["Document"]):
    """Questions about documents."""

    def in_force(self) -> "DocumentQuerySet":
        """With a published version."""
        versions = DocumentVersion.objects.filter(document=OuterRef("pk"), state=VersionState.PUBLISHED)
        return self.filter(Exists(versions))

    def with_standing(self, day: date) -> "DocumentQuerySet":
        """Add `standing` (of the published version by its review, else of the newest) and `published` (its number)."""
        versions = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by("-number")
        found = self.annotate(
            published=Subquery(versions.filter(state=VersionState.PUBLISHED).values("number")[:1]),
            newest=Subquery(versions.values("state")[:1]),
        )
        return found.annotate(standing=standing_on(day))


class Document(OrganisationRow):
    """A document over all its versions (ISO/IEC 27001 7.5)."""

    reference_prefix = "DOC"
    reference_digits = 3

    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=DocumentKind, default=DocumentKind.POLICY)
    classification = models.CharField(max_length=12, choices=Classification, default=Classification.INTERNAL)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField("who confirms having read it", max_length=24, choices=AUDIENCES, default=NOBODY)
    acknowledge_days = models.PositiveSmallIntegerField("days to confirm", default=30)
    review_months = models.PositiveSmallIntegerField("months between reviews", default=12)
    review_date = models.DateField("next review", null=True, blank=True)
    answers = models.CharField(
        "required documents it is", max_length=300, blank=True, help_text="Keys of the list of required documents."
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.organisation, "document", self.reference)

    @property
    def answer_keys(self) -> list[str]:
        """The required documents this one is."""
        return self.answers.split()

    def is_overdue(self, day: date) -> bool:
        """Whether its review should have been."""
        return bool(self.review_date and self.review_date < day)


class DocumentVersionQuerySet(ScopedQuerySet["DocumentVersion"]):
    """Questions about versions."""

    def published(self) -> "DocumentVersionQuerySet":
        return self.filter(state=VersionState.PUBLISHED)


class DocumentVersion(OrganisationRow):
    """One version: text written here or a file, its author, and what became of it (7.5.2, 7.5.3)."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.DRAFT)
    text = models.TextField(blank=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    summary = models.CharField("what changed", max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="controls_document_version")]

    def __str__(self) -> str:
        return f"{self.document.reference} v{self.number}"

    def facts(self) -> dict[str, Any]:
        """What an approval covers."""
        about = self.document
        return {
            "document": about.reference,
            "title": about.title,
            "kind": about.kind,
            "version": self.number,
            "text": self.text,
            "file": self.blob_id or "",
            "file_name": self.file_name,
            "answers": about.answers,
        }


class Acknowledgement(OrganisationRow):
    """That a person has read a version and takes note of it (7.3). Never changed."""

    append_only: ClassVar[bool] = True

    version_read = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField()

    class Meta:
        ordering = ["acknowledged_at"]
        constraints = [models.UniqueConstraint(fields=["version_read", "person"], name="controls_acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.version_read}, {self.person}"
