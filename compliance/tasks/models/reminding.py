"""How people want to be told, what was sent to them, and the proof that somebody looked."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, OrganisationRow, ScopedQuerySet

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class Digest(models.TextChoices):
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Once a week"
    NEVER = "never", "Never"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class MailPreference(models.Model):
    """When a person is told by mail what waits for them, and the secret of their calendar address, kept as a hash."""

    ledger_exempt = "A person's own setting: what they are told, and that they were, is kept where it stands."

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference", primary_key=True
    )
    digest = models.CharField("tell me by mail", max_length=6, choices=Digest, default=Digest.DAILY)
    weekday = models.PositiveSmallIntegerField("once a week on", choices=Weekday, default=Weekday.MONDAY)
    hour = models.PositiveSmallIntegerField("from", choices=HOURS, default=7, validators=[MaxValueValidator(23)])
    quiet_from = models.PositiveSmallIntegerField("quiet from", choices=HOURS, default=20)
    quiet_until = models.PositiveSmallIntegerField("quiet until", choices=HOURS, default=6)
    zone = models.CharField("time zone", max_length=40, default="Europe/Berlin")
    calendar_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    calendar_since = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.get_digest_display()}, from {self.get_hour_display()}"

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def is_quiet(self, at: datetime) -> bool:
        """Whether the person wants nothing now; equal hours mean never quiet."""
        hour, start, end = self.local(at).hour, self.quiet_from, self.quiet_until
        return start <= hour < end if start <= end else hour >= start or hour < end

    def is_due(self, at: datetime, last: datetime | None) -> bool:
        """Whether a digest is to be sent now, given when the last one was."""
        here = self.local(at)
        if self.digest == Digest.NEVER or here.hour < self.hour or self.is_quiet(at):
            return False
        if self.digest == Digest.WEEKLY and here.weekday() != self.weekday:
            return False
        return last is None or self.local(last).date() < here.date()


class MailSent(models.Model):
    """A mail about what falls due: to whom, when, about what. `step` is that of an escalation."""

    ledger_exempt = "Operational: what was sent when; how much it was stands in the ReminderRun of the day."

    class Kind(models.TextChoices):
        DIGEST = "digest", "Digest"
        URGENT = "urgent", "Cannot wait"
        ESCALATION = "escalation", "Escalation"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=400, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    lines = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["user", "kind", "sent_at"], name="tasks_mail_sent")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.user_id}"


class ReminderRunQuerySet(ScopedQuerySet["ReminderRun"]):
    """Questions about runs."""

    def last(self) -> "ReminderRun | None":
        return self.order_by("-on_date").first()


class ReminderRun(OrganisationRow):
    """That reminders ran on a day: how much fell due and what was mailed. Its history is the proof that they did."""

    on_date = models.DateField("day")
    ran_at = models.DateTimeField("last run")
    due = models.PositiveIntegerField("falls due", default=0)
    overdue = models.PositiveIntegerField(default=0)
    digests = models.PositiveIntegerField("digests mailed", default=0)
    urgent = models.PositiveIntegerField("mails that could not wait", default=0)
    escalated = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField("mails that failed", default=0)

    objects = ReminderRunQuerySet.as_manager()

    class Meta:
        ordering = ["-on_date"]
        constraints = [models.UniqueConstraint(fields=["organisation", "on_date"], name="tasks_run_once_a_day")]

    def __str__(self) -> str:
        return f"Reminders of {self.on_date}"

    @property
    def mailed(self) -> int:
        return self.digests + self.urgent + self.escalated


def stale_since(organisation: Organisation, today: date | None = None) -> Any:
    """The last run when it is older than a day, False when there never was one, None when all is well."""
    last = ReminderRun.objects.in_organisation(organisation).last()
    if last is None:
        return False
    return last if (today or now_read().date()) > last.on_date and (now_read() - last.ran_at).days >= 1 else None
