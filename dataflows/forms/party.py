"""Parties and data items."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation
from compliance.ui.filters import Filters
from dataflows import vocabulary
from dataflows.forms.record import RecordForm, day_input
from dataflows.models import DataItem, Party


class PartyForm(RecordForm):
    """Who somebody is, what they do for us, and under which contract."""

    clauses = {
        "role": "GDPR Art. 4",
        "contact": "GDPR Art. 30(1)(a)",
        "contract_name": "GDPR Art. 28(3)",
        "engaged_by": "GDPR Art. 28(4)",
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
            "engaged_by",
            "tier",
            "contact",
            "contract_name",
            "contract_signed_date",
            "contract_expires_date",
            "notes",
        )
        widgets = {
            "contract_signed_date": day_input(),
            "contract_expires_date": day_input(),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Party.objects.in_organisation(organisation).processors().exclude(pk=self.instance.pk)
        self.fields["engaged_by"].queryset = others  # type: ignore[attr-defined]


class ItemForm(RecordForm):
    """A kind of data as the organisation calls it."""

    clauses = {"category": "GDPR Art. 30(1)(c)", "special": "GDPR Art. 9(1)"}

    class Meta:
        model = DataItem
        fields = ("name", "category", "special", "description")


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

    def search(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        return rows.filter(Q(name__icontains=value) | Q(service__icontains=value) | Q(reference__iexact=value))

    def by_area(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        inside = [row.code for row in vocabulary.countries().values() if row.eea]
        return rows.filter(country__in=inside) if value == "eea" else rows.exclude(country__in=inside)

    def by_contract(self, rows: Any, name: str, value: str) -> QuerySet[Party]:
        return rows.without_contract(now_read().date())
