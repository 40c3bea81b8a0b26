"""How long data is kept, how it goes, and the runs that show it went (GDPR Art. 5(1)(e), 17; ISO/IEC 27001 A.8.10)."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.projects.models import OrganisationRow, ScopedQuerySet
from compliance.ui.addresses import filled
from controls.models import Evidence
from dataflows import vocabulary
from dataflows.models.item import DataItem
from dataflows.models.system import System
from dataflows.spans import later


class RetentionRuleQuerySet(ScopedQuerySet["RetentionRule"]):
    """Questions about retention rules."""

    def in_force(self) -> "RetentionRuleQuerySet":
        return self.filter(ended_date__isnull=True)

    def overrun(self, on: date) -> "RetentionRuleQuerySet":
        """Those under which data was reported that should be gone by now."""
        return self.in_force().filter(gone_by_date__lt=on)

    def undisposed(self, on: date) -> "RetentionRuleQuerySet":
        """Those whose next disposal run was due before a day."""
        return self.in_force().filter(next_run_date__lt=on)

    def for_item(self, item: DataItem) -> "RetentionRuleQuerySet":
        """Those for the item itself or for its whole category."""
        return self.filter(Q(item=item) | Q(item__isnull=True, category=item.category), organisation=item.organisation)


class RetentionRule(OrganisationRow):
    """From when data is kept for how long, why so long, and how it then goes."""

    reference_prefix = "RR"
    reference_digits = 3

    class Trigger(models.TextChoices):
        ACCOUNT_CLOSED = "account_closed", "the account is closed"
        LAST_USE = "last_use", "last use"
        CONTRACT_END = "contract_end", "the end of the contract"
        COLLECTION = "collection", "collection"
        LEGAL_EVENT = "legal_event", "an event the law names"

    class Unit(models.TextChoices):
        DAYS = "days", "days"
        MONTHS = "months", "months"
        YEARS = "years", "years"

    class Method(models.TextChoices):
        DELETE = "delete", "Deleted"
        ANONYMISE = "anonymise", "Anonymised"
        AGGREGATE = "aggregate", "Aggregated"
        CRYPTO_SHRED = "crypto_shred", "Keys destroyed"
        RETURN = "return", "Returned"

    name = models.CharField(max_length=100, help_text="What it is about, e.g. Training data of inactive users.")
    item = models.ForeignKey(
        DataItem,
        on_delete=models.PROTECT,
        related_name="retention_rules",
        null=True,
        blank=True,
        verbose_name="data",
        help_text="One kind of data, or below a whole category.",
    )
    category = models.CharField(max_length=30, blank=True, choices=vocabulary.category_choices)
    system = models.ForeignKey(
        System,
        on_delete=models.PROTECT,
        related_name="retention_rules",
        null=True,
        blank=True,
        help_text="Where it holds; empty for every place the data is kept.",
    )
    trigger = models.CharField("counted from", max_length=14, choices=Trigger, default=Trigger.COLLECTION)
    period = models.PositiveSmallIntegerField(help_text="0 when the data goes at once.")
    unit = models.CharField(max_length=6, choices=Unit, default=Unit.MONTHS)
    basis = models.CharField(
        "why so long", max_length=250, blank=True, help_text="The law that asks for it, or what the data is needed for."
    )
    method = models.CharField("how it goes", max_length=12, choices=Method, default=Method.DELETE)
    backup_lag_days = models.PositiveSmallIntegerField(
        "days until it is gone from backups", default=0, help_text="0 when no backup holds it."
    )
    every_days = models.PositiveSmallIntegerField(
        "days between disposal runs", null=True, blank=True, help_text="Empty when the system deletes by itself."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    review_date = models.DateField("next review", null=True, blank=True)
    ended_date = models.DateField("no longer in force since", null=True, blank=True, editable=False)
    oldest_date = models.DateField("oldest data left counts from", null=True, blank=True, editable=False)
    gone_by_date = models.DateField("oldest data has to be gone by", null=True, blank=True, editable=False)
    last_run_date = models.DateField("last disposal run", null=True, blank=True, editable=False)
    next_run_date = models.DateField("next disposal run", null=True, blank=True, editable=False)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:retention_rule", self.organisation.slug, self.reference)

    @property
    def about(self) -> str:
        """The data it is for: an item, or a category as a whole."""
        if self.item:
            return self.item.name
        known = vocabulary.categories().get(self.category)
        return f"{known.label}, the whole category" if known else ""

    @property
    def where(self) -> str:
        return self.system.name if self.system else "Everywhere"

    @property
    def length(self) -> str:
        """24 months; 1 year."""
        unit = self.unit[:-1] if self.period == 1 else self.unit
        return f"{self.period} {unit}" if self.period else "at once"

    @property
    def said(self) -> str:
        """The time limit as letter f prints it: 24 months after last use, deleted; backups 35 days later."""
        start = f"{self.length} after" if self.period else "At once on"
        backup = f"; backups {self.backup_lag_days} days later" if self.backup_lag_days else ""
        return f"{start} {self.get_trigger_display()}, {self.get_method_display().lower()}{backup}"

    def gone_by(self, counted_from: date) -> date:
        """The last day data may be kept whose time began on a day."""
        return later(counted_from, self.period, self.unit)

    def is_overrun(self, on: date) -> bool:
        """Whether data was reported that should be gone by now."""
        return self.ended_date is None and self.gone_by_date is not None and self.gone_by_date < on

    def run_after(self, day: date) -> date | None:
        """When data is to be disposed of next after a run on a day; None where the system does it by itself."""
        return day + timedelta(days=self.every_days) if self.every_days else None


class DisposalRun(OrganisationRow):
    """Data disposed of under a rule on a day: how much, what was left, and what shows it."""

    reference_prefix = "DS"
    reference_digits = 3

    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="runs")
    run_date = models.DateField("run on")
    scope = models.CharField("what was gone through", max_length=200, help_text="e.g. all accounts closed before May.")
    count = models.PositiveIntegerField("records disposed of", help_text="0 when nothing had to go.")
    oldest_date = models.DateField(
        "oldest data left counts from",
        null=True,
        blank=True,
        help_text="Its day of last use, collection or whatever the rule counts from; empty when nothing is left.",
    )
    proof = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        related_name="disposal_runs",
        null=True,
        blank=True,
        help_text="The log or query result, kept as evidence.",
    )
    notes = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_how = models.TextField(blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-run_date", "-reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.run_date}"

    def get_absolute_url(self) -> str:
        return self.rule.get_absolute_url()
