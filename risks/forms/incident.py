"""Forms over incidents, their timeline, clocks and lessons."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.accounts.models import User
from compliance.projects.forms import Day, ReasonForm
from compliance.ui.filters import Filters
from controls.models import Evidence, Grade
from risks.clocks import regimes
from risks.models import Breach, Incident, IncidentEntry, IncidentState, RootCause, Severity

AREA = forms.Textarea(attrs={"rows": 3})
PRAISE = {"conformity", "positive"}
SHOWN = (("open", "open"), ("grave", "open, Sev 1 or 2"), ("late", "late with a clock"))
UTC_HELP = "Date and time in UTC."


class Moment(forms.DateTimeField):
    """A moment in UTC, with the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        options.setdefault("help_text", UTC_HELP)
        super().__init__(**options)


class IncidentFilter(Filters):
    """Which incidents to show."""

    title = django_filters.CharFilter(
        label="Title", lookup_expr="icontains", widget=forms.TextInput(attrs={"type": "search"})
    )
    severity = django_filters.ChoiceFilter(label="Severity", choices=Severity.choices, empty_label="any")
    state = django_filters.ChoiceFilter(label="State", choices=IncidentState.choices, empty_label="any")
    show = django_filters.ChoiceFilter(label="Incident", method="narrow", empty_label="any", choices=SHOWN)

    class Meta:
        model = Incident
        fields: list[str] = []

    def narrow(self, rows: Any, name: str, value: str) -> Any:
        """Those not over, or with a clock past its end."""
        if value in {"open", "grave"}:
            return rows.open().grave() if value == "grave" else rows.open()
        from risks.totals_of_cases import late_clocks

        late = late_clocks()
        broken = Breach.objects.filter(pk__in=late.filter(breach__isnull=False).values("breach"))
        own = late.filter(incident__isnull=False).values("incident")
        return rows.filter(Q(pk__in=own) | Q(pk__in=broken.values("incident")))


class CaseForm(forms.ModelForm):
    """A form whose service writes: the record stays as it was read, but for the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version

    def _post_clean(self) -> None:
        if self.cleaned_data.get("version") is not None:
            self.instance.version = self.cleaned_data["version"]

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class IncidentForm(CaseForm):
    """What is known about an incident."""

    detected_at = Moment(label="Noticed")
    occurred_from = Moment(label="Began", required=False)
    occurred_to = Moment(label="Ended", required=False)
    aware_at = Moment(
        label="Reasonably certain from", required=False, help_text="Clocks of incident laws run from it; UTC."
    )
    classified_at = Moment(label="Classified as major", required=False, help_text="Only for DORA; UTC.")
    fixed_at = Moment(label="Fix available", required=False, help_text="Only for the Cyber Resilience Act; UTC.")
    root_causes = forms.MultipleChoiceField(
        choices=RootCause.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Root causes"
    )
    reason = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="Needed when the severity changes."
    )
    clauses = {
        "severity": "ISO/IEC 27001, A.5.25",
        "root_causes": "ISO/IEC 27001, 10.2 b",
        "lessons": "ISO/IEC 27001, A.5.27",
    }

    class Meta:
        model = Incident
        fields = (
            "title",
            "severity",
            "source",
            "summary",
            "detected_at",
            "aware_at",
            "occurred_from",
            "occurred_to",
            "classified_at",
            "fixed_at",
            "affected_systems",
            "affected_people",
            "lead",
            "deputy",
            "communication",
            "root_causes",
            "cause",
            "lessons",
        )
        widgets = dict.fromkeys(("summary", "affected_systems", "affected_people", "cause", "lessons"), AREA)

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        for name in ("lead", "deputy", "communication"):
            there[name].queryset, there[name].empty_label = people, "Nobody yet"
        if self.instance._state.adding:
            for name in ("reason", "root_causes", "cause", "lessons", "classified_at", "fixed_at", "occurred_to"):
                del there[name]


class EntryForm(forms.Form):
    """A line of the timeline."""

    happened_at = Moment(label="When")
    kind = forms.ChoiceField(choices=IncidentEntry.Kind.choices)
    text = forms.CharField(label="What", widget=AREA, help_text="Roles rather than names of people outside.")


class AmendForm(forms.Form):
    """What takes the place of a line."""

    happened_at = Moment(label="When")
    text = forms.CharField(label="What it should say", widget=AREA)


class RegimeForm(forms.Form):
    """Which law's clocks begin."""

    regime = forms.ChoiceField(label="Law", widget=forms.RadioSelect)

    def __init__(self, *args: Any, on: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regime"].choices = [  # type: ignore[attr-defined]
            (one.key, f"{one.law}: {one.when}")
            for one in regimes().values()
            if any(stage.on == on and not stage.after for stage in one.stages)
        ]


class SubmitForm(forms.Form):
    """That a duty was met."""

    at = Moment(label="Submitted")
    submission = forms.CharField(label="Number at the recipient", max_length=120, required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, label="Note")
    late_reason = forms.CharField(
        widget=AREA,
        required=False,
        label="Reasons for the delay",
        help_text="Only when it was submitted after its end; they go along with it (GDPR Art. 33(1)).",
    )
    evidence = forms.ModelChoiceField(Evidence.objects.none(), required=False, empty_label="None", label="Copy kept as")

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Evidence.objects.in_organisation(case.organisation).order_by("-reference")
        there: Any = self.fields["evidence"]
        there.queryset = rows.filter(project=case.project_id)


class HoursForm(ReasonForm):
    """Hours a contract names."""

    hours = forms.IntegerField(min_value=1, max_value=720, label="Hours by contract")
    field_order = ("hours", "reason")


class LessonForm(forms.Form):
    """A lesson that becomes a finding."""

    title = forms.CharField(max_length=160, label="What has to be corrected")
    statement = forms.CharField(widget=AREA, label="What was found")
    grade = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Grade if one not in {"conformity", "positive"}]
    )
    owner = forms.ModelChoiceField(User.objects.none(), label="Who answers")
    response_due = Day(label="Answer until")
    clauses = {"title": "ISO/IEC 27001, 10.2"}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """A record the case is about, by its reference."""

    reference = forms.CharField(max_length=80, label="Reference", help_text="E.g. R-007, CT-012, EV-0031.")
