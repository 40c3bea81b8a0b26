"""Something one person promised to do by a day."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from compliance.projects.models import Membership, Project, ScopedQuerySet, ScopedRow
from compliance.ui.addresses import filled

if TYPE_CHECKING:
    from compliance.accounts.models import User


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Questions about tasks."""

    def open(self) -> "TaskQuerySet":
        return self.filter(state=Task.State.OPEN)

    def closed(self) -> "TaskQuerySet":
        return self.exclude(state=Task.State.OPEN)

    def reachable_by(self, user: "User", at: datetime) -> "TaskQuerySet":
        """Those whose scope the person can still open: a role that ended takes its tasks out of sight."""
        held = Membership.objects.of(user).valid(at).filter(organisation=OuterRef("organisation"))
        return self.filter(
            Q(project__isnull=True) & Exists(held.filter(project__isnull=True))
            | Q(project__in=Project.objects.visible_to(user, at))
        )


class Task(ScopedRow):
    """A piece of work with an owner and a day (ISO 27001 6.2, 10.2)."""

    reference_prefix = "T"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField("due")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    outcome = models.TextField(blank=True, editable=False, help_text="What was done, or why it is not done.")
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    source_url = models.CharField(
        "belongs to", max_length=300, blank=True, help_text="The page in Assay this is about, beginning with /."
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "reference"]
        indexes = [
            models.Index(fields=["assignee", "state", "due_date"], name="tasks_task_mine"),
            models.Index(fields=["organisation", "state", "due_date"], name="tasks_task_organisation"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        if self.project_id and self.project:
            return filled("tasks:project_task", self.project.slug, self.reference)
        return filled("tasks:task", self.organisation.slug, self.reference)
