"""Security requirements: what to show of them, what one says, what a test of a build said, and waivers."""

from typing import Any

import django_filters
from django import forms

from compliance.projects.forms import Day, ReasonForm
from compliance.projects.models import Project, Release
from compliance.projects.pairs import people_of
from compliance.ui.filters import Filters
from controls.models import ControlTest, Evidence
from risks.forms.threat_model import Plain
from risks.models.requirement import Priority, RequirementResult, RequirementState, ResultVerdict, SecurityRequirement
from risks.requirement_proposals import current_threats

AREA = forms.Textarea(attrs={"rows": 3})
BUILT = "built"


class RequirementFilter(Filters):
    """Conditions of the list of an app."""

    statement = django_filters.CharFilter(
        label="What it has to do", lookup_expr="icontains", widget=forms.TextInput(attrs={"type": "search"})
    )
    priority = django_filters.ChoiceFilter(label="Priority", choices=Priority.choices, empty_label="any")
    source = django_filters.ChoiceFilter(
        label="Where it comes from", choices=SecurityRequirement.Source.choices, empty_label="any"
    )
    state = django_filters.ChoiceFilter(label="State", choices=RequirementState.choices, empty_label="any")

    class Meta:
        model = SecurityRequirement
        fields: list[str] = []


class MatrixFilter(RequirementFilter):
    """Conditions of the matrix of a release; needs `shown_by` rows."""

    show = django_filters.ChoiceFilter(label="Requirement", method="narrow", empty_label="any")

    SHOWN = {
        "open": ("must, not verified", lambda rows: rows.filter(priority=Priority.MUST).not_shown()),
        "failed": ("failed", lambda rows: rows.filter(shown=ResultVerdict.FAILED)),
        "untested": ("not tested for this build", lambda rows: rows.filter(shown=None)),
        "waived": ("waived", lambda rows: rows.filter(shown="waived")),
        "draft": ("not approved", lambda rows: rows.filter(shown="draft")),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["show"].extra["choices"] = [(key, label) for key, (label, _) in self.SHOWN.items()]

    def narrow(self, rows: Any, name: str, value: str) -> Any:
        """One of the questions a gate asks."""
        return self.SHOWN[value][1](rows)


class RequirementForm(Plain):
    """One requirement."""

    clauses = {"statement": "ISO/IEC 27001, A.8.26", "source": "GDPR, Art. 25(1)"}

    class Meta:
        model = SecurityRequirement
        fields = ("statement", "criterion", "priority", "source", "cites", "masvs", "threat", "release", "owner")
        widgets = {"criterion": AREA, "priority": forms.RadioSelect, "statement": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        there["owner"].queryset, there["owner"].empty_label = people_of(project), "Nobody yet"
        there["release"].queryset, there["release"].empty_label = Release.objects.in_project(project), "Every release"
        if self.instance._state.adding:
            there["threat"].choices = [("", "None"), *((one.pk, str(one)) for one in current_threats(project))]
        else:
            del there["threat"]


class ResultForm(forms.Form):
    """What a test of the build said, for one requirement or several."""

    verdict = forms.ChoiceField(
        label="What came of it",
        choices=[(BUILT, "It is built; nobody tried it yet"), *ResultVerdict.choices],
        widget=forms.RadioSelect,
        initial=ResultVerdict.PASSED,
    )
    means = forms.ChoiceField(label="Shown by", choices=RequirementResult.Means.choices)
    note = forms.CharField(
        label="What was done and seen", required=False, widget=AREA, help_text="Needed unless it passed."
    )
    tested_date = Day(label="Tested on")
    control_test = forms.ModelChoiceField(ControlTest.objects.none(), required=False, empty_label="None")
    evidence = forms.ModelChoiceField(Evidence.objects.none(), required=False, empty_label="None")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        tests = ControlTest.objects.for_project(project).filter(state="concluded").order_by("-concluded_at")
        there["control_test"].queryset = tests.select_related("project", "organisation")
        there["evidence"].queryset = Evidence.objects.for_project(project).order_by("-reference")


class WaiveForm(ReasonForm):
    """Until when releases may go without it, and why."""

    until = Day(label="Waived until", help_text="After this day it counts again.")
    field_order = ("reason", "until")


class DecideForm(ReasonForm):
    """Approved or not."""

    approve = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Approve them"), ("no", "Send them back")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    field_order = ("approve", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "What you looked at"
