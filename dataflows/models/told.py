"""What people are told: the versions of notices, consent wordings and store labels, and how they come into force.

    draft --submit--> dpo_review --approve--> approved --publish--> published --the next one--> superseded
      ^                   |
      +-----send back-----+          draft, approved and published ones can be withdrawn

An approval binds to what the version says together with what is said about its notice, consent or label (GDPR Art. 12).
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from compliance.approvals.models import Approval
from compliance.files.models import Blob
from compliance.projects.models import ProjectRow, Release, ScopedQuerySet
from controls.models import Evidence
from controls.models.document import standing_on

if TYPE_CHECKING:
    from dataflows.models.consent import Consent
    from dataflows.models.declaration import StoreDeclaration
    from dataflows.models.notice import Notice

ADDRESS = URLValidator(schemes=["https", "http"])


class TextState(models.TextChoices):
    DRAFT = "draft", "Draft"
    DPO_REVIEW = "dpo_review", "DPO review"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


S = TextState
TEXT_MOVES: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.DPO_REVIEW, S.WITHDRAWN}),
    S.DPO_REVIEW: frozenset({S.APPROVED, S.DRAFT}),
    S.APPROVED: frozenset({S.PUBLISHED, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.SUPERSEDED, S.WITHDRAWN}),
    S.SUPERSEDED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
UNFINISHED = (S.DRAFT, S.DPO_REVIEW, S.APPROVED)
STANDINGS = [
    ("published", "Published"),
    ("review_due", "Review due"),
    ("review_overdue", "Review overdue"),
    ("draft", "Draft"),
    ("dpo_review", "DPO review"),
    ("approved", "Approved, unpublished"),
    ("withdrawn", "Withdrawn"),
]
Row = TypeVar("Row", bound="Told")


class ToldQuerySet(ScopedQuerySet[Row]):
    """Questions about notices, consents and labels."""

    def with_standing(self, day: date) -> "ToldQuerySet[Row]":
        """Add `standing` (of the published version by its review, else of the newest) and `published` (its number)."""
        versions = TextVersion.objects.filter(**{self.model.kind: OuterRef("pk")}).order_by("-number")
        found = self.annotate(
            published=Subquery(versions.filter(state=S.PUBLISHED).values("number")[:1]),
            published_at=Subquery(versions.filter(state=S.PUBLISHED).values("published_at")[:1]),
            newest=Subquery(versions.values("state")[:1]),
        )
        return found.annotate(standing=standing_on(day))


class Told(ProjectRow):
    """Something people are told about their data, over all its versions."""

    kind = ""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    review_months = models.PositiveSmallIntegerField("months between reviews", default=12)
    review_date = models.DateField("next review", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def label_lower(self) -> str:
        """What the change history calls its model."""
        return str(self._meta.label_lower)

    def told(self) -> dict[str, Any]:
        """What an approval of a version binds to of this row itself."""
        raise NotImplementedError


class TextVersionQuerySet(ScopedQuerySet["TextVersion"]):
    """Questions about versions."""

    def published(self) -> "TextVersionQuerySet":
        return self.filter(state=S.PUBLISHED)

    def complete(self) -> "TextVersionQuerySet":
        """With what its page and its facts need."""
        people = ("author", "approval__requested_by", "approval__decided_by")
        about = ("notice", "consent", "declaration__target", "blob", "proof", "evidence", "since_release", "project")
        return self.select_related(*people, *about)

    def shown(self, at: datetime) -> "TextVersionQuerySet":
        """Those people saw at a moment."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), published_at__lte=at)


class TextVersion(ProjectRow):
    """One version of a notice, a consent wording or a store label: what it says, and when people saw it.

    `answers` holds for a notice `checklist` (row of the checklist to where in the text) and `said` (what the flows ask
    for, to where the text says it in other words); for a label `reasons` (line to why it differs from the flows).
    """

    notice = models.ForeignKey(
        "dataflows.Notice", on_delete=models.PROTECT, related_name="versions", null=True, blank=True
    )
    consent = models.ForeignKey(
        "dataflows.Consent", on_delete=models.PROTECT, related_name="versions", null=True, blank=True
    )
    declaration = models.ForeignKey(
        "dataflows.StoreDeclaration", on_delete=models.PROTECT, related_name="versions", null=True, blank=True
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=TextState, default=TextState.DRAFT)
    text = models.TextField(blank=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    summary = models.CharField("what changed", max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    since_release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    proof_url = models.CharField("where it can be seen", max_length=400, blank=True, validators=[ADDRESS])
    proof = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proof_name = models.CharField(max_length=255, blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="dataflows_text_of_one",
                condition=Q(notice__isnull=False, consent__isnull=True, declaration__isnull=True)
                | Q(notice__isnull=True, consent__isnull=False, declaration__isnull=True)
                | Q(notice__isnull=True, consent__isnull=True, declaration__isnull=False),
            ),
            models.UniqueConstraint(fields=["notice", "number"], name="dataflows_text_of_notice"),
            models.UniqueConstraint(fields=["consent", "number"], name="dataflows_text_of_consent"),
            models.UniqueConstraint(fields=["declaration", "number"], name="dataflows_text_of_declaration"),
        ]

    def __str__(self) -> str:
        return f"{self.about.reference} v{self.number}"

    @property
    def about(self) -> "Notice | Consent | StoreDeclaration":
        """What it is a version of."""
        found = self.notice or self.consent or self.declaration
        if found is None:
            raise ValueError("A version belongs to a notice, a consent or a label.")
        return found

    @property
    def checklist(self) -> dict[str, str]:
        """Where in the text a row of the checklist is answered, by the code of the row."""
        return dict(self.answers.get("checklist", {}))

    @property
    def said(self) -> dict[str, str]:
        """Where the text says in other words what the flows ask for, by the key of the line."""
        return dict(self.answers.get("said", {}))

    @property
    def reasons(self) -> dict[str, str]:
        """Why a label differs from what follows from the flows, by the key of the line."""
        return dict(self.answers.get("reasons", {}))

    def was_shown(self, at: datetime) -> bool:
        """Whether people saw it at a moment."""
        begun = self.published_at is not None and self.published_at <= at
        return begun and (self.ended_at is None or self.ended_at > at)

    def facts(self) -> dict[str, Any]:
        """What an approval covers."""
        return {
            **self.about.told(),
            "version": self.number,
            "text": self.text,
            "file": self.blob_id or "",
            "file_name": self.file_name,
            "answers": self.answers,
        }
