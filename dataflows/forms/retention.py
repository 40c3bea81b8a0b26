"""Retention rules and disposal runs."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation
from compliance.ui.filters import Filters
from controls.models import Evidence
from dataflows.forms.inventory import people_of
from dataflows.forms.record import RecordForm, day_input
from dataflows.models import DataItem, DisposalRun, RetentionRule, System


class RuleForm(RecordForm):
    """How long data is kept and how it goes."""

    clauses = {
        "item": "GDPR Art. 30(1)(f)",
        "period": "GDPR Art. 5(1)(e)",
        "basis": "GDPR Art. 5(1)(c), 5(2)",
        "method": "ISO/IEC 27001 A.8.10",
        "every_days": "GDPR Art. 17",
    }
    approved_state = ""

    class Meta:
        model = RetentionRule
        fields = (
            "name",
            "item",
            "category",
            "system",
            "trigger",
            "period",
            "unit",
            "basis",
            "method",
            "backup_lag_days",
            "every_days",
            "owner",
            "review_date",
        )
        widgets = {"review_date": day_input()}

    def __init__(self, *args: Any, organisation: Organisation, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "item": DataItem.objects.in_organisation(organisation),
            "system": System.objects.in_organisation(organisation).running(),
            "owner": people_of(organisation, at),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if "reason" in self.fields:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = "Records that name the rule are to be approved again."


class RunForm(forms.ModelForm):
    """A disposal run, as it is told to the service."""

    class Meta:
        model = DisposalRun
        fields = ("run_date", "scope", "count", "oldest_date", "proof", "notes")
        widgets = {
            "run_date": day_input(),
            "oldest_date": day_input(),
            "notes": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = Evidence.objects.in_organisation(organisation).shared().order_by("-reference")
        self.fields["proof"].queryset = shown  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The service writes and checks."""


class RuleFilter(Filters):
    """Finding retention rules."""

    q = django_filters.CharFilter(method="search", label="Words")
    trigger = django_filters.ChoiceFilter(choices=RetentionRule.Trigger.choices, label="Counted from")
    method = django_filters.ChoiceFilter(choices=RetentionRule.Method.choices, label="How it goes")
    due = django_filters.ChoiceFilter(
        choices=[("overrun", "data past its rule"), ("run", "disposal overdue"), ("review", "review overdue")],
        method="by_due",
        label="Due",
    )
    force = django_filters.ChoiceFilter(
        choices=[("yes", "in force"), ("no", "no longer")], method="by_force", label="In force"
    )

    def search(self, rows: QuerySet[RetentionRule], name: str, value: str) -> QuerySet[RetentionRule]:
        words = Q(name__icontains=value) | Q(item__name__icontains=value) | Q(system__name__icontains=value)
        return rows.filter(words | Q(basis__icontains=value) | Q(reference__iexact=value))

    def by_due(self, rows: Any, name: str, value: str) -> QuerySet[RetentionRule]:
        today = now_read().date()
        if value == "overrun":
            return rows.overrun(today)
        return rows.undisposed(today) if value == "run" else rows.in_force().filter(review_date__lt=today)

    def by_force(self, rows: QuerySet[RetentionRule], name: str, value: str) -> QuerySet[RetentionRule]:
        return rows.filter(ended_date__isnull=value == "yes")
