"""Threat models: what one says of itself, its elements, its threats, its surfaces."""

from typing import Any

import django_filters
from django import forms

from compliance.accounts.models import User
from compliance.projects.forms import Day, RowForm
from compliance.projects.models import Project, Release
from compliance.projects.pairs import people_of
from compliance.registers.models import RegisterRow
from compliance.ui.filters import Filters
from controls.models import Implementation
from risks.models import Risk
from risks.models.threat_model import Threat, ThreatElement, ThreatModel, ThreatModelState, ThreatStatus
from risks.scales import threats
from risks.services.threat_model import ANSWERS
from risks.threat_vocabulary import category_choices, kinds, surfaces, vocabulary

AREA = forms.Textarea(attrs={"rows": 3})


class ThreatModelFilter(Filters):
    """Conditions of the list."""

    title = django_filters.CharFilter(label="Title", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label="State", choices=ThreatModelState.choices, empty_label="any")

    class Meta:
        model = ThreatModel
        fields: list[str] = []


class Plain(RowForm):
    """A form whose service writes; it holds on to the version that was shown."""

    def _post_clean(self) -> None:
        if self.cleaned_data.get("version") is not None:
            self.instance.version = self.cleaned_data["version"]

    def given(self) -> dict[str, Any]:
        """What a service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ThreatModelForm(Plain):
    """What it covers, by which method, for which releases."""

    review_date = Day(required=False, label="Review due", help_text="Empty: a year after it is approved.")
    clauses = {"title": "ISO/IEC 27001, A.8.25", "method": "ISO/IEC 27001, A.8.27"}

    class Meta:
        model = ThreatModel
        fields = ("title", "description", "method", "participants", "from_release", "to_release", "review_date")
        widgets = {"description": AREA, "method": forms.RadioSelect}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        for name in ("from_release", "to_release"):
            there[name].queryset = Release.objects.in_project(project)
            there[name].empty_label = "Any"
        if self.instance._state.adding:
            there["from_flows"] = forms.BooleanField(
                required=False,
                initial=True,
                label="Begin with the recorded data flows",
                help_text="Their places become elements, their steps flows. Everything can be changed.",
            )


class ElementForm(Plain):
    """A part of the diagram; a flow says between which two, a boundary only its name."""

    class Meta:
        model = ThreatElement
        fields = (
            *("kind", "name", "description", "inside", "source", "target", "both_ways", "protocol", "encrypted"),
            *("public_network", "personal_data", "out_of_scope", "out_because"),
        )
        widgets = {"description": AREA}

    def __init__(self, *args: Any, shape: str, threat_model: ThreatModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = shape
        there: Any = self.fields
        rows = threat_model.elements.order_by("name")
        ends = rows.exclude(shape__in=["flow", "boundary"])
        there["inside"].queryset, there["inside"].empty_label = rows.filter(shape="boundary"), "No boundary"
        for name in ("source", "target"):
            there[name].queryset, there[name].required = ends, shape == "flow"
        for name in HIDDEN["flow" if shape == "flow" else "boundary" if shape == "boundary" else "element"]:
            del there[name]
        if shape == "boundary":
            there["name"].help_text = f"For example: {'; '.join(vocabulary()['boundaries'][:6])}."
        if "kind" in there:
            there["kind"].required = True
            there["kind"].choices = [("", "Choose"), *((key, one["label"]) for key, one in kinds().items())]

    def given(self) -> dict[str, Any]:
        """The shape follows from the kind, or from what is added."""
        found = super().given()
        return found if "kind" in found else {**found, "shape": self.shape}


HIDDEN = {
    "flow": ("kind", "inside"),
    "boundary": (
        *("kind", "inside", "source", "target", "both_ways", "protocol", "encrypted", "public_network"),
        *("personal_data", "out_of_scope", "out_because"),
    ),
    "element": ("source", "target", "both_ways", "protocol", "encrypted", "public_network"),
}


class ThreatForm(Plain):
    """What could go wrong with an element, and what stands against it."""

    category = forms.ChoiceField()
    library = forms.ChoiceField(
        required=False, label="From the library", help_text="Fills in title and MASVS where they are left empty."
    )
    title = forms.CharField(max_length=160, required=False)
    controls = forms.ModelMultipleChoiceField(
        Implementation.objects.none(),
        required=False,
        label="Controls against it",
        widget=forms.CheckboxSelectMultiple,
    )
    clauses = {
        "mitigation": "ISO/IEC 27001, A.8.27",
        "test": "ISO/IEC 27001, A.8.29",
        "detection": "ISO/IEC 27001, A.8.16",
    }

    class Meta:
        model = Threat
        fields = (
            *("element", "category", "library", "title", "description", "preconditions", "likelihood", "impact"),
            *("status", "mitigation", "masvs", "test", "detection"),
        )
        widgets = {"description": AREA, "mitigation": AREA}

    field_order = (*Meta.fields[:10], "controls", *Meta.fields[10:])

    def __init__(self, *args: Any, threat_model: ThreatModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        project = threat_model.project
        there["element"].queryset = threat_model.elements.exclude(shape="boundary").order_by("name")
        there["category"].choices = [("", "Choose"), *category_choices()]
        named = [(one["id"], f"{one['id']} {one['name']}") for one in threats().values()]
        there["library"].choices = [("", "None of them"), *named]
        rows = RegisterRow.objects.filter(register="detection").for_project(project).live()
        there["detection"].queryset, there["detection"].empty_label = rows.order_by("reference"), "None yet"
        running = Implementation.objects.running_in(project).select_related("control").order_by("reference")
        there["controls"].queryset = running
        there["controls"].label_from_instance = lambda row: f"{row.reference} {row.control.title}"
        if not self.instance._state.adding:
            self.initial["controls"] = [link.implementation_id for link in self.instance.controls.all()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("title") and not given.get("library"):
            self.add_error("title", "Give it a title, or take one from the library.")
        return given


class AssumptionForm(forms.Form):
    """What is taken for granted."""

    text = forms.CharField(max_length=300, label="What is assumed", widget=forms.Textarea(attrs={"rows": 2}))
    owner = forms.ModelChoiceField(User.objects.none(), help_text="Who answers for it.")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(project)  # type: ignore[attr-defined]


class LinkRiskForm(forms.Form):
    """The risk a threat is."""

    risk = forms.ModelChoiceField(Risk.objects.none(), empty_label="Choose")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["risk"].queryset = Risk.objects.for_project(project).open().order_by("reference")  # type: ignore[attr-defined]


class SurfaceForm(forms.Form):
    """Every surface: present, protected, tested, and a word about it."""

    ASKED = (("present", "Present"), ("protected", "Protected"), ("tested", "Tested"))

    def __init__(self, *args: Any, answers: dict[str, dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((one, one.capitalize()) for one in ANSWERS)]
        for key, label in surfaces().items():
            held = answers.get(key, {})
            for name, word in self.ASKED:
                self.fields[f"{key}_{name}"] = forms.ChoiceField(
                    choices=choices, required=False, label=f"{label}: {word.lower()}", initial=held.get(name, "")
                )
            self.fields[f"{key}_note"] = forms.CharField(
                max_length=200, required=False, label=f"{label}: note", initial=held.get("note", "")
            )

    def rows(self) -> list[tuple[str, list[Any]]]:
        """A line for each surface, with its four fields."""
        names = ("present", "protected", "tested", "note")
        return [(label, [self[f"{key}_{name}"] for name in names]) for key, label in surfaces().items()]

    def given(self) -> dict[str, dict[str, str]]:
        """Answers by surface."""
        names = ("present", "protected", "tested", "note")
        return {key: {name: self.cleaned_data[f"{key}_{name}"] for name in names} for key in surfaces()}


class ThreatFilter(Filters):
    """Conditions of the threats of a project."""

    title = django_filters.CharFilter(label="Title", lookup_expr="icontains")
    status = django_filters.ChoiceFilter(label="Status", choices=ThreatStatus.choices, empty_label="any")
    category = django_filters.ChoiceFilter(label="Category", choices=category_choices, empty_label="any")
    show = django_filters.ChoiceFilter(
        label="Threat",
        method="narrow",
        empty_label="any",
        choices=[("undetected", "without detection"), ("riskless", "open or accepted without a risk")],
    )

    class Meta:
        model = Threat
        fields: list[str] = []

    def narrow(self, rows: Any, name: str, value: str) -> Any:
        """One of the questions of the coverage."""
        if value == "undetected":
            return rows.filter(detection=None).exclude(status=ThreatStatus.NOT_APPLICABLE)
        return rows.filter(status__in=[ThreatStatus.OPEN, ThreatStatus.ACCEPTED], risk=None)
