"""Security requirements: what an app has to do, agreed before it is built, and how each build was shown to do it."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When

from compliance.projects.models import ProjectRow, Release, ScopedQuerySet
from compliance.ui.addresses import filled
from controls.models import ControlTest, Evidence
from risks.models.threat_model import Threat


class RequirementState(models.TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    IMPLEMENTED = "implemented", "Implemented"
    VERIFIED = "verified", "Verified"
    WAIVED = "waived", "Waived"
    DROPPED = "dropped", "Dropped"


_S = RequirementState
REQUIREMENT_MOVES: dict[str, frozenset[str]] = {
    _S.DRAFT: frozenset({_S.APPROVED, _S.DROPPED}),
    _S.APPROVED: frozenset({_S.DRAFT, _S.IMPLEMENTED, _S.VERIFIED, _S.WAIVED, _S.DROPPED}),
    _S.IMPLEMENTED: frozenset({_S.DRAFT, _S.VERIFIED, _S.WAIVED, _S.DROPPED}),
    _S.VERIFIED: frozenset({_S.DRAFT, _S.IMPLEMENTED, _S.WAIVED, _S.DROPPED}),
    _S.WAIVED: frozenset({_S.APPROVED, _S.DROPPED}),
    _S.DROPPED: frozenset({_S.DRAFT}),
}
AGREED = (_S.APPROVED, _S.IMPLEMENTED, _S.VERIFIED, _S.WAIVED)


class ResultVerdict(models.TextChoices):
    PASSED = "pass", "Passed"
    FAILED = "fail", "Failed"
    NOT_APPLICABLE = "not_applicable", "Does not apply to this build"


class Priority(models.TextChoices):
    MUST = "must", "Must"
    SHOULD = "should", "Should"
    COULD = "could", "Could"


class SecurityRequirementQuerySet(ScopedQuerySet["SecurityRequirement"]):
    """Questions about requirements."""

    def live(self) -> "SecurityRequirementQuerySet":
        return self.exclude(state=RequirementState.DROPPED)

    def agreed(self) -> "SecurityRequirementQuerySet":
        return self.filter(state__in=AGREED)

    def of_release(self, release: Release) -> "SecurityRequirementQuerySet":
        """Those the release has to meet: set for it or for one before it."""
        rows = self.live().filter(project=release.project_id)
        if release.planned_date is None:
            return rows
        before = Q(release__planned_date__lte=release.planned_date) | Q(release__planned_date=None)
        return rows.filter(Q(release=None) | Q(release=release.pk) | before)

    def ranked(self) -> "SecurityRequirementQuerySet":
        """With `rank`, 0 for must to 2 for could."""
        order = [When(priority=one, then=Value(n)) for n, one in enumerate(Priority.values)]
        return self.annotate(rank=Case(*order, default=3, output_field=IntegerField()))

    def shown_by(self, build: str, on: date) -> "SecurityRequirementQuerySet":
        """With `shown`: what the newest result for a build says, `waived` unless it passed, `draft`, or nothing when no
        result was had.
        """
        results = RequirementResult.objects.filter(requirement=OuterRef("pk"), build_sha256=build or "-")
        newest = results.order_by("-tested_date", "-reference").values("verdict")
        return self.annotate(
            verdict=Subquery(newest[:1]),
            shown=Case(
                When(state=RequirementState.DRAFT, then=Value("draft")),
                When(verdict=ResultVerdict.PASSED, then=Value(ResultVerdict.PASSED)),
                When(state=RequirementState.WAIVED, waived_until__gte=on, then=Value("waived")),
                default=F("verdict"),
                output_field=models.CharField(),
            ),
        )

    def not_shown(self) -> "SecurityRequirementQuerySet":
        """Of `shown_by` rows: what nobody showed, or what failed."""
        return self.exclude(state=RequirementState.DRAFT).filter(Q(shown=None) | Q(shown=ResultVerdict.FAILED))


class SecurityRequirement(ProjectRow):
    """Something the app has to do for security or privacy, and where that comes from (ISO/IEC 27001 A.8.26; GDPR
    Art. 25). `template` names the line of the data it was proposed by, `because` the answer or threat that did.
    """

    reference_prefix = "SQ"
    reference_digits = 3

    class Source(models.TextChoices):
        CONTROL = "control", "A control"
        THREAT = "threat", "A threat"
        LAW = "law", "A law"
        STORE = "store", "A store"
        CUSTOMER = "customer", "A customer"

    release = models.ForeignKey(
        Release,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="since release",
        help_text="The release it was set for; it holds for all after it.",
    )
    statement = models.CharField("what the app has to do", max_length=300)
    criterion = models.TextField("met when", blank=True, help_text="What somebody else would try, and has to see.")
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MUST)
    source = models.CharField("where it comes from", max_length=8, choices=Source.choices)
    cites = models.CharField(
        "control, article or rule", max_length=160, blank=True, help_text="ISO/IEC 27001 A.8.24; GDPR Art. 9"
    )
    masvs = models.CharField("MASVS", max_length=60, blank=True, help_text="MASVS-STORAGE-1")
    template = models.CharField("proposed by", max_length=16, blank=True, editable=False)
    because = models.TextField(blank=True, editable=False)
    threat = models.ForeignKey(Threat, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    state = models.CharField(
        max_length=12, choices=RequirementState.choices, default=RequirementState.DRAFT, editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    waived_until = models.DateField(null=True, blank=True, editable=False)
    reason = models.TextField("why it is waived or dropped", blank=True, editable=False)

    objects = SecurityRequirementQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.statement}"

    def get_absolute_url(self) -> str:
        return filled("risks:requirement", self.project.slug, self.reference)

    @property
    def is_must(self) -> bool:
        return self.priority == Priority.MUST

    def is_waived(self, on: date) -> bool:
        """Whether a waiver counts on a day."""
        until = self.waived_until if self.state == RequirementState.WAIVED else None
        return until is not None and until >= on

    def standing(self, on: date) -> str:
        """The state as it counts on a day: a waiver is over after its last day, whatever is stored."""
        over = self.state == RequirementState.WAIVED and not self.is_waived(on)
        return "expired" if over else str(self.state)


class RequirementResult(ProjectRow):
    """What a test of one build said about one requirement; the newest of a build counts."""

    reference_prefix = "RR"
    reference_digits = 3

    class Means(models.TextChoices):
        TEST = "test", "A test of the app"
        CONTROL_TEST = "control_test", "A test of a control"
        SCAN = "scan", "A scan"
        REVIEW = "review", "A review of code or settings"

    requirement = models.ForeignKey(SecurityRequirement, on_delete=models.CASCADE, related_name="results")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    build_sha256 = models.CharField("hash of the build", max_length=64)
    verdict = models.CharField("what came of it", max_length=14, choices=ResultVerdict.choices)
    means = models.CharField("shown by", max_length=12, choices=Means.choices, default=Means.TEST)
    note = models.TextField("what was done and seen", blank=True)
    tested_date = models.DateField("tested on")
    tester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    control_test = models.ForeignKey(ControlTest, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-tested_date", "-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.get_verdict_display()}"

    @property
    def summary(self) -> dict[str, Any]:
        """What lists and packs say of it."""
        return {"verdict": self.verdict, "by": self.get_means_display(), "on": self.tested_date}


def baseline(rows: list[SecurityRequirement]) -> dict[str, Any]:
    """What an approval of the requirements of a release binds to."""
    named = ("statement", "criterion", "priority", "source", "cites", "masvs")
    return {row.reference: {name: getattr(row, name) for name in named} for row in rows}


def approved_at(rows: list[SecurityRequirement]) -> datetime | None:
    """When the last of them was approved; None while one is not."""
    moments = [row.approved_at for row in rows]
    known = [one for one in moments if one is not None]
    return max(known) if known and len(known) == len(moments) else None
