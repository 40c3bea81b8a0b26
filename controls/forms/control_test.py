"""Forms over tests and samples."""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.models import (
    RESULTS,
    ControlTest,
    ControlTestMethod,
    ControlTestState,
    Draw,
    Implementation,
    Sample,
    SampleItem,
    Verdict,
)
from controls.services.sample import MOST_DRAWN

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
AREA = forms.Textarea(attrs={"rows": 3})
MOST_PASTED = 1024 * 1024


class ControlTestFilter(filters.FilterSet):
    """Which tests to show."""

    q = filters.CharFilter(label="Words", field_name="objective", lookup_expr="icontains")
    state = filters.ChoiceFilter(label="State", choices=ControlTestState.choices, empty_label="any")
    result = filters.ChoiceFilter(label="Result", choices=RESULTS, empty_label="any")
    method = filters.ChoiceFilter(label="Method", choices=ControlTestMethod.choices, empty_label="any")
    mine = filters.BooleanFilter(
        label="Mine to do", method="by_tester", widget=forms.Select(choices=[("", "any"), ("true", "yes")])
    )

    class Meta:
        model = ControlTest
        fields = ["q", "state", "result", "method", "mine"]

    def by_tester(self, rows: Any, name: str, value: bool) -> Any:
        return rows.open().filter(tester=self.request.user) if value else rows


class ControlTestForm(forms.ModelForm):
    """The plan of a test."""

    clauses = {"method": "ISO/IEC TS 27008", "criteria": "ISO 19011, 6.4.8", "tester": "ISO/IEC 27001, 9.2.2 b"}

    class Meta:
        model = ControlTest
        fields = [
            "implementation",
            "method",
            "objective",
            "procedure",
            "criteria",
            "period_start",
            "period_end",
            "tester",
            "planned_date",
        ]
        labels = {"implementation": "Control at work"}
        widgets = {
            "procedure": AREA,
            "criteria": AREA,
            "method": forms.RadioSelect,
            "planned_date": DAY,
            "period_start": DAY,
            "period_end": DAY,
        }
        help_texts = {"tester": "Not the person who runs the control."}

    def __init__(self, *args: Any, scope: Organisation | Project, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tester"].queryset = people  # type: ignore[attr-defined]
        self.fields["method"].choices = ControlTestMethod.choices  # type: ignore[attr-defined]
        running = Implementation.objects.live().select_related("control")
        running = running.in_project(scope) if isinstance(scope, Project) else running.in_organisation(scope).shared()
        self.fields["implementation"].queryset = running  # type: ignore[attr-defined]
        if not self.instance._state.adding:
            del self.fields["implementation"]

    def _post_clean(self) -> None:
        """The instance is changed by the service, not by the form."""


class ConclusionForm(forms.Form):
    """What a test says about its control."""

    result = forms.ChoiceField(label="The control is", choices=RESULTS, widget=forms.RadioSelect)
    conclusion = forms.CharField(
        label="Conclusion",
        max_length=2000,
        widget=AREA,
        help_text="What was done and found. An ineffective control goes to remediation, and its risks to review.",
    )


class PopulationForm(forms.Form):
    """A list to draw from: a file or pasted lines."""

    source = forms.CharField(
        label="What the list holds, and whence",
        max_length=300,
        help_text="E.g. merged pull requests of Q3, repository host, exported 2 Nov 2026 by API.",
    )
    file = forms.FileField(
        label="List as XLSX, CSV or text", required=False, help_text="First sheet, or UTF-8 with one record a line."
    )
    lines = forms.CharField(
        label="Or the lines themselves",
        required=False,
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    has_header = forms.BooleanField(label="The first line names the columns", required=False)
    period_start = forms.DateField(label="Period from", required=False, widget=DAY)
    period_end = forms.DateField(label="Period to", required=False, widget=DAY)
    clauses = {"source": "ISO 19011, A.6"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("lines", "").strip()) and not self.errors:
            self.add_error("file", "Give the list once: as a file, or as lines.")
        return given


class DrawForm(forms.Form):
    """How a sample is drawn."""

    draw = forms.ChoiceField(label="How", choices=Draw.choices, widget=forms.RadioSelect, initial=Draw.RANDOM)
    size = forms.IntegerField(label="How many", required=False, min_value=1, max_value=MOST_DRAWN)
    seed = forms.CharField(
        label="Seed", required=False, max_length=64, help_text="Left empty, Assay makes one. It is kept and printed."
    )
    stratum = forms.ChoiceField(label="Column of the groups", required=False)
    positions = forms.CharField(
        label="Lines, when chosen by judgement", required=False, max_length=2000, help_text="E.g. 3, 17, 40-42."
    )
    reason = forms.CharField(label="Why these, when chosen by judgement", required=False, max_length=500)

    def __init__(self, *args: Any, columns: list[str], usual: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"].help_text = f"Left empty, the usual {usual}."
        self.fields["stratum"].choices = [("", "none"), *((name, name) for name in columns)]  # type: ignore[attr-defined]
        if not columns:
            del self.fields["stratum"]

    def clean_positions(self) -> list[int]:
        found: list[int] = []
        for part in self.cleaned_data["positions"].replace(",", " ").split():
            if not (match := re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", part)):
                raise forms.ValidationError(f"{part!r} is no line: write numbers like 3, 17, 40-42.")
            first, last = int(match[1]), int(match[2] or match[1])
            found += range(first, min(last, first + MOST_DRAWN) + 1)
        return found


class ItemsForm(forms.Form):
    """Verdict and note of the items on one page, and what the sample says about the rest."""

    extrapolation = forms.CharField(
        label="What it says about the rest of the population", required=False, max_length=2000, widget=AREA
    )

    def __init__(self, *args: Any, sample: Sample, items: list[SampleItem], **kwargs: Any) -> None:
        super().__init__(*args, initial={"extrapolation": sample.extrapolation}, **kwargs)
        self.items = items
        for item in items:
            name = item.position
            self.fields[f"verdict-{name}"] = forms.ChoiceField(
                label=f"Line {name}", choices=Verdict.choices, initial=item.verdict
            )
            self.fields[f"note-{name}"] = forms.CharField(
                label=f"Note on line {name}", required=False, max_length=1000, initial=item.note
            )

    def rows(self) -> list[tuple[SampleItem, Any, Any]]:
        return [(item, self[f"verdict-{item.position}"], self[f"note-{item.position}"]) for item in self.items]

    def found(self) -> dict[int, tuple[str, str]]:
        given = self.cleaned_data
        return {
            item.position: (given[f"verdict-{item.position}"], given[f"note-{item.position}"]) for item in self.items
        }
