"""What was said to each question, and what a reviewer remarks on it."""

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from compliance.assessments.models.assessment import Assessment
from compliance.assessments.values import Said
from compliance.projects.models import ProjectRow
from compliance.tasks.models import Task


class Answer(ProjectRow):
    """One question's answer. `said` is JSON in a text, so that what names a person can be erased from history."""

    personal_fields: ClassVar[frozenset[str]] = frozenset({"said", "comment"})

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=8)
    said = models.TextField("answer", blank=True)
    unknown = models.BooleanField("I don't know", default=False)
    comment = models.TextField(blank=True)
    evidence_url = models.CharField("evidence", max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    carried_over = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["assessment", "question"]
        constraints = [models.UniqueConstraint(fields=["assessment", "question"], name="assessments_answer_once")]

    def __str__(self) -> str:
        return f"{self.question} of {self.assessment.reference}"

    @property
    def value(self) -> dict[str, Any]:
        """What was said, by part; nothing when it was erased."""
        try:
            found = json.loads(self.said or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @value.setter
    def value(self, value: dict[str, Any]) -> None:
        self.said = json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""

    def as_said(self) -> Said:
        """The answer as rules read it."""
        return Said(self.value, self.unknown, self.comment)


class Remark(ProjectRow):
    """What a reviewer says about one answer; settled when the answer was changed or the remark taken back."""

    personal_fields: ClassVar[frozenset[str]] = frozenset({"text"})

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="remarks")
    question = models.CharField(max_length=8)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    settled = models.BooleanField(default=False)

    class Meta:
        ordering = ["assessment", "question", "made_at"]

    def __str__(self) -> str:
        return f"Remark on {self.question} of {self.assessment.reference}"
