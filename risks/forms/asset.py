"""Naming assets, finding them, and saying what a risk touches."""

from typing import Any

import django_filters
from django import forms

from compliance.accounts.models import User
from compliance.projects.forms import visible_projects
from compliance.projects.models import Organisation, Project
from compliance.ui.filters import PickFilter
from risks.forms.asking import AskingFilters
from risks.forms.register import day_field, people_of
from risks.models import Asset, RiskMethod


def assets_of(scope: Organisation | Project) -> Any:
    """What can be touched or rested on in a scope."""
    rows = Asset.objects.used()
    return (rows.for_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)).order_by("name")


class AssetForm(forms.Form):
    """What it is, whose it is, what its loss would mean, and what it rests on."""

    clauses = {"name": "ISO/IEC 27001, A.5.9", "owner": "ISO/IEC 27001, A.5.9", "confidentiality": "A.5.12"}

    name = forms.CharField(max_length=120, help_text="e.g. Balances and payments of wallet users.")
    description = forms.CharField(label="What it is", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(choices=[("", "Choose"), *Asset.Kind.choices])
    rank = forms.ChoiceField(label="Primary or supporting", choices=Asset.Rank.choices, widget=forms.RadioSelect)
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), empty_label="Choose", help_text="Who answers for it and sets its value."
    )
    custodian = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, empty_label="Nobody else", help_text="Who runs it day by day."
    )
    confidentiality = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    integrity = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    availability = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    needs = forms.ModelMultipleChoiceField(
        label="Rests on", queryset=Asset.objects.none(), required=False, help_text="What it is lost with."
    )
    review_date = day_field("Next review", required=False)

    def __init__(self, *args: Any, scope: Organisation | Project, asset: Asset | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = scope.organisation if isinstance(scope, Project) else scope
        for name in ("owner", "custodian"):
            self.fields[name].queryset = people_of(scope)  # type: ignore[attr-defined]
        others = assets_of(scope).exclude(pk=asset.pk) if asset else assets_of(scope)
        self.fields["needs"].queryset = others  # type: ignore[attr-defined]
        method = RiskMethod.objects.in_force(organisation)
        scale = method.consequences if method else [{"name": ""}] * 5
        told = [(number, f"{number} {one['name']}".strip()) for number, one in enumerate(scale, 1)]
        for name in ("confidentiality", "integrity", "availability"):
            self.fields[name].choices = [("", "Not valued yet"), *told]  # type: ignore[attr-defined]
            self.fields[name].label = f"Loss of {name}"


class AssetFilter(AskingFilters):
    """Conditions of the list; needs `weighed()` rows and `request.scope`."""

    name = django_filters.CharFilter(
        label="Name", lookup_expr="icontains", widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = django_filters.ChoiceFilter(label="Kind", choices=Asset.Kind.choices, empty_label="any")
    rank = django_filters.ChoiceFilter(label="Rank", choices=Asset.Rank.choices, empty_label="any")
    project = PickFilter(label="Project", queryset=visible_projects)
    show = django_filters.ChoiceFilter(label="Asset", method="narrow", empty_label="any")

    SHOWN = (
        ("valuable", "most valuable"),
        ("exposed", "most exposed"),
        ("unvalued", "not valued"),
        ("untouched", "without a risk"),
        ("retired", "out of use"),
    )

    class Meta:
        model = Asset
        fields: list[str] = []

    def narrow(self, rows: Any, name: str, value: str) -> Any:
        """The questions one asks of assets: most valuable is 4 and up, most exposed a high risk and up."""
        conditions: dict[str, dict[str, Any]] = {
            "valuable": {"value__gte": 4},
            "exposed": {"exposure__gte": 2},
            "unvalued": {"value": 0},
            "untouched": {"risk_count": 0},
            "retired": {"retired_at__isnull": False},
        }
        return rows.filter(**conditions[value])


class TouchForm(forms.Form):
    """What a risk touches."""

    thing = forms.ChoiceField(label="Asset or data flow", help_text="What the event would hit, or the way data takes.")

    def __init__(self, *args: Any, things: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.things = things
        self.fields["thing"].choices = [("", "Choose"), *((key, str(one)) for key, one in things.items())]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {"thing": self.things[self.cleaned_data["thing"]]}
