"""Forms over controls and implementations."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.ui.filters import Filters
from controls.forms.picker import Narrowed
from controls.models import (
    MOVES,
    Control,
    ControlKind,
    Edition,
    Implementation,
    Requirement,
    Responsibility,
    Status,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ControlFilter(Filters):
    """Which controls to show."""

    q = filters.CharFilter(label="Words", field_name="title", lookup_expr="icontains")
    kind = filters.ChoiceFilter(label="Kind", choices=ControlKind.choices, empty_label="any")

    class Meta:
        model = Control
        fields = ["q", "kind"]


class ImplementationFilter(Filters):
    """Which implementations to show."""

    q = filters.CharFilter(label="Words", field_name="control__title", lookup_expr="icontains")
    status = filters.ChoiceFilter(label="Status", choices=Status.choices, empty_label="any")
    responsibility = filters.ChoiceFilter(label="Responsibility", choices=Responsibility.choices, empty_label="any")
    unproven = filters.BooleanFilter(
        label="Evidence", method="by_proof", widget=forms.Select(choices=[("", "any"), ("true", "missing")])
    )

    class Meta:
        model = Implementation
        fields = ["q", "status", "responsibility", "unproven"]

    def by_proof(self, rows: "QuerySet[Implementation]", name: str, value: bool) -> "QuerySet[Implementation]":
        return rows.filter(status=Status.IMPLEMENTED, has_evidence=False) if value else rows


class ControlForm(forms.ModelForm):
    """A control of ours."""

    requirements = forms.ModelMultipleChoiceField(
        label="Answers",
        queryset=Requirement.objects.none(),
        required=False,
        widget=Narrowed(size=10),
        help_text="The requirements it answers, of whatever framework. One control may answer many.",
    )
    clauses = {"title": "ISO/IEC 27001, 6.1.3 b"}

    class Meta:
        model = Control
        fields = ["title", "kind", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, editions: "QuerySet[Edition]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Requirement.objects.live().assessable().filter(edition__in=editions).select_related("edition")
        field = self.fields["requirements"]
        field.queryset = rows.order_by("edition__position", "position")  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{row.edition.label} {row.ref} {row.title}"  # type: ignore[attr-defined]


class ImplementationForm(forms.ModelForm):
    """How a control is put to work."""

    reason = forms.CharField(label="Reason for the change", required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = Implementation
        fields = [
            "responsibility",
            "owner",
            "statement",
            "frequency",
            "evidence_days",
            "planned_date",
            "review_date",
        ]
        widgets = {"statement": forms.Textarea(attrs={"rows": 4}), "planned_date": DAY, "review_date": DAY}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        if self.instance._state.adding:
            del self.fields["reason"]
            beginnings = [choice for choice in Status.choices if choice[0] != Status.RETIRED]
            self.fields["status"] = forms.ChoiceField(label="Status", choices=beginnings)
        else:
            self.initial["version"] = self.instance.version

    def _post_clean(self) -> None:
        """The instance is changed by the service, not by the form."""

    def given(self) -> dict[str, Any]:
        """The fields of the implementation."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"reason", "version"}}


class MoveForm(forms.Form):
    """One step of an implementation's life."""

    to = forms.ChoiceField(label="Next step", widget=forms.RadioSelect)
    planned_date = forms.DateField(label="Planned for", required=False, widget=DAY)
    reason = forms.CharField(
        label="Reason", required=False, max_length=500, help_text="Needed to send it back or to retire it."
    )

    def __init__(self, *args: Any, implementation: Implementation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = MOVES[implementation.status]
        self.fields["to"].choices = [one for one in Status.choices if one[0] in ahead]  # type: ignore[attr-defined]
        if Status.PLANNED not in ahead:
            del self.fields["planned_date"]
