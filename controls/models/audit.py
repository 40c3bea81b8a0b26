"""Internal and external audits: the programme, one audit with its criteria, and who audits (ISO 27001 9.2)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from compliance.projects.models import Invitation, Organisation, OrganisationRow, Project, ScopedQuerySet, ScopedRow
from compliance.ui.addresses import filled
from controls.addresses import address

from .catalogue import Requirement


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    RUNNING = "running", "Running"
    CLOSED = "closed", "Closed"


PROGRAMME_MOVES: dict[str, frozenset[str]] = {
    ProgrammeState.DRAFT: frozenset({ProgrammeState.APPROVED}),
    ProgrammeState.APPROVED: frozenset({ProgrammeState.RUNNING, ProgrammeState.CLOSED}),
    ProgrammeState.RUNNING: frozenset({ProgrammeState.CLOSED}),
    ProgrammeState.CLOSED: frozenset(),
}


class AuditProgramme(OrganisationRow):
    """What is audited over a year or a cycle, and why in this order (ISO 27001 9.2.2)."""

    reference_prefix = "AUP"
    reference_digits = 3

    title = models.CharField(max_length=160)
    start_date = models.DateField("from")
    end_date = models.DateField("to")
    objectives = models.TextField(
        blank=True, help_text="What the audits are to find out; which processes matter most; what earlier audits found."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ProgrammeState, default=ProgrammeState.DRAFT)

    class Meta:
        ordering = ["-start_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.organisation, "programme", self.reference)


class AuditKind(models.TextChoices):
    INTERNAL = "internal", "Internal audit"
    CERTIFICATION = "certification", "Certification or surveillance audit"
    CUSTOMER = "customer", "Audit by a customer"


class AuditMethod(models.TextChoices):
    ON_SITE = "on_site", "On site"
    REMOTE = "remote", "Remote"
    HYBRID = "hybrid", "On site and remote"


class AuditState(models.TextChoices):
    PLANNED = "planned", "Planned"
    NOTIFIED = "notified", "Notified"
    FIELDWORK = "fieldwork", "Fieldwork"
    DRAFT_REPORT = "draft_report", "Draft report"
    RESPONSE = "response", "Awaiting response"
    FINAL = "final", "Final report"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


AUDIT_MOVES: dict[str, frozenset[str]] = {
    AuditState.PLANNED: frozenset({AuditState.NOTIFIED, AuditState.CANCELLED}),
    AuditState.NOTIFIED: frozenset({AuditState.FIELDWORK, AuditState.CANCELLED}),
    AuditState.FIELDWORK: frozenset({AuditState.DRAFT_REPORT}),
    AuditState.DRAFT_REPORT: frozenset({AuditState.RESPONSE, AuditState.FIELDWORK}),
    AuditState.RESPONSE: frozenset({AuditState.FINAL}),
    AuditState.FINAL: frozenset({AuditState.CLOSED}),
    AuditState.CLOSED: frozenset(),
    AuditState.CANCELLED: frozenset(),
}
AUDIT_OVER = frozenset({AuditState.CLOSED, AuditState.CANCELLED})
REPORTED = frozenset({AuditState.FINAL, AuditState.CLOSED})


class AuditQuerySet(ScopedQuerySet["Audit"]):
    """Questions about audits."""

    def under_way(self) -> "AuditQuerySet":
        return self.exclude(state__in=AUDIT_OVER)


class Audit(ScopedRow):
    """One audit of the organisation or of one project (ISO 27001 9.2, ISO 19011)."""

    reference_prefix = "IA"
    reference_digits = 3

    programme = models.ForeignKey(
        AuditProgramme, on_delete=models.PROTECT, related_name="audits", null=True, blank=True
    )
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=14, choices=AuditKind, default=AuditKind.INTERNAL)
    objectives = models.TextField(help_text="What this audit is to find out.")
    boundaries = models.TextField("scope", blank=True, help_text="Sites, teams, systems, and what is left out.")
    method = models.CharField(max_length=8, choices=AuditMethod, default=AuditMethod.HYBRID)
    start_date = models.DateField("begins on")
    end_date = models.DateField("ends on")
    state = models.CharField(max_length=12, choices=AuditState, default=AuditState.PLANNED)
    conclusion = models.TextField(blank=True)
    distribution = models.CharField("report goes to", max_length=300, blank=True)
    reported_date = models.DateField("reported to management on", null=True, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-start_date", "reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address(self.project or self.organisation, "audit", self.reference)


class AuditCriterion(ScopedRow):
    """That an audit measures by a requirement; the coverage matrix counts these."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="criteria")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["requirement__edition__position", "requirement__position"]
        constraints = [models.UniqueConstraint(fields=["audit", "requirement"], name="controls_audit_criterion")]
        verbose_name_plural = "audit criteria"

    def __str__(self) -> str:
        return f"{self.audit} measures by {self.requirement}"


class SeatRole(models.TextChoices):
    LEAD = "lead", "Lead auditor"
    AUDITOR = "auditor", "Auditor"
    EXPERT = "expert", "Technical expert"
    OBSERVER = "observer", "Observer"


class AuditSeatQuerySet(ScopedQuerySet["AuditSeat"]):
    """Questions about who audits, and who may sit at the desk."""

    def open(self, at: datetime) -> "AuditSeatQuerySet":
        """Those whose window is open at a moment, in audits not over; nothing has to run for a window to close."""
        return self.filter(since__lte=at, until__gt=at, ended_at__isnull=True).exclude(audit__state__in=AUDIT_OVER)

    def held_by(self, user: object) -> "AuditSeatQuerySet":
        """The person's, given directly or taken by an invitation."""
        return self.filter(Q(user=user) | Q(user__isnull=True, invitation__accepted_by=user))


class AuditSeat(ScopedRow):
    """A person's place in one audit for a window of time: all that opens the auditor's desk (ISO 27001 9.2.2 c).

    It gives no role and no right in organisation or project. Somebody without an account takes it by an invitation.
    """

    personal_fields = frozenset({"name"})

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="+", null=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=8, choices=SeatRole, default=SeatRole.AUDITOR)
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="Access ends by itself at this moment.")
    ended_at = models.DateTimeField(null=True, blank=True)
    conflicts = models.TextField(blank=True, help_text="What of the audited the person owned or worked on.")
    override_reason = models.TextField(blank=True)

    objects = AuditSeatQuerySet.as_manager()

    class Meta:
        ordering = ["since", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "user"], condition=Q(user__isnull=False), name="controls_audit_seat"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_role_display().lower()} of {self.audit.reference}"

    @property
    def scope(self) -> Organisation | Project:
        """In whose history is told what is seen from here."""
        return self.project or self.organisation

    @property
    def label(self) -> str:
        return self.audit.reference

    def get_absolute_url(self) -> str:
        return filled("controls:desk", self.audit_id)

    @property
    def holder_id(self) -> object:
        """The person who holds the seat, once there is one."""
        if self.user_id or self.invitation is None:
            return self.user_id
        return self.invitation.accepted_by_id

    def standing(self, at: datetime | None = None) -> str:
        """`invited`, `planned`, `active`, `ended` or `expired`."""
        moment = at or timezone.now()
        if self.ended_at:
            return "ended"
        if self.until <= moment:
            return "expired"
        if self.holder_id is None:
            return "invited"
        return "planned" if self.since > moment else "active"
