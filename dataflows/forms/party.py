"""Parties and data items."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.ledger.moment import now_read
from compliance.ui.filters import Filters
from dataflows import vocabulary
from dataflows.forms.record import RecordForm, day_input
from dataflows.models import DataItem, Party


class PartyForm(RecordForm):
    """Who somebody is, what they do for us, and why we trust them with it."""

    clauses = {
        "role": "GDPR Art. 4",
        "contact": "GDPR Art. 30(1)(a)",
        "due_diligence": "GDPR Art. 28(1)",
        "framework_until_date": "GDPR Art. 45",
        "is_cloud": "ISO/IEC 27017, 27018",
        "exit_plan": "ISO/IEC 27001 A.5.23",
        "tier": "ISO/IEC 27001 A.5.19",
        "parent_country": "EDPB 01/2020",
    }
    approved_state = ""

    class Meta:
        model = Party
        fields = (
            "name",
            "role",
            "service",
            "country",
            "parent_country",
            "tier",
            "contact",
            "due_diligence",
            "framework_until_date",
            "is_cloud",
            "exit_plan",
            "sdks",
            "domains",
            "notes",
        )
        widgets = {
            "framework_until_date": day_input(),
            **{
                name: forms.Textarea(attrs={"rows": 3})
                for name in ("due_diligence", "exit_plan", "sdks", "domains", "notes")
            },
        }


class ItemForm(RecordForm):
    """A kind of data as the organisation calls it."""

    clauses = {
        "category": "GDPR Art. 30(1)(c)",
        "special": "GDPR Art. 9(1)",
        "children": "GDPR Art. 8",
        "classification": "ISO/IEC 27001 A.5.12",
    }

    class Meta:
        model = DataItem
        fields = ("name", "category", "special", "children", "classification", "description")


class PartyFilter(Filters):
    """Finding parties."""

    q = django_filters.CharFilter(method="search", label="Words")
    role = django_filters.ChoiceFilter(choices=Party.Role.choices, label="Role")
    state = django_filters.ChoiceFilter(choices=Party.State.choices, label="State")
    country = django_filters.ChoiceFilter(
        choices=[("eea", "in the EEA"), ("outside", "outside the EEA")], method="by_area", label="Seat"
    )
    contract = django_filters.ChoiceFilter(
        choices=[("missing", "missing or ended")], method="by_contract", label="Contract"
    )
    tier = django_filters.ChoiceFilter(choices=Party.Tier.choices, label="Tier")
    review = django_filters.ChoiceFilter(choices=[("due", "overdue")], method="by_review", label="Review")

    def search(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        return rows.filter(Q(name__icontains=value) | Q(service__icontains=value) | Q(reference__iexact=value))

    def by_area(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        inside = [row.code for row in vocabulary.countries().values() if row.eea]
        return rows.filter(country__in=inside) if value == "eea" else rows.exclude(country__in=inside)

    def by_contract(self, rows: Any, name: str, value: str) -> QuerySet[Party]:
        return rows.without_contract(now_read().date())

    def by_review(self, rows: Any, name: str, value: str) -> QuerySet[Party]:
        return rows.working().filter(review_date__lt=now_read().date())
