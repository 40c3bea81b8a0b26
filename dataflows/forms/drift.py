"""Finding and deciding about drift."""

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.accounts.models import User
from compliance.ledger.moment import now_read
from compliance.projects.forms import ReasonForm
from compliance.projects.forms.rows import Day
from compliance.projects.models import Project, Release
from compliance.projects.pairs import people_of
from compliance.ui.filters import Filters
from dataflows.drift import known_rules
from dataflows.models import Drift, DriftSeverity, DriftState
from dataflows.services.drift import LONGEST

STANDINGS = [("untriaged", "Open"), ("accepted", "Accepted"), *DriftState.choices[3:], ("all", "All, resolved too")]
USUAL = timedelta(days=30)


def rule_choices() -> list[tuple[str, str]]:
    """Rules with their titles."""
    return [(key, f"{rule.title} ({key})") for key, rule in known_rules().items()]


class ReleaseDriftFilter(Filters):
    """Finding findings of one release."""

    q = django_filters.CharFilter(method="search", label="Words")
    severity = django_filters.ChoiceFilter(choices=DriftSeverity.choices, label="Severity")
    state = django_filters.ChoiceFilter(choices=STANDINGS, method="by_state", label="State")
    rule = django_filters.ChoiceFilter(choices=rule_choices, label="Rule")

    def search(self, rows: QuerySet[Drift], name: str, value: str) -> QuerySet[Drift]:
        words = Q(app_does__icontains=value) | Q(papers_say__icontains=value) | Q(reference__iexact=value)
        return rows.filter(words)

    def by_state(self, rows: Any, name: str, value: str) -> QuerySet[Drift]:
        today = now_read().date()
        if value == "untriaged":
            return rows.untriaged(today)
        if value == "accepted":
            return rows.accepted(today)
        return rows if value == "all" else rows.filter(state=value)


class DriftFilter(ReleaseDriftFilter):
    """Finding findings of a project."""

    release = django_filters.CharFilter(method="by_release", label="Release")

    def by_release(self, rows: QuerySet[Drift], name: str, value: str) -> QuerySet[Drift]:
        return rows.filter(Q(release__name__iexact=value) | Q(release__reference__iexact=value))


class AcceptForm(ReasonForm):
    """Until when it may stay so, and what is mended by then."""

    fix = forms.ChoiceField(
        label="By then",
        choices=[(DriftState.FIX_RECORD, "the papers are mended"), (DriftState.FIX_APP, "the app is mended")],
        widget=forms.RadioSelect,
    )
    until = Day(label="Accepted until", help_text=f"It opens again by itself the day after; {LONGEST} days at most.")
    field_order = ("fix", "until", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why it may stay so until then"
        self.fields["until"].initial = now_read().date() + USUAL


class DevelopersForm(forms.Form):
    """Who changes the app, and by when."""

    assignee: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label="Who", queryset=None)
    due_date = Day(label="By")
    reason = forms.CharField(
        label="What has to be known", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )

    def __init__(self, *args: Any, project: Project, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people_of(project)  # type: ignore[attr-defined]
        self.fields["due_date"].initial = release.planned_date or now_read().date() + USUAL
