"""Forms over audits, findings and corrective actions."""

from datetime import UTC, datetime, time
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.projects.forms import Day, ReasonForm, end_of
from compliance.projects.models import Organisation, Project
from controls.forms.picker import Narrowed
from controls.models import (
    Audit,
    AuditProgramme,
    AuditState,
    CauseMethod,
    Edition,
    Finding,
    FindingState,
    Grade,
    ProgrammeState,
    Requirement,
    SeatRole,
)

AREA = forms.Textarea(attrs={"rows": 3})


class AuditFilter(filters.FilterSet):
    """Which audits to show."""

    q = filters.CharFilter(label="Words", field_name="title", lookup_expr="icontains")
    state = filters.ChoiceFilter(label="State", choices=AuditState.choices, empty_label="any")

    class Meta:
        model = Audit
        fields = ["q", "state"]


class FindingFilter(filters.FilterSet):
    """Which findings to show."""

    q = filters.CharFilter(label="Words", field_name="title", lookup_expr="icontains")
    state = filters.ChoiceFilter(label="State", choices=FindingState.choices, empty_label="any")
    grade = filters.ChoiceFilter(label="Grade", choices=Grade.choices, empty_label="any")

    class Meta:
        model = Finding
        fields = ["q", "state", "grade"]


class ProgrammeForm(forms.ModelForm):
    """A programme of audits."""

    start_date = Day(label="From")
    end_date = Day(label="To")
    clauses = {"objectives": "ISO/IEC 27001, 9.2.2"}

    class Meta:
        model = AuditProgramme
        fields = ("title", "start_date", "end_date", "objectives", "owner")
        widgets = {"objectives": AREA}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class AuditForm(forms.ModelForm):
    """An audit: what, by what, when, how."""

    start_date = Day(label="Begins on")
    end_date = Day(label="Ends on")
    project = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="The whole organisation", label="Of"
    )
    editions = forms.ModelMultipleChoiceField(
        Edition.objects.none(), required=False, label="Criteria: whole frameworks", help_text="Every requirement of it."
    )
    requirements = forms.ModelMultipleChoiceField(
        Requirement.objects.none(), required=False, label="Criteria: single requirements", widget=Narrowed(size=10)
    )
    clauses = {"objectives": "ISO/IEC 27001, 9.2.2", "method": "ISO 19011, 5.5.3"}

    class Meta:
        model = Audit
        fields = ("title", "kind", "programme", "objectives", "boundaries", "method", "start_date", "end_date")
        widgets = {"objectives": AREA, "boundaries": AREA}

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        there["project"].queryset = Project.objects.in_organisation(organisation)
        there["programme"].queryset = AuditProgramme.objects.in_organisation(organisation).exclude(
            state=ProgrammeState.CLOSED
        )
        stated = Edition.objects.filter(statements__organisation=organisation).distinct()
        there["editions"].queryset = stated
        rows = Requirement.objects.live().assessable().filter(edition__in=stated).select_related("edition")
        there["requirements"].queryset = rows.order_by("edition__position", "position")
        there["requirements"].label_from_instance = lambda row: f"{row.edition.label} {row.ref} {row.title}"
        if not self.instance._state.adding:
            for name in ("project", "editions", "requirements"):
                del there[name]

    def _post_clean(self) -> None:
        """The service changes the audit, not the form."""

    def criteria(self) -> list[Requirement]:
        given = self.cleaned_data
        whole = Requirement.objects.live().assessable().filter(edition__in=given["editions"])
        return [*whole, *given["requirements"].exclude(edition__in=given["editions"])]

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in (self._meta.fields or ())}


class ReportForm(forms.Form):
    """What the audit found out, in a few sentences."""

    conclusion = forms.CharField(widget=AREA)
    distribution = forms.CharField(label="Report goes to", required=False, max_length=300)


class ReportedForm(ReasonForm):
    """When the management heard of it."""

    reported_date = Day(label="Reported to the management on")
    field_order = ("reported_date", "reason")


class SeatForm(forms.Form):
    """A place in the audit, for somebody of the house or from outside."""

    person = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Somebody from outside")
    name = forms.CharField(required=False, max_length=120, help_text="Of somebody from outside.")
    email = forms.EmailField(required=False, label="E-mail address", help_text="The invitation goes there.")
    role = forms.ChoiceField(choices=SeatRole.choices)
    since = Day(label="Desk opens on")
    until = Day(label="and closes after", help_text="Access ends by itself after this day.")
    override_reason = forms.CharField(
        required=False,
        widget=AREA,
        label="Why they audit although they are not independent",
        help_text="Only needed when the check says so; the report prints it.",
    )
    clauses = {"person": "ISO/IEC 27001, 9.2.2 c"}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("person") and not (given.get("name") and given.get("email")):
            self.add_error("person", "Choose a person, or give name and address of somebody from outside.")
        return given

    def window(self) -> dict[str, Any]:
        given = self.cleaned_data
        since = datetime.combine(given["since"], time.min, UTC)
        return {
            "since": since,
            "until": end_of(given["until"]),
            "role": given["role"],
            "override_reason": given["override_reason"],
        }


class FindingForm(forms.ModelForm):
    """A finding from elsewhere than the auditor's desk."""

    response_due = Day(required=False, label="Answer until")
    project = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="The whole organisation", label="About"
    )

    class Meta:
        model = Finding
        fields = (
            "source",
            "audit",
            "grade",
            "title",
            "statement",
            "evidence_seen",
            "implementation",
            "owner",
            "response_due",
        )
        widgets = {"statement": AREA, "evidence_seen": AREA}

    def __init__(self, *args: Any, organisation: Organisation, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there: Any = self.fields
        there["project"].queryset = Project.objects.in_organisation(organisation)
        there["audit"].queryset = Audit.objects.in_organisation(organisation).under_way()
        there["owner"].queryset = people
        there["implementation"].queryset = (
            there["implementation"].queryset.filter(organisation=organisation).select_related("control")
        )

    def _post_clean(self) -> None:
        """The service makes the finding, not the form."""

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in (self._meta.fields or ())}


class AnswerForm(forms.Form):
    """What the audited say."""

    agree = forms.TypedChoiceField(
        label="Answer",
        choices=[("yes", "It is so: we accept the finding"), ("no", "It is not so: we dispute it")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    response = forms.CharField(label="In words", widget=AREA)


class ActionForm(forms.Form):
    """A corrective action."""

    title = forms.CharField(label="Action", max_length=200)
    owner = forms.ModelChoiceField(User.objects.none())
    due_date = Day(label="Due")
    verifier = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Anybody else", label="Effect is verified by"
    )
    containment = forms.CharField(label="What was done at once", required=False, widget=AREA)

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "verifier"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


class ReplanForm(ReasonForm):
    """Another day or other people."""

    due_date = Day(label="Due")
    owner = forms.ModelChoiceField(User.objects.none())
    verifier = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Anybody else", label="Effect is verified by"
    )
    field_order = ("due_date", "owner", "verifier", "reason")

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "verifier"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


class CauseForm(forms.Form):
    """Why it happened and where else it is so."""

    method = forms.ChoiceField(label="How the cause was sought", choices=[("", "Choose"), *CauseMethod.choices])
    root_cause = forms.CharField(label="Root cause", widget=AREA)
    extent_check = forms.CharField(
        label="Where else it is so", widget=AREA, help_text="Where you looked, and what you found there."
    )
    containment = forms.CharField(label="What was done at once", required=False, widget=AREA)
    clauses = {"root_cause": "ISO/IEC 27001, 10.2 b", "extent_check": "ISO/IEC 27001, 10.2 b"}


class DoneForm(forms.Form):
    """What was done."""

    result = forms.CharField(label="What was done", widget=AREA)
    records_updated = forms.CharField(
        label="Risks and statement of applicability", required=False, widget=AREA, help_text="What was updated there."
    )
    verify_after = Day(
        required=False, label="Effect is judged from", help_text="Empty: in 30 days. Somebody else does it."
    )


class EffectForm(forms.Form):
    """What was seen of the effect."""

    effective = forms.TypedChoiceField(
        label="Effect",
        choices=[("yes", "It does not come back"), ("no", "It came back, or might")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="What you saw", widget=AREA)


class VerdictForm(ReasonForm):
    """Yes or no, with a reason."""

    verdict = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")], coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    field_order = ("verdict", "reason")
