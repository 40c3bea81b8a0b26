"""A mechanism falls: from when, by what, and what is done flow by flow."""

from django import forms

from dataflows.forms.record import day_input, reason_field
from dataflows.models import FallCase


class FallForm(forms.Form):
    """From which day it no longer holds, and what says so."""

    clauses = {"fell_date": "GDPR Art. 44"}
    fell_date = forms.DateField(label="No longer holds from", widget=day_input())
    source = forms.CharField(
        label="What says so", max_length=250, help_text="Judgement, notice or letter, with its date."
    )


class SettleForm(forms.Form):
    """What was done about one flow."""

    case = forms.CharField(max_length=20)
    action = forms.ChoiceField(choices=[c for c in FallCase.Action.choices if c[0]])
    reason = reason_field("What was done.")
