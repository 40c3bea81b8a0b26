"""What was handed out of the ledger by mail."""

from django.db import models

from compliance.projects.models.rows import OrganisationRow, ScopedQuerySet


class CheckpointMailing(OrganisationRow):
    """A checkpoint of the ledger, mailed to those the organisation names (ISO 27001 7.5.3: protected from change)."""

    class Occasion(models.TextChoices):
        WEEKLY = "weekly", "Weekly"
        ISSUE = "issue", "A pack was issued"

    size = models.BigIntegerField("log leaves", default=0)
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    about = models.CharField(max_length=120, blank=True, help_text="Why it is sent: PK-0003 was issued.")
    sent_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it waits to be sent.")
    recipients = models.PositiveIntegerField(default=0)

    objects = ScopedQuerySet["CheckpointMailing"].as_manager()

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"
