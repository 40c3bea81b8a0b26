"""What is asked of somebody who takes personal data out of the history."""

from typing import Any

from django import forms

from compliance.ledger.models import Redaction
from compliance.ledger.models.redaction import LEAST_REASON
from compliance.ledger.redaction import Held


class RedactionForm(forms.Form):
    """Which fields, on which ground, for what reason; `confirmed` only after everything that goes was shown."""

    fields_chosen = forms.MultipleChoiceField(label="Erase", widget=forms.CheckboxSelectMultiple)
    ground = forms.ChoiceField(label="Ground", choices=[("", "Choose the ground"), *Redaction.Ground.choices])
    reason = forms.CharField(
        label="Who asked for what",
        min_length=LEAST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays for ever and packs print it: name the request, never the value itself.",
    )
    clauses = {"ground": "GDPR, Art. 17"}

    def __init__(self, *args: Any, held: list[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        self.fields["fields_chosen"].choices = [  # type: ignore[attr-defined]
            (one.field, f"{one.label} ({_amount(one)})") for one in held
        ]

    @property
    def chosen(self) -> list[Held]:
        """What would go."""
        return [one for one in self.held if one.field in self.cleaned_data.get("fields_chosen", [])]


def _amount(one: Held) -> str:
    values, rows = len(one.values), len(one.rows)
    said = f"{values} value{'s' if values > 1 else ''} in {rows} history row{'s' if rows > 1 else ''}"
    return f"personal data, {said}" if one.personal else said
