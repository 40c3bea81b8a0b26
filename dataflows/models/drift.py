"""Where an app and its papers part: what a rule found in a build, and what was decided about it.

    open --accept--> accepted_fix_record | accepted_fix_app --its last day--> open
    open --> false_positive                  any --the rule no longer finds it--> resolved --it comes again--> open

A finding has a row per release. The same mark in the next release goes on with its state.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from compliance.projects.models import ProjectRow, Release, ScopedQuerySet
from compliance.ui.addresses import filled


class DriftState(models.TextChoices):
    OPEN = "open", "Open"
    FIX_RECORD = "accepted_fix_record", "Accepted, the papers will be mended"
    FIX_APP = "accepted_fix_app", "Accepted, the app will be mended"
    FALSE_POSITIVE = "false_positive", "False alarm"
    RESOLVED = "resolved", "Resolved"


class DriftSeverity(models.TextChoices):
    BLOCK = "block", "Blocks"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


S = DriftState
ACCEPTED = (S.FIX_RECORD, S.FIX_APP)
DRIFT_MOVES: dict[str, frozenset[str]] = {
    S.OPEN: frozenset({S.FIX_RECORD, S.FIX_APP, S.FALSE_POSITIVE, S.RESOLVED}),
    S.FIX_RECORD: frozenset({S.OPEN, S.FIX_RECORD, S.FIX_APP, S.RESOLVED}),
    S.FIX_APP: frozenset({S.OPEN, S.FIX_RECORD, S.FIX_APP, S.RESOLVED}),
    S.FALSE_POSITIVE: frozenset({S.OPEN, S.RESOLVED}),
    S.RESOLVED: frozenset({S.OPEN}),
}
RANKS = {value: rank for rank, value in enumerate(DriftSeverity.values)}


class DriftQuerySet(ScopedQuerySet["Drift"]):
    """Questions about findings."""

    def untriaged(self, on: date) -> "DriftQuerySet":
        """Those nobody has decided about, and those whose acceptance is over on a day."""
        return self.filter(Q(state=S.OPEN) | Q(state__in=ACCEPTED, until__lt=on))

    def accepted(self, on: date) -> "DriftQuerySet":
        return self.filter(state__in=ACCEPTED, until__gte=on)

    def ranked(self) -> "DriftQuerySet":
        """With `rank`: the gravest is 0."""
        grades = [When(severity=value, then=Value(rank)) for value, rank in RANKS.items()]
        return self.annotate(rank=Case(*grades, output_field=IntegerField()))

    def gravest_first(self) -> "DriftQuerySet":
        return self.ranked().order_by("rank", "rule", "reference")

    def of_current(self) -> "DriftQuerySet":
        """Those of releases that are planned or out, not of what was withdrawn."""
        return self.exclude(release__state=Release.State.WITHDRAWN)


class Drift(ProjectRow):
    """One finding of a drift rule about a release (GDPR Art. 5(2); ISO/IEC 27001 A.8.29, A.8.32).

    `about` holds what a mend is filled in with, `where` the places in files. `until` is the last day of an acceptance.
    """

    reference_prefix = "DRF"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="drift")
    rule = models.CharField(max_length=4)
    key = models.CharField(max_length=250)
    mark = models.CharField(max_length=255)
    severity = models.CharField(max_length=6, choices=DriftSeverity)
    platforms = models.CharField(max_length=40, blank=True)
    app_does = models.TextField("what the app does")
    papers_say = models.TextField("what the papers say")
    where = models.JSONField("places in the files", default=list)
    about = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=DriftState, default=DriftState.OPEN)
    reason = models.TextField("why so decided", blank=True)
    until = models.DateField("accepted until", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField("found")
    resolved_at = models.DateTimeField(null=True, blank=True)
    goes_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="goes on from"
    )

    objects = DriftQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        verbose_name = "drift finding"
        constraints = [models.UniqueConstraint(fields=["release", "mark"], name="dataflows_drift_mark")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:drift", self.project.slug, self.reference)

    @property
    def title(self) -> str:
        """What its rule is called."""
        from dataflows.drift import known_rules

        return known_rules()[self.rule].title if self.rule in known_rules() else self.rule

    @property
    def blocks(self) -> str:
        """The gate it holds by its rule, if any."""
        from dataflows.drift import known_rules

        return known_rules()[self.rule].blocks if self.rule in known_rules() else ""

    def standing(self, on: date) -> str:
        """The state as it counts on a day: an acceptance ends by itself."""
        return str(S.OPEN) if self.is_over(on) else str(self.state)

    def is_over(self, on: date) -> bool:
        """Whether it was accepted and the last day of that has passed."""
        return self.state in ACCEPTED and self.until is not None and self.until < on

    def is_untriaged(self, on: date) -> bool:
        return self.standing(on) == S.OPEN

    def decision(self) -> dict[str, Any]:
        """What the same finding in the next release takes over."""
        names = ("state", "reason", "until", "decided_by_id", "decided_at")
        return {name: getattr(self, name) for name in names}
