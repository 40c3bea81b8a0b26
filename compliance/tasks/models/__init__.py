"""Tasks, and how people are reminded of what falls due."""

from compliance.tasks.models.reminding import (
    Digest,
    MailPreference,
    MailSent,
    ReminderRun,
    ReminderRunQuerySet,
    stale_since,
)
from compliance.tasks.models.task import Task, TaskQuerySet

__all__ = [
    "Digest",
    "MailPreference",
    "MailSent",
    "ReminderRun",
    "ReminderRunQuerySet",
    "Task",
    "TaskQuerySet",
    "stale_since",
]
