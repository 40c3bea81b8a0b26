"""What approved answers propose: nothing happens before somebody accepts it."""

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from compliance.assessments.models.assessment import Assessment
from compliance.projects.models import ProjectRow, ScopedQuerySet


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", "Waits for a decision"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    STANDING = "standing", "Stands already"
    WITHDRAWN = "withdrawn", "Withdrawn"


PROPOSAL_MOVES: dict[str, frozenset[str]] = {
    ProposalState.PROPOSED: frozenset(
        {ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.STANDING, ProposalState.WITHDRAWN}
    ),
    ProposalState.ACCEPTED: frozenset(),
    ProposalState.DECLINED: frozenset(),
    ProposalState.STANDING: frozenset(),
    ProposalState.WITHDRAWN: frozenset({ProposalState.PROPOSED}),
}


class ProposalQuerySet(ScopedQuerySet["Proposal"]):
    """Questions about what is proposed."""

    def waiting(self) -> "ProposalQuerySet":
        return self.filter(state=ProposalState.PROPOSED)

    def in_force(self) -> "ProposalQuerySet":
        """Accepted, or there before anybody proposed it."""
        return self.filter(state__in=[ProposalState.ACCEPTED, ProposalState.STANDING])

    def of_row(self, row: Any) -> "ProposalQuerySet":
        """Those that became a record, or were it already."""
        return self.filter(made_id=row.pk).in_force()


class Proposal(ProjectRow):
    """One consequence of an answer. `because` names question, answer and reason, and stays readable for good."""

    reference_prefix = "PR"
    personal_fields: ClassVar[frozenset[str]] = frozenset({"because", "parameters", "title"})

    class Kind(models.TextChoices):
        FLAG = "flag", "Flag"
        FRAMEWORK = "framework", "Framework"
        CONTROL = "control", "Control"
        RISK = "risk", "Risk"
        FLOW = "flow", "Data flow"
        PARTY = "party", "Party"
        RECORD = "record", "Record"
        TASK = "task", "Task"
        EVIDENCE = "evidence", "Evidence"
        PERMISSION = "permission", "Expected permission"
        SDK = "sdk", "Expected SDK"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=120)
    title = models.CharField("what is proposed", max_length=300)
    rule = models.CharField("rules", max_length=120)
    question = models.CharField(max_length=8)
    because = models.TextField()
    parameters = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    made = models.CharField("what came of it", max_length=200, blank=True)
    made_url = models.CharField(max_length=300, blank=True)
    made_id = models.UUIDField("the record it became", null=True, blank=True, db_index=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["assessment", "kind", "reference"]
        constraints = [models.UniqueConstraint(fields=["assessment", "kind", "key"], name="assessments_proposal_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def named(self) -> str:
        """What the rule names: for a record, what sort of record it is."""
        return str(self.given.get("named", ""))

    @property
    def given(self) -> dict[str, Any]:
        """The parameters of the consequence."""
        try:
            found = json.loads(self.parameters or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @given.setter
    def given(self, values: dict[str, Any]) -> None:
        self.parameters = json.dumps(values, ensure_ascii=False, sort_keys=True)
