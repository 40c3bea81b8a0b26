"""Forms and filters over frameworks."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.ui.filters import Filters
from controls.models import Edition, LicensedText, Platform, Relevance, Requirement
from controls.models.catalogue import RequirementQuerySet
from controls.services.catalogue import LICENSED_TEXT_LIMIT


class RequirementFilter(Filters):
    """Search over all frameworks, by number or words."""

    q = filters.CharFilter(label="Number or words", method="by_words")
    edition = filters.ModelChoiceFilter(
        label="Framework",
        queryset=lambda request: Edition.objects.visible_in(request.scope),
        to_field_name="key",
    )
    assessable = filters.BooleanFilter(
        label="Assessed", widget=forms.Select(choices=[("", "any"), ("true", "yes"), ("false", "no")])
    )
    relevance = filters.ChoiceFilter(label="Relevance for apps", choices=Relevance.choices, empty_label="any")
    platform = filters.ChoiceFilter(label="Platform", choices=Platform.choices, empty_label="any")

    class Meta:
        model = Requirement
        fields = ["q", "edition", "assessable", "relevance", "platform"]

    def by_words(self, queryset: RequirementQuerySet, name: str, value: str) -> RequirementQuerySet:
        return queryset.matching(value[:200]) if value.strip() else queryset


class TreeFilterForm(forms.Form):
    """What of a framework to show."""

    q = forms.CharField(label="Number or words", required=False, max_length=200)
    assessable = forms.BooleanField(label="Only what is assessed", required=False)


class CrosswalkForm(forms.Form):
    """Which two editions to compare."""

    one = forms.ModelChoiceField(
        label="From", queryset=Edition.objects.none(), to_field_name="key", empty_label="Choose"
    )
    other = forms.ModelChoiceField(
        label="To", queryset=Edition.objects.none(), to_field_name="key", empty_label="Choose"
    )

    def __init__(self, *args: Any, editions: QuerySet[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            self.fields[name].queryset = editions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        if chosen.get("one") and chosen.get("one") == chosen.get("other"):
            self.add_error("other", "Choose two different editions.")
        return chosen


class LicensedTextForm(forms.Form):
    """The wording an organisation holds a licence for."""

    text = forms.CharField(
        label="Licensed text",
        required=False,
        max_length=LICENSED_TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Paste it from the copy you have bought. Only your organisation sees it, and packs leave it out.",
    )
    obtained_from = forms.CharField(
        label="Copy or licence",
        required=False,
        max_length=200,
        help_text="Where the wording comes from, for example order number and licence holder.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def showing(cls, kept: LicensedText | None) -> "LicensedTextForm":
        if kept is None:
            return cls(initial={"version": 0})
        return cls(initial={"text": kept.text, "obtained_from": kept.obtained_from, "version": kept.version})
