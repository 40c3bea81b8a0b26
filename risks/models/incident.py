"""Incidents: what happened, who did what when, and what came of it (ISO/IEC 27001 A.5.24 to A.5.28)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from compliance.projects.models import Organisation, Project, ScopedQuerySet, ScopedRow
from compliance.ui.addresses import filled


def case_address(scope: Organisation | Project, page: str, *args: Any) -> str:
    """The address of `risks:<page>` in the scope; a project's pages are called `project_<page>`."""
    name = f"project_{page}" if isinstance(scope, Project) else page
    return filled(f"risks:{name}", scope.slug, *args)


class Severity(models.TextChoices):
    SEV1 = "sev1", "Sev 1: people harmed, or the service lost"
    SEV2 = "sev2", "Sev 2: data exposed, or much of the service lost"
    SEV3 = "sev3", "Sev 3: limited and contained"
    SEV4 = "sev4", "Sev 4: no effect outside"


class Source(models.TextChoices):
    MONITORING = "monitoring", "Monitoring"
    STAFF = "staff", "Somebody of ours"
    USER = "user", "A user"
    SUPPLIER = "supplier", "A supplier"
    RESEARCHER = "researcher", "A security researcher"
    AUTHORITY = "authority", "An authority"
    TEST = "test", "A test or audit"
    OTHER = "other", "Somebody else"


class RootCause(models.TextChoices):
    """Why breaches happen: one taxonomy for incidents and nonconformities, so that years can be compared."""

    WEAK_AUTHENTICATION = "weak_authentication", "Weak authentication"
    BROKEN_AUTHORISATION = "broken_authorisation", "Broken authorisation"
    INSECURE_API = "insecure_api", "Insecure API"
    VULNERABLE_DEPENDENCY = "vulnerable_dependency", "Vulnerable dependency"
    CRYPTO_FAILURE = "crypto_failure", "Failure of cryptography"
    INSECURE_STORAGE = "insecure_storage", "Insecure storage"
    MISCONFIGURATION = "misconfiguration", "Misconfiguration"
    MONITORING_GAP = "monitoring_gap", "Gap in monitoring"
    SUPPLIER_FAILURE = "supplier_failure", "Failure of a supplier"
    HUMAN_ERROR = "human_error", "Human error"
    PROCESS_GAP = "process_gap", "Gap in a process"
    MALICIOUS_INSIDER = "malicious_insider", "Malicious insider"


class IncidentState(models.TextChoices):
    REPORTED = "reported", "Reported"
    RESPONDING = "responding", "Responding"
    CONTAINED = "contained", "Contained"
    LESSONS = "lessons", "Lessons"
    CLOSED = "closed", "Closed"
    DISMISSED = "dismissed", "No incident"


INCIDENT_MOVES: dict[str, frozenset[str]] = {
    IncidentState.REPORTED: frozenset({IncidentState.RESPONDING, IncidentState.DISMISSED}),
    IncidentState.RESPONDING: frozenset({IncidentState.CONTAINED, IncidentState.DISMISSED}),
    IncidentState.CONTAINED: frozenset({IncidentState.LESSONS, IncidentState.RESPONDING}),
    IncidentState.LESSONS: frozenset({IncidentState.CLOSED, IncidentState.RESPONDING}),
    IncidentState.CLOSED: frozenset({IncidentState.RESPONDING}),
    IncidentState.DISMISSED: frozenset({IncidentState.RESPONDING}),
}
INCIDENT_OVER = frozenset({IncidentState.CLOSED, IncidentState.DISMISSED})


class IncidentQuerySet(ScopedQuerySet["Incident"]):
    """Questions about incidents."""

    def open(self) -> "IncidentQuerySet":
        return self.exclude(state__in=INCIDENT_OVER)

    def grave(self) -> "IncidentQuerySet":
        """Of the two highest severities."""
        return self.filter(severity__in=[Severity.SEV1, Severity.SEV2])


class Incident(ScopedRow):
    """One event or series of events that harmed or may have harmed what we protect (ISO/IEC 27001 A.5.25)."""

    reference_prefix = "INC"
    reference_digits = 2

    title = models.CharField(max_length=160, help_text="What happened, in a few words and without names of people.")
    severity = models.CharField(max_length=4, choices=Severity)
    source = models.CharField("noticed by", max_length=10, choices=Source)
    summary = models.TextField("what is known", help_text="Facts, and what is not known yet.")
    occurred_from = models.DateTimeField("began", null=True, blank=True)
    occurred_to = models.DateTimeField("ended", null=True, blank=True)
    detected_at = models.DateTimeField("noticed")
    aware_at = models.DateTimeField(
        "aware",
        null=True,
        blank=True,
        help_text="When we were reasonably certain; clocks of incident laws run from it.",
    )
    classified_at = models.DateTimeField("classified as major", null=True, blank=True, help_text="DORA only.")
    fixed_at = models.DateTimeField("fix available", null=True, blank=True)
    contained_at = models.DateTimeField("contained", null=True, blank=True, editable=False)
    affected_systems = models.TextField("systems and suppliers", blank=True)
    affected_people = models.TextField("people and customers", blank=True, help_text="Groups and numbers, no names.")
    root_causes = models.JSONField("root causes", default=list, blank=True)
    cause = models.TextField("how it came about", blank=True)
    lessons = models.TextField("what was learnt", blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="lead"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    communication = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="speaks to those outside",
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    state = models.CharField(max_length=10, choices=IncidentState, default=IncidentState.REPORTED, editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return case_address(self.scope, "incident", self.reference)

    @property
    def scope(self) -> Organisation | Project:
        return self.project or self.organisation

    @property
    def is_over(self) -> bool:
        return self.state in INCIDENT_OVER

    @property
    def severity_word(self) -> str:
        """Sev 1, without what it means."""
        return self.get_severity_display().partition(":")[0]

    @property
    def causes(self) -> list[str]:
        """The root causes in words."""
        return [RootCause(code).label for code in self.root_causes if code in RootCause.values]

    @property
    def moments(self) -> dict[str, datetime]:
        """What clocks of the incident may run from, by the key of the event."""
        known = {
            "aware": self.aware_at,
            "suspected": self.detected_at,
            "discovered": self.aware_at,
            "classified": self.classified_at,
            "fixed": self.fixed_at,
        }
        return {event: at for event, at in known.items() if at}


class IncidentEntry(ScopedRow):
    """A line of the timeline. It is never changed: a later line may amend it, and both stay."""

    class Kind(models.TextChoices):
        FACT = "fact", "Fact"
        DECISION = "decision", "Decision"
        ACTION = "action", "Action"
        CONTACT = "contact", "Contact"

    personal_fields = frozenset({"text"})

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    happened_at = models.DateTimeField("when")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FACT)
    text = models.TextField("what")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    amends = models.ForeignKey("self", on_delete=models.PROTECT, related_name="amendments", null=True, blank=True)

    class Meta:
        ordering = ["happened_at", "written_at"]
        verbose_name = "entry of a timeline"
        verbose_name_plural = "entries of a timeline"

    def __str__(self) -> str:
        return f"{self.incident_id} {self.happened_at:%Y-%m-%d %H:%M}"


class CaseLink(ScopedRow):
    """That an incident or an impact assessment is about a record, named by kind and id as registers name theirs."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links", null=True)
    assessment = models.ForeignKey("risks.ImpactAssessment", on_delete=models.CASCADE, related_name="links", null=True)
    target = models.SlugField("kind of record", max_length=40, db_index=False)
    target_id = models.UUIDField("record")
    target_reference = models.CharField(max_length=80)

    class Meta:
        ordering = ["target", "target_reference"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "target", "target_id"], name="risks_link_of_incident"),
            models.UniqueConstraint(fields=["assessment", "target", "target_id"], name="risks_link_of_assessment"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.target_reference}"
