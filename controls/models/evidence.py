"""Evidence: what shows that a control does what we say, collected by one person and judged by another."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from compliance.files.models import Blob
from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from controls.addresses import address

from .catalogue import Requirement
from .control import Implementation

EXPIRING_DAYS = 30
EXPIRING = timedelta(days=EXPIRING_DAYS)


class EvidenceKind(models.TextChoices):
    POLICY = "policy", "Policy"
    PROCEDURE = "procedure", "Procedure"
    CONFIG_EXPORT = "config_export", "Configuration export"
    SYSTEM_REPORT = "system_report", "System report"
    LOG_EXTRACT = "log_extract", "Log extract"
    SCAN_REPORT = "scan_report", "Scan report"
    TICKET = "ticket", "Ticket"
    SCREENSHOT = "screenshot", "Screenshot"
    INTERVIEW_NOTE = "interview_note", "Interview note"
    OBSERVATION = "observation", "Observation"
    SIGNED_STATEMENT = "signed_statement", "Signed statement"
    CONTRACT = "contract", "Contract"
    CERTIFICATE = "certificate", "Certificate"
    TRAINING_RECORD = "training_record", "Training record"
    MEETING_MINUTES = "meeting_minutes", "Meeting minutes"
    CODE_REVIEW = "code_review", "Code review"
    TEST_RESULT = "test_result", "Test result"
    ARTEFACT_IMPORT = "artefact_import", "Imported artefact"


class Nature(models.TextChoices):
    """What an auditor may conclude: that it was so at a moment, over a period, or in one of many events."""

    POINT_IN_TIME = "point_in_time", "One moment"
    PERIOD = "period", "A period"
    EVENT_IN_POPULATION = "event_in_population", "One of many events"


class Method(models.TextChoices):
    AUTOMATED = "automated", "Automated"
    EXPORT_BY_HAND = "export_by_hand", "Exported by hand"
    SCREENSHOT = "screenshot", "Screenshot"
    INTERVIEW = "interview", "Interview"
    OBSERVATION = "observation", "Observation"


class Classification(models.TextChoices):
    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    CONFIDENTIAL = "confidential", "Confidential"
    RESTRICTED = "restricted", "Restricted"


class EvidenceState(models.TextChoices):
    SUBMITTED = "submitted", "Submitted"
    UNDER_REVIEW = "under_review", "Under review"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RejectCode(models.TextChoices):
    WRONG_SCOPE = "wrong_scope", "Wrong scope"
    WRONG_PERIOD = "wrong_period", "Wrong period"
    UNDATED = "undated", "Undated"
    SOURCE = "source_not_identifiable", "Source not identifiable"
    POPULATION = "incomplete_population", "Incomplete population"
    NOT_READABLE = "not_readable", "Not readable"
    NOT_RELEVANT = "not_relevant", "Not relevant"
    TOO_OLD = "too_old", "Too old"
    PERSONAL_DATA = "contains_excess_personal_data", "Contains more personal data than needed"
    SELF_MADE = "self_made_claim_only", "Only a claim of our own"
    DUPLICATE = "duplicate", "Duplicate"


_OUT = {EvidenceState.SUPERSEDED, EvidenceState.WITHDRAWN}
EVIDENCE_MOVES: dict[str, frozenset[str]] = {
    EvidenceState.SUBMITTED: frozenset({EvidenceState.UNDER_REVIEW, *_OUT}),
    EvidenceState.UNDER_REVIEW: frozenset({EvidenceState.ACCEPTED, EvidenceState.REJECTED, *_OUT}),
    EvidenceState.ACCEPTED: frozenset(_OUT),
    EvidenceState.REJECTED: frozenset(_OUT),
    EvidenceState.SUPERSEDED: frozenset(),
    EvidenceState.WITHDRAWN: frozenset(),
}
STANDINGS = [*EvidenceState.choices, ("expiring", "Expiring"), ("expired", "Expired")]


class Reliability(models.IntegerChoices):
    """How far evidence can be relied on by where it comes from, best first (ISO 19011; ISAE 3000 A147)."""

    AUTOMATED = 1, "Automated export"
    REPORT = 2, "System report"
    CONFIGURATION = 3, "Configuration or file"
    SCREENSHOT = 4, "Screenshot or observation"
    STATEMENT = 5, "Statement"


REPORTS = frozenset({EvidenceKind.SYSTEM_REPORT, EvidenceKind.SCAN_REPORT, EvidenceKind.LOG_EXTRACT})
SAID = frozenset({EvidenceKind.SIGNED_STATEMENT, EvidenceKind.INTERVIEW_NOTE})
SEEN = frozenset({EvidenceKind.SCREENSHOT, EvidenceKind.OBSERVATION})


def reliability(kind: str, method: str) -> Reliability:
    """The rank of evidence of a kind that was collected in a way; what people said is no better for its file."""
    if kind in SAID or method == Method.INTERVIEW:
        return Reliability.STATEMENT
    if kind in SEEN or method in {Method.SCREENSHOT, Method.OBSERVATION}:
        return Reliability.SCREENSHOT
    if method == Method.AUTOMATED:
        return Reliability.AUTOMATED
    return Reliability.REPORT if kind in REPORTS else Reliability.CONFIGURATION


class Evidence(ScopedRow):
    """One thing that shows something, over all its versions (ISO 27001 7.5, 9.1; ISO 19011)."""

    reference_prefix = "EV"
    reference_digits = 3

    title = models.CharField(max_length=160)
    shows = models.CharField("what it shows", max_length=300, help_text="One sentence an auditor can check.")
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    nature = models.CharField(max_length=20, choices=Nature, default=Nature.POINT_IN_TIME)
    classification = models.CharField(max_length=12, choices=Classification, default=Classification.INTERNAL)

    class Meta:
        ordering = ["reference"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "evidence_item", self.reference)


class EvidenceVersionQuerySet(ScopedQuerySet["EvidenceVersion"]):
    """Questions about what can be shown."""

    def in_force(self, on: date) -> "EvidenceVersionQuerySet":
        """Accepted and in date."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), state=EvidenceState.ACCEPTED)

    def with_reuse(self) -> "EvidenceVersionQuerySet":
        """Add `reused`: the same file stands for other evidence, of controls this one has nothing to do with."""
        same = EvidenceVersion.objects.filter(blob=OuterRef("blob"), organisation=OuterRef("organisation"))
        related = Q(evidence__implementation_links__implementation__evidence_links__evidence=OuterRef("evidence"))
        return self.annotate(reused=Exists(same.exclude(evidence=OuterRef("evidence")).exclude(related)))

    def with_standing(self, on: date, soon: date | None = None) -> "EvidenceVersionQuerySet":
        """Add `standing`: the state, or expiring or expired where the date says so; `soon` ends what is expiring."""
        accepted = Q(state=EvidenceState.ACCEPTED)
        return self.annotate(
            standing=Case(
                When(accepted & Q(valid_until__lt=on), then=Value("expired")),
                When(accepted & Q(valid_until__lte=soon or on + EXPIRING), then=Value("expiring")),
                default=F("state"),
                output_field=models.CharField(),
            )
        )


class EvidenceVersion(ScopedRow):
    """What was handed in: file, moment or period, source, collector, and the verdict of somebody else.

    A state is clicked; `expiring` and `expired` follow from the day (see `standing_on`).
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    latest = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=EvidenceState, default=EvidenceState.SUBMITTED)
    observed_at = models.DateTimeField(null=True, blank=True)
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text="System and environment it comes from.")
    source_url = models.URLField("address at the source", max_length=400, blank=True)
    method = models.CharField("how it was collected", max_length=16, choices=Method)
    query = models.TextField("query or filter used", blank=True)
    collected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    collected_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    population = models.PositiveIntegerField("population", null=True, blank=True)
    delivered = models.PositiveIntegerField("records delivered", null=True, blank=True)
    completeness = models.TextField("how completeness was checked", blank=True)
    redactions = models.TextField("what was blacked out, by whom and why", blank=True)
    valid_until = models.DateField(null=True, blank=True)
    request = models.ForeignKey(
        "controls.EvidenceRequest", on_delete=models.PROTECT, related_name="answers", null=True, blank=True
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reject_code = models.CharField("reason", max_length=32, choices=RejectCode, blank=True)
    review_note = models.TextField(blank=True)

    objects = EvidenceVersionQuerySet.as_manager()

    class Meta:
        ordering = ["evidence", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="controls_evidence_version"),
            models.UniqueConstraint(
                fields=["evidence"], condition=Q(latest=True), name="controls_evidence_latest_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence.reference} v{self.number}"

    def standing_on(self, on: date) -> str:
        """The state on a day: accepted evidence is expiring 30 days before its date and expired after it."""
        if self.state != EvidenceState.ACCEPTED or self.valid_until is None:
            return self.state
        if self.valid_until < on:
            return "expired"
        return "expiring" if self.valid_until <= on + timedelta(days=EXPIRING_DAYS) else self.state

    @property
    def reliability(self) -> Reliability:
        return reliability(self.evidence.kind, self.method)

    @property
    def is_whole(self) -> bool | None:
        """Whether every record of the population was delivered; None when it was not said."""
        return None if self.population is None or self.delivered is None else self.delivered >= self.population

    @property
    def is_dated(self) -> bool:
        return self.observed_at is not None or (self.period_start is not None and self.period_end is not None)

    @property
    def last_day(self) -> date | None:
        """The last day it speaks of."""
        return self.period_end or (self.observed_at.date() if self.observed_at else None)


class EvidenceImplementation(ScopedRow):
    """That a piece of evidence shows an implementation at work."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="implementation_links")
    implementation = models.ForeignKey(Implementation, on_delete=models.PROTECT, related_name="evidence_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "implementation"], name="controls_evidence_implementation")
        ]

    def __str__(self) -> str:
        return f"{self.evidence} shows {self.implementation}"


class EvidenceRequirement(ScopedRow):
    """That a piece of evidence speaks of a requirement directly."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="requirement_links")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="evidence_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "requirement"], name="controls_evidence_requirement")
        ]

    def __str__(self) -> str:
        return f"{self.evidence} speaks of {self.requirement}"


def shown_on(on: date, scope: Organisation | Project) -> Exists:
    """Whether an implementation has accepted evidence of the scope that is in date: annotate implementations."""
    own = EvidenceVersion.objects.in_force(on)
    own = own.for_project(scope) if isinstance(scope, Project) else own.in_organisation(scope)
    return Exists(own.filter(evidence__implementation_links__implementation=OuterRef("pk")))
