"""Options and actions."""

from typing import Any

from django import forms

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from risks.forms.register import day_field, people_of, reason_field
from risks.models import RiskTreatment


class TreatmentForm(forms.Form):
    """An option and why."""

    clauses = {"option": "ISO/IEC 27001, 6.1.3 a"}

    option = forms.ChoiceField(choices=RiskTreatment.Option.choices, widget=forms.RadioSelect, label="Option")
    rationale = forms.CharField(
        label="Why this option",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What it costs and saves, and why the other options are worse.",
    )


class ActionForm(forms.Form):
    """A step with somebody who does it and a day."""

    clauses = {"title": "ISO/IEC 27001, 6.1.3 e", "due_date": "ISO/IEC 27001, 6.2"}

    title = forms.CharField(
        label="What is done", max_length=200, help_text="e.g. Delay account recovery by 24 hours and tell the user."
    )
    owner = forms.ModelChoiceField(queryset=User.objects.none(), label="Who does it", empty_label="Choose")
    due_date = day_field("Due")

    def __init__(self, *args: Any, scope: Organisation | Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(scope)  # type: ignore[attr-defined]


class ReplanForm(ActionForm):
    """The same step, planned anew."""

    reason = reason_field("Why the plan changes; the change history and the pack show it.")
