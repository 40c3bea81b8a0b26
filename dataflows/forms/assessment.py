"""Transfer assessments and transfers as lists."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation
from compliance.ui.filters import Filters
from dataflows import vocabulary
from dataflows.clauses import measure_choices
from dataflows.forms.record import RecordForm, day_input
from dataflows.models import AssessmentState, Party, Transfer, TransferAssessment

LONG = ("known", "law", "practice", "measures_text", "formal_steps", "triggers", "conclusion")


class AssessmentForm(RecordForm):
    """The six steps of EDPB 01/2020, each with what it has to say."""

    clauses = {
        "country": "GDPR Art. 44",
        "mechanism": "GDPR Art. 45 to 49",
        "law": "EDPB 01/2020, no. 28 to 49",
        "measures": "EDPB 01/2020, annex 2",
        "result": "GDPR Art. 46",
    }
    measures = forms.MultipleChoiceField(
        label="4. Supplementary measures",
        required=False,
        choices=measure_choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick-columns"}),
    )

    class Meta:
        model = TransferAssessment
        fields = (
            "title",
            "country",
            "importer",
            "known",
            "mechanism",
            "law",
            "practice",
            "measures",
            "measures_text",
            "formal_steps",
            "expires_date",
            "triggers",
            "result",
            "conclusion",
        )
        widgets = {"expires_date": day_input(), **{name: forms.Textarea(attrs={"rows": 3}) for name in LONG}}
        help_texts = {
            "country": "Where the data goes, or where the parent company sits that could reach it.",
            "importer": "Who receives it there.",
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["importer"].queryset = Party.objects.in_organisation(organisation)  # type: ignore[attr-defined]


class AssessmentFilter(Filters):
    """Finding assessments."""

    q = django_filters.CharFilter(method="search", label="Words")
    state = django_filters.ChoiceFilter(choices=AssessmentState.choices, label="State")
    result = django_filters.ChoiceFilter(choices=TransferAssessment.Result.choices, label="Result")
    over = django_filters.ChoiceFilter(choices=[("yes", "over")], method="by_end", label="Validity")

    def search(self, rows: QuerySet[TransferAssessment], name: str, value: str) -> QuerySet[TransferAssessment]:
        return rows.filter(Q(title__icontains=value) | Q(importer__name__icontains=value) | Q(reference__iexact=value))

    def by_end(self, rows: QuerySet[TransferAssessment], name: str, value: str) -> QuerySet[TransferAssessment]:
        return rows.filter(state=AssessmentState.IN_FORCE, expires_date__lt=now_read().date())


class TransferFilter(Filters):
    """Finding transfers."""

    q = django_filters.CharFilter(method="search", label="Words")
    country = django_filters.ChoiceFilter(choices=vocabulary.country_choices, label="To")
    mechanism = django_filters.ChoiceFilter(choices=vocabulary.mechanism_choices, label="Mechanism")
    fallen = django_filters.ChoiceFilter(choices=[("yes", "fell")], method="by_fall", label="Its mechanism")

    def search(self, rows: QuerySet[Transfer], name: str, value: str) -> QuerySet[Transfer]:
        words = Q(flow__title__icontains=value) | Q(importer__name__icontains=value)
        return rows.filter(words | Q(reference__iexact=value) | Q(flow__reference__iexact=value))

    def by_fall(self, rows: QuerySet[Transfer], name: str, value: str) -> QuerySet[Transfer]:
        return rows.filter(fell_date__lte=now_read().date())
