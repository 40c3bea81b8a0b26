"""A pack: what was asked for, the two files that came of it, and how far it has come."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from compliance.files.models import Blob
from compliance.ledger import Refused
from compliance.ledger.models import ERASED, Frozen
from compliance.packs.profiles import profile_choices
from compliance.packs.registry import Period
from compliance.packs.types import PACK_TYPES
from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow


class PackFrozen(Refused):
    """An issued pack stays as it is; what changed is told by the next issue."""


class State(models.TextChoices):
    """How far a pack has come (ISO/IEC 27001 7.5.2: review and approval before use)."""

    REQUESTED = "requested", "Being built"
    BUILT = "built", "Draft"
    PREPARED = "prepared", "Prepared"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"
    ISSUED = "issued", "Issued"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISCARDED = "discarded", "Discarded"


KEPT = (State.ISSUED, State.SUPERSEDED, State.WITHDRAWN)
DRAFTS = (State.BUILT, State.PREPARED, State.REVIEWED, State.APPROVED)
# What may still change in the row of an issued pack, and where it may go from there.
MARKS = frozenset({"state", "version", "superseded_by", "superseded_at", "withdrawn_by", "withdrawn_at", "withdrawal"})
AFTERWARDS: dict[str, tuple[State, ...]] = {
    State.ISSUED: (State.SUPERSEDED, State.WITHDRAWN),
    State.SUPERSEDED: (State.WITHDRAWN,),
    State.WITHDRAWN: (),
}
SCOPE = Coalesce("project_id", "organisation_id")


def _stored(pack: "EvidencePack", name: str) -> Any:
    field: Any = pack._meta.get_field(name)
    return getattr(pack, field.attname)


class PackQuerySet(ScopedQuerySet["EvidencePack"]):
    """Which packs there are."""

    def in_scope(self, scope: Organisation | Project) -> "PackQuerySet":
        """The packs whose pages stand under this scope: a project's own, or those of the whole organisation."""
        if isinstance(scope, Project):
            return self.in_project(scope)
        return self.in_organisation(scope).shared()

    def seen_by(self, user: Any, at: datetime | None = None) -> "PackQuerySet":
        """Without the packs of projects the person may not know of."""
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(user, at)))

    def kept(self) -> "PackQuerySet":
        """Those that were issued once, whatever became of them: their files are kept for ever."""
        return self.filter(state__in=KEPT)

    def of_line(self, pack: "EvidencePack") -> "PackQuerySet":
        """The packs of the same scope, type, subject and reader: the issues of one another."""
        return self.filter(
            organisation_id=pack.organisation_id,
            project_id=pack.project_id,
            type=pack.type,
            subject=pack.subject,
            profile=pack.profile,
        )

    def before(self, pack: "EvidencePack") -> "PackQuerySet":
        """The earlier issues of the pack, newest first."""
        earlier = self.of_line(pack).kept().exclude(pk=pack.pk)
        if pack.issued_at:
            earlier = earlier.filter(issued_at__lt=pack.issued_at)
        return earlier.select_related("requested_by", "issued_by").order_by("-issued_at")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise NotImplementedError("Packs move one by one, through their services.")


class EvidencePack(ScopedRow):
    """An evidence pack (ISO/IEC 27001 7.5, GDPR Art. 5(2)): its arguments decide all of its content.

    `edition` is the number printed on it, given when it is issued; from then on the row is frozen but for `MARKS`.
    """

    reference_prefix = "PK"
    frozen = Frozen("state", AFTERWARDS, MARKS)
    State = State

    type = models.CharField(max_length=40, choices=[(item.key, item.title) for item in PACK_TYPES.values()])
    subject = models.CharField(
        max_length=60, blank=True, help_text="The reference of the release or control the pack is about, if it is."
    )
    as_at = models.DateTimeField("as at", help_text="The moment the pack describes.")
    as_at_request = models.BooleanField("as at the moment it was asked for", default=False)
    period_start_date = models.DateField("period from")
    period_end_date = models.DateField("period to", help_text="The change history of these days is printed.")
    profile = models.CharField("for", max_length=20, choices=profile_choices(), default="internal")
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    requested_at = models.DateTimeField()
    content_sha256 = models.CharField("content hash", max_length=64, blank=True)
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    archive = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True)
    pages = models.PositiveIntegerField(default=0)
    history_size = models.PositiveBigIntegerField("history entries", default=0)
    history_root = models.CharField("ledger head", max_length=64, blank=True)
    blocking = models.PositiveIntegerField("findings that hold it back", default=0)
    warnings = models.PositiveIntegerField(default=0)
    preflight = models.JSONField("results of the checks", default=list)
    edition = models.CharField("version of the pack", max_length=10, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    issued_at = models.DateTimeField(null=True)
    issue_reason = models.TextField("what this issue is for", blank=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal = models.TextField("why it was withdrawn", blank=True)

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end_date__gte=F("period_start_date")), name="packs_period_ends_after_it_starts"
            ),
            # Two people who ask for the same at once get one pack; the database decides, not a look beforehand.
            models.UniqueConstraint(
                SCOPE, "type", "subject", "profile", "period_start_date", "period_end_date", "as_at",
                condition=Q(state="requested"), name="packs_one_request_of_a_moment",
            ),
            models.UniqueConstraint(
                SCOPE, "type", "subject", "profile", "period_start_date", "period_end_date",
                condition=Q(state="requested", as_at_request=True), name="packs_one_request_of_now",
            ),
            models.UniqueConstraint(
                SCOPE, "type", "subject", "profile", condition=Q(state="issued"), name="packs_one_issue_in_force"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reference} {self.get_type_display()}"

    @property
    def scope(self) -> Organisation | Project:
        """What it is about as a whole."""
        return self.project or self.organisation

    @property
    def period(self) -> Period:
        """The days it reports on."""
        return Period(self.period_start_date, self.period_end_date)

    @property
    def is_draft(self) -> bool:
        """Whether it is not issued yet, which every page of it says."""
        return self.state not in KEPT

    @property
    def is_kept(self) -> bool:
        """Whether it was issued once: its files are kept for ever."""
        return self.state in KEPT

    @property
    def dated_at(self) -> datetime:
        """The moment its files bear: that of the issue, or of the request for a draft."""
        return self.issued_at or self.requested_at

    @property
    def label(self) -> str:
        """Its reference with its version: PK-0003 v1.0, PK-0004 draft."""
        return f"{self.reference} v{self.edition}" if self.edition else f"{self.reference} draft"

    @property
    def file_stem(self) -> str:
        """The name of its files without their ending."""
        parts = [self.reference, f"v{self.edition}" if self.edition else "draft", self.scope.slug, self.subject.lower()]
        return "_".join([*filter(None, parts), f"{self.as_at:%Y-%m-%d}"])

    def address(self, name: str, *more: Any) -> str:
        """The address of one of its pages, under its project or its organisation."""
        if self.project_id:
            return reverse(f"packs:{name}", args=[self.scope.slug, self.reference, *more])
        return reverse(f"packs:organisation_{name}", args=[self.scope.slug, self.reference, *more])

    def get_absolute_url(self) -> str:
        return self.address("pack")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, unless it is of an issued pack and more than a mark would change."""
        if not self._state.adding:
            self._refuse_thaw()
        super().save(*args, **kwargs)

    def _refuse_thaw(self) -> None:
        stood = EvidencePack._base_manager.filter(pk=self.pk).first()
        if stood is None or stood.state not in KEPT:
            return
        if self.state != stood.state and self.state not in AFTERWARDS[State(stood.state)]:
            raise PackFrozen(f"{stood.label} is {stood.get_state_display().lower()} and cannot go back.")
        names = [field.name for field in self._meta.concrete_fields if field.name not in MARKS]
        touched = [name for name in names if _stored(self, name) not in (_stored(stood, name), ERASED)]
        if touched:
            raise PackFrozen(f"{stood.label} is issued: {', '.join(touched)} cannot be changed. Issue a new one.")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: whoever asked for a pack finds what became of it."""
        raise PackFrozen(f"{self.reference} stays: discard a draft, withdraw an issue.")


class PackVolume(ScopedRow):
    """A further file of a pack: history that has no room in the first one."""

    pack = models.ForeignKey(EvidencePack, on_delete=models.PROTECT, related_name="volumes")
    number = models.PositiveIntegerField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField(default=0)
    of_issue = models.BooleanField("belongs to the issued files, not to the draft", default=False)

    frozen = Frozen("of_issue", {"1": (), "true": ()})  # as SQLite and PostgreSQL write that it does

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "number", "of_issue"], name="packs_one_volume_of_a_number")
        ]

    def __str__(self) -> str:
        return f"Volume {self.number}"
