"""That a record is to be looked at again, because of something that happened."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.projects.models import Project, ScopedQuerySet, ScopedRow
from risks.models.method import Level

if TYPE_CHECKING:
    from compliance.accounts.models import User


class ReassessmentQuerySet(ScopedQuerySet["Reassessment"]):
    """What is still asked for."""

    def open(self) -> "ReassessmentQuerySet":
        return self.filter(settled_at=None)

    def seen_by(self, user: "User") -> "ReassessmentQuerySet":
        """Without those of projects the person may not know of."""
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(user)))

    def about(self, *targets: ScopedRow) -> "ReassessmentQuerySet":
        return self.filter(target_id__in=[target.pk for target in targets])


class Reassessment(ScopedRow):
    """One look that is asked for, with its reason and its day (ISO/IEC 27001 8.2; ISO/IEC 27005 10.5).

    `event` is a trigger of data/triggers.yaml, `cause` names what happened once and for all: the same cause never asks
    twice for the same target. It changes no score.
    """

    event = models.CharField(max_length=24)
    edition = models.PositiveSmallIntegerField("version of the triggers")
    cause = models.CharField(max_length=120, editable=False)
    target_model = models.CharField(max_length=60, editable=False)
    target_id = models.UUIDField(editable=False)
    target_reference = models.CharField("record", max_length=60)
    url = models.CharField("page", max_length=300, editable=False)
    kind = models.CharField("kind of record", max_length=20, default="risk", editable=False)
    action = models.CharField(max_length=120)
    reason = models.TextField()
    severity = models.CharField(max_length=10, choices=Level.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    happened_at = models.DateTimeField()
    due_date = models.DateField("due")
    notice = models.BooleanField("only tells", default=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    outcome = models.TextField(blank=True, editable=False)

    objects = ReassessmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "target_reference"]
        constraints = [models.UniqueConstraint(fields=["target_id", "event", "cause"], name="risks_reassessment_once")]

    def __str__(self) -> str:
        return f"{self.action}: {self.target_reference}"

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    def overdue(self, today: date) -> bool:
        return self.is_open and self.due_date < today
