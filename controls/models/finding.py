"""What an audit found, and nonconformities from elsewhere (ISO 27001 9.2.2, 10.2)."""

from datetime import date

from django.conf import settings
from django.db import models

from compliance.projects.models import ScopedQuerySet, ScopedRow
from controls.addresses import address

from .audit import Audit
from .catalogue import Requirement
from .control import Implementation


class Grade(models.TextChoices):
    MAJOR = "major_nc", "Major nonconformity"
    MINOR = "minor_nc", "Minor nonconformity"
    OBSERVATION = "observation", "Observation"
    OFI = "ofi", "Opportunity for improvement"
    CONFORMITY = "conformity", "Conformity"
    POSITIVE = "positive", "Good practice"


NONCONFORMITIES = frozenset({Grade.MAJOR, Grade.MINOR})


class FindingSource(models.TextChoices):
    AUDIT = "audit", "Audit"
    INCIDENT = "incident", "Incident"
    DRIFT = "drift", "Drift of an app"
    PREFLIGHT = "preflight", "Preflight of a pack"
    TEST = "test", "Test of a control"
    COMPLAINT = "complaint", "Complaint"
    OTHER = "other", "Other"


class FindingState(models.TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    ACCEPTED = "accepted", "Accepted"
    DISPUTED = "disputed", "Disputed"
    ACTION_PLANNED = "action_planned", "Action planned"
    IMPLEMENTED = "implemented", "Implemented"
    NOT_EFFECTIVE = "not_effective", "Not effective"
    VERIFIED_CLOSED = "verified_closed", "Verified and closed"
    CLOSED = "closed", "Closed by decision"
    WITHDRAWN = "withdrawn", "Withdrawn"


FINDING_MOVES: dict[str, frozenset[str]] = {
    FindingState.DRAFT: frozenset({FindingState.ISSUED, FindingState.WITHDRAWN}),
    FindingState.ISSUED: frozenset({FindingState.ACCEPTED, FindingState.DISPUTED}),
    FindingState.DISPUTED: frozenset({FindingState.ACCEPTED, FindingState.WITHDRAWN}),
    FindingState.ACCEPTED: frozenset({FindingState.ACTION_PLANNED, FindingState.CLOSED}),
    FindingState.ACTION_PLANNED: frozenset({FindingState.IMPLEMENTED}),
    FindingState.IMPLEMENTED: frozenset({FindingState.VERIFIED_CLOSED, FindingState.NOT_EFFECTIVE}),
    FindingState.NOT_EFFECTIVE: frozenset({FindingState.ACTION_PLANNED}),
    FindingState.VERIFIED_CLOSED: frozenset(),
    FindingState.CLOSED: frozenset(),
    FindingState.WITHDRAWN: frozenset(),
}
SETTLED = frozenset({FindingState.VERIFIED_CLOSED, FindingState.CLOSED, FindingState.WITHDRAWN})


class FindingQuerySet(ScopedQuerySet["Finding"]):
    """Questions about what was found."""

    def open(self) -> "FindingQuerySet":
        """Told to the audited and not settled."""
        return self.exclude(state__in=[FindingState.DRAFT, *SETTLED])

    def nonconformities(self) -> "FindingQuerySet":
        return self.filter(grade__in=NONCONFORMITIES)


class Finding(ScopedRow):
    """What was found against a criterion, with what shows it (ISO 27001 9.2.2, 10.2 a; ISO 19011 6.4.8)."""

    reference_prefix = "F"
    reference_digits = 3

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings", null=True, blank=True)
    source = models.CharField(max_length=10, choices=FindingSource, default=FindingSource.AUDIT)
    grade = models.CharField(max_length=12, choices=Grade)
    title = models.CharField(max_length=160)
    statement = models.TextField("what was found", help_text="Facts: what is asked, what is, since when.")
    evidence_seen = models.TextField(
        "what shows it", help_text="Records, samples, interviews, so that others come to the same finding."
    )
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    implementation = models.ForeignKey(
        Implementation, on_delete=models.PROTECT, related_name="findings", null=True, blank=True
    )
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    response_due = models.DateField("answer until", null=True, blank=True)
    response = models.TextField(blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=16, choices=FindingState, default=FindingState.DRAFT)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "finding", self.reference)

    @property
    def is_nonconformity(self) -> bool:
        return self.grade in NONCONFORMITIES

    def is_late(self, on: date) -> bool:
        """Told, unanswered, and the day of the answer is past."""
        return self.state == FindingState.ISSUED and self.response_due is not None and self.response_due < on
