"""Forms over impact assessments: screening, parts, opinion, decision, conditions."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms

from compliance.accounts.models import User
from compliance.projects.forms import Day, ReasonForm
from compliance.ui.filters import Filters
from dataflows.models import ProcessingActivity
from risks.forms.incident import AREA, Moment
from risks.models import DpiaDecision, DpiaOpinion, DpiaState, ImpactAssessment
from risks.screening import ARTICLES, QUESTIONS

# The pages of the text, in the order of the template of the European Data Protection Board.
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "overview": ("0 Overview", ("team", "standards")),
    "description": ("1 Description", ("purposes", "context", "lifecycle", "means")),
    "analysis": (
        "2 Analysis",
        ("legal_basis", "minimisation", "retention", "quality", "rights", "by_design", "security"),
    ),
    "necessity": ("3 Necessity and proportionality", ("necessity", "proportionality")),
    "plan": ("5 Action plan and views", ("action_plan", "views", "views_not_sought")),
}
CLAUSES = {
    "purposes": "GDPR, Art. 35(7)(a)",
    "necessity": "GDPR, Art. 35(7)(b)",
    "action_plan": "GDPR, Art. 35(7)(d)",
    "standards": "GDPR, Art. 35(8)",
    "views": "GDPR, Art. 35(9)",
    "by_design": "GDPR, Art. 25",
    "legal_basis": "GDPR, Art. 6, 9",
    "rights": "GDPR, Art. 12 to 22",
    "security": "GDPR, Art. 32",
}


class AssessmentFilter(Filters):
    """Which assessments to show."""

    title = django_filters.CharFilter(
        label="Title", lookup_expr="icontains", widget=forms.TextInput(attrs={"type": "search"})
    )
    state = django_filters.ChoiceFilter(label="State", choices=DpiaState.choices, empty_label="any")

    class Meta:
        model = ImpactAssessment
        fields: list[str] = []


class NewAssessmentForm(forms.Form):
    """What is screened."""

    title = forms.CharField(max_length=160, label="Processing", help_text="E.g. coaching with background location.")
    activities = forms.ModelMultipleChoiceField(
        ProcessingActivity.objects.none(),
        label="Records of processing",
        widget=forms.CheckboxSelectMultiple,
        help_text="The questions are prefilled from them and their data flows.",
    )

    def __init__(self, *args: Any, activities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activities"].queryset = activities  # type: ignore[attr-defined]


class ScreeningForm(forms.Form):
    """Each question with yes or no and why; what the records propose is filled in and says so."""

    def __init__(
        self, *args: Any, answers: Mapping[str, Mapping[str, Any]], proposed: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.clauses = {f"{key}_hit": f"GDPR, {article}" for key, article in ARTICLES.items()}
        for key, question in QUESTIONS.items():
            known, offered = answers.get(key), proposed.get(key, "")
            yes = known.get("hit") if known else bool(offered)
            label = f"{key}. {question}" if key.isdigit() else question
            self.fields[f"{key}_hit"] = forms.ChoiceField(
                label=label,
                choices=[("no", "No"), ("yes", "Yes")],
                widget=forms.RadioSelect,
                initial="yes" if yes else "no",
                help_text=f"Proposed from the records: yes. {offered}" if offered else "",
            )
            self.fields[f"{key}_why"] = forms.CharField(
                label="Why",
                required=False,
                widget=forms.Textarea(attrs={"rows": 1}),
                initial=known.get("why", "") if known else offered,
            )

    def answers(self) -> dict[str, dict[str, Any]]:
        given = self.cleaned_data
        return {key: {"hit": given[f"{key}_hit"] == "yes", "why": given[f"{key}_why"]} for key in QUESTIONS}


class PartForm(forms.Form):
    """One page of the text."""

    clauses = CLAUSES

    def __init__(self, *args: Any, assessment: ImpactAssessment, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PARTS[part][1]:
            label = str(ImpactAssessment._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                initial=getattr(assessment, name),
                widget=forms.Textarea(attrs={"rows": 6}),
            )


class OpinionForm(ReasonForm):
    """The advice of the data protection officer."""

    opinion = forms.ChoiceField(choices=DpiaOpinion.choices, widget=forms.RadioSelect)
    field_order = ("opinion", "reason")
    clauses = {"opinion": "GDPR, Art. 35(2)"}


class DecisionForm(ReasonForm):
    """The decision of the controller."""

    decision = forms.ChoiceField(choices=DpiaDecision.choices, widget=forms.RadioSelect)
    deviation = forms.CharField(
        required=False,
        widget=AREA,
        label="Why the opinion is not followed",
        help_text="Only when the decision is another than the data protection officer advised.",
    )
    review_date = Day(required=False, label="Next review", help_text="Empty: in a year.")
    field_order = ("decision", "reason", "deviation", "review_date")
    clauses = {"decision": "GDPR, Art. 35(1)", "review_date": "GDPR, Art. 35(11)"}


class ConditionForm(forms.Form):
    """A condition that becomes a task."""

    title = forms.CharField(max_length=200, label="What has to be done")
    assignee = forms.ModelChoiceField(User.objects.none(), label="By whom")
    due_date = Day(label="Until")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


class ReceivedForm(forms.Form):
    """When the authority received the request."""

    received_at = Moment(label="Received by the authority")
    clauses = {"received_at": "GDPR, Art. 36(2)"}


class HeardForm(ReasonForm):
    """What the authority answered, and when."""

    at = Moment(label="Answered")
    field_order = ("at", "reason")
