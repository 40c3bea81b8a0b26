"""Assessments of legitimate interests."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.ui.filters import Filters
from dataflows.forms.record import RecordForm, day_input
from dataflows.models import InterestAssessment

LONG = ("interest", "purpose_test", "necessity_test", "balancing_test", "safeguards")


class InterestForm(RecordForm):
    """The interest, three tests, safeguards and the outcome."""

    clauses = {
        "interest": "GDPR Art. 6(1)(f), 13(1)(d)",
        "necessity_test": "GDPR Art. 5(1)(c)",
        "balancing_test": "GDPR Recital 47",
        "safeguards": "GDPR Art. 21, 25",
    }

    class Meta:
        model = InterestAssessment
        fields = (
            "title",
            "interest",
            "purpose_test",
            "purpose_verdict",
            "necessity_test",
            "necessity_verdict",
            "balancing_test",
            "balancing_verdict",
            "safeguards",
            "outcome",
            "review_date",
        )
        widgets = {"review_date": day_input(), **{name: forms.Textarea(attrs={"rows": 3}) for name in LONG}}


class InterestFilter(Filters):
    """Finding assessments of interests."""

    q = django_filters.CharFilter(method="search", label="Words")
    state = django_filters.ChoiceFilter(choices=InterestAssessment.State.choices, label="State")
    outcome = django_filters.ChoiceFilter(choices=InterestAssessment.Outcome.choices, label="Outcome")

    def search(self, rows: QuerySet[InterestAssessment], name: str, value: str) -> QuerySet[InterestAssessment]:
        return rows.filter(Q(title__icontains=value) | Q(interest__icontains=value) | Q(reference__iexact=value))
