"""Forms of decisions at gates."""

from typing import Any

from django import forms

from compliance.projects.forms import ReasonForm
from compliance.projects.forms.rows import Day
from compliance.projects.models import Release


class ClassForm(ReasonForm):
    """How big the change is, and why."""

    change_class = forms.ChoiceField(label="Class of change", required=False, choices=Release.ChangeClass.choices)
    field_order = ("change_class", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why this class fits what changed"


class GateForm(ReasonForm):
    """Through or not, and why."""

    passed = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "It passes"), ("no", "It fails")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    field_order = ("passed", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "What was looked at, and why"


class OverrideForm(ReasonForm):
    """Until when a release may go on although something holds it back."""

    until = Day(label="Counts until", help_text="After this day the gate is closed again.")
    field_order = ("reason", "until")
