"""Systems and kinds of data: their forms, and what lists of them are narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from compliance.accounts.models import User
from compliance.projects.models import Membership, Organisation
from compliance.ui.filters import Filters
from controls.models import Classification
from dataflows import vocabulary
from dataflows.forms.record import RecordForm
from dataflows.models import DataItem, Party, System

YES_NO = [("yes", "yes"), ("no", "no")]


def people_of(organisation: Organisation, at: Any) -> QuerySet[User]:
    """Those who hold a role in the organisation now."""
    held = Membership.objects.in_organisation(organisation).valid(at)
    return User.objects.active().filter(pk__in=held.values("user"))


class SystemForm(RecordForm):
    """Where data is kept, by whom, and in which country."""

    clauses = {
        "classification": "ISO/IEC 27001 A.5.12",
        "operator": "GDPR Art. 28",
        "country": "GDPR Art. 44",
        "owner": "ISO/IEC 27001 A.5.9",
    }
    approved_state = ""

    class Meta:
        model = System
        fields = (
            "name",
            "kind",
            "hosting",
            "operator",
            "country",
            "region",
            "classification",
            "description",
            "owner",
        )

    def __init__(self, *args: Any, organisation: Organisation, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["operator"].queryset = Party.objects.in_organisation(organisation).working()  # type: ignore[attr-defined]
        self.fields["operator"].empty_label = "ourselves"  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people_of(organisation, at)  # type: ignore[attr-defined]


class SystemFilter(Filters):
    """Finding systems."""

    q = django_filters.CharFilter(method="search", label="Words")
    kind = django_filters.ChoiceFilter(choices=System.Kind.choices, label="Kind")
    hosting = django_filters.ChoiceFilter(choices=System.Hosting.choices, label="Hosting")
    classification = django_filters.ChoiceFilter(choices=Classification.choices, label="Classification")
    area = django_filters.ChoiceFilter(choices=[("outside", "outside the EEA")], method="by_area", label="Data is")
    use = django_filters.ChoiceFilter(
        choices=[("running", "in use"), ("ended", "out of use")], method="by_use", label="Use"
    )

    def search(self, rows: QuerySet[System], name: str, value: str) -> QuerySet[System]:
        words = Q(name__icontains=value) | Q(description__icontains=value) | Q(operator__name__icontains=value)
        return rows.filter(words | Q(region__icontains=value) | Q(reference__iexact=value))

    def by_area(self, rows: Any, name: str, value: str) -> QuerySet[System]:
        return rows.outside_eea()

    def by_use(self, rows: QuerySet[System], name: str, value: str) -> QuerySet[System]:
        return rows.filter(ended_date__isnull=value == "running")


class ItemFilter(Filters):
    """Finding data."""

    q = django_filters.CharFilter(method="search", label="Words")
    category = django_filters.ChoiceFilter(
        choices=[(row.code, row.label) for row in vocabulary.categories().values()], label="Category"
    )
    classification = django_filters.ChoiceFilter(choices=Classification.choices, label="Classification")
    special = django_filters.ChoiceFilter(choices=YES_NO, method="by_special", label="Special category")
    children = django_filters.ChoiceFilter(choices=YES_NO, method="by_children", label="Of children")
    limit = django_filters.ChoiceFilter(choices=[("missing", "missing")], method="by_limit", label="Retention rule")

    def search(self, rows: QuerySet[DataItem], name: str, value: str) -> QuerySet[DataItem]:
        return rows.filter(Q(name__icontains=value) | Q(description__icontains=value) | Q(reference__iexact=value))

    def by_special(self, rows: QuerySet[DataItem], name: str, value: str) -> QuerySet[DataItem]:
        always = [row.code for row in vocabulary.categories().values() if row.special]
        special = Q(special=True) | Q(category__in=always)
        return rows.filter(special if value == "yes" else ~special)

    def by_children(self, rows: QuerySet[DataItem], name: str, value: str) -> QuerySet[DataItem]:
        return rows.filter(children=value == "yes")

    def by_limit(self, rows: Any, name: str, value: str) -> QuerySet[DataItem]:
        return rows.without_rule()
