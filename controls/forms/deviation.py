"""Forms over exceptions."""

from typing import Any

from django import forms

from compliance.projects.forms import ReasonForm


class DeviationForm(ReasonForm):
    """What is left out, why, what protects instead, and until when."""

    compensating = forms.CharField(
        label="What protects instead",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The compensating control: what is done meanwhile, and where that is seen.",
    )
    valid_until = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="At most a year ahead.",
    )
    clauses = {"valid_until": "ISO/IEC 27001, 6.1.3 d"}
    field_order = ("reason", "compensating", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why the project cannot follow"
