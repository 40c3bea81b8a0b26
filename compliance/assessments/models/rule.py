"""What an organisation changes about the rules of an edition: switched off, said otherwise, or one of its own."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.approvals.models import Approval
from compliance.assessments.questionnaire import LATEST
from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.ui.addresses import filled


class RuleState(models.TextChoices):
    PROPOSED = "proposed", "Waits for approval"
    IN_FORCE = "in_force", "In force"
    REJECTED = "rejected", "Rejected"
    ENDED = "ended", "Ended"


RULE_MOVES: dict[str, frozenset[str]] = {
    RuleState.PROPOSED: frozenset({RuleState.IN_FORCE, RuleState.REJECTED}),
    RuleState.IN_FORCE: frozenset({RuleState.ENDED}),
    RuleState.REJECTED: frozenset(),
    RuleState.ENDED: frozenset(),
}


class RuleChangeQuerySet(ScopedQuerySet["RuleChange"]):
    """Questions about changed rules."""

    def in_force(self) -> "RuleChangeQuerySet":
        return self.filter(state=RuleState.IN_FORCE)

    def waiting(self) -> "RuleChangeQuerySet":
        return self.filter(state=RuleState.PROPOSED)


class RuleChange(OrganisationRow):
    """One rule as an organisation has it, over that of the edition; without content and not off: as the edition has it.

    `rule` is an id of the edition, or OWN- with a number. `content` is JSON: what the rule says otherwise.
    """

    reference_prefix = "RU"
    reference_digits = 3

    edition = models.CharField(max_length=20, default=LATEST)
    rule = models.CharField(max_length=20)
    off = models.BooleanField("switched off", default=False)
    content = models.TextField(blank=True)
    why = models.TextField("why it is changed")
    state = models.CharField(max_length=10, choices=RuleState, default=RuleState.PROPOSED, editable=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = RuleChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "edition", "rule", "state"],
                condition=Q(state__in=["in_force", "proposed"]),
                name="assessments_rule_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.rule}, {self.told}"

    def get_absolute_url(self) -> str:
        return filled("assessments:rule", self.organisation.slug, self.rule)

    @property
    def told(self) -> str:
        """What it does to the rule, in a word or two."""
        if self.off:
            return "switched off"
        if not self.content:
            return "as the edition has it"
        return "one of our own" if self.is_own else "changed"

    @property
    def is_own(self) -> bool:
        return self.rule.startswith("OWN-")

    @property
    def says(self) -> dict[str, Any]:
        """What the rule says otherwise; nothing when that was erased."""
        try:
            found = json.loads(self.content or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def facts(self) -> dict[str, Any]:
        """What an approval covers."""
        return {"edition": self.edition, "rule": self.rule, "off": self.off, "says": self.says, "why": self.why}
