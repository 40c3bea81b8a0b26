"""Finding what is to be looked at again."""

from typing import Any

import django_filters
from django import forms

from compliance.ledger.moment import now_read
from compliance.projects.forms import visible_projects
from compliance.ui.filters import PickFilter
from risks.forms.asking import AskingFilters
from risks.models import Level, Reassessment
from risks.triggering import rules


class ReassessmentFilter(AskingFilters):
    """Open ones unless asked otherwise; needs `request.scope`."""

    show = django_filters.ChoiceFilter(label="State", method="narrow", empty_label="any")
    severity = django_filters.MultipleChoiceFilter(
        label="Severity", choices=Level.choices, widget=forms.CheckboxSelectMultiple
    )
    event = django_filters.ChoiceFilter(label="Because of", empty_label="anything")
    project = PickFilter(label="Project", queryset=visible_projects)

    SHOWN = (("open", "open"), ("late", "open and late"), ("settled", "done"))

    class Meta:
        model = Reassessment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["event"].extra["choices"] = [(rule.event, rule.title) for rule in rules().values()]

    def narrow(self, rows: Any, name: str, value: str) -> Any:
        """Open, late or done."""
        if value == "late":
            return rows.filter(settled_at=None, due_date__lt=now_read().date())
        return rows.filter(settled_at__isnull=value == "open")
