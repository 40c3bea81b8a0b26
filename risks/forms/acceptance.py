"""Asking for acceptance, and deciding."""

from typing import Any

from django import forms

from risks.forms.register import day_field, reason_field
from risks.models import Band, RiskAcceptance


class RequestForm(forms.Form):
    """What is to be accepted, why, and until when."""

    clauses = {"kind": "ISO/IEC 27001, 6.1.3 f", "reason": "ISO/IEC 27001, 8.3"}

    kind = forms.ChoiceField(label="What is asked for", choices=RiskAcceptance.Kind.choices, widget=forms.RadioSelect)
    reason = reason_field("Why it is acceptable: what it would cost to go further, and what watches it meanwhile.")
    conditions = forms.CharField(
        label="Conditions",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What has to stay true, e.g. at most 500 wallets above 1,000 EUR.",
    )
    valid_until = day_field("Valid until", required=False)

    def __init__(self, *args: Any, band: Band | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if band is not None:
            self.fields[
                "valid_until"
            ].help_text = f"A {band.level} risk is accepted for {band.acceptance_days} days at most; empty takes that."


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    clauses = {"decision": "ISO/IEC 27001, 6.1.3 f"}

    decision = forms.ChoiceField(
        label="Your decision", choices=[("accept", "Accept"), ("reject", "Reject")], widget=forms.RadioSelect
    )
    reason = reason_field("It is stored with your name, the time and the facts above.")

    def values(self) -> dict[str, Any]:
        """What both decisions take."""
        return {"reason": self.cleaned_data["reason"]}


class RevokeForm(forms.Form):
    """Why an acceptance is taken back."""

    reason = reason_field()
