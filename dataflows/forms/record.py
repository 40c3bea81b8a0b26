"""What every form of the room shares: it reads a record and hands values to a service, which writes."""

from typing import Any

from django import forms

from dataflows import vocabulary


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def reason_field(help_text: str = "The change history keeps it.", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label="Reason", help_text=help_text, required=required, widget=forms.Textarea(attrs={"rows": 2})
    )


def subjects_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Data subjects",
        choices=vocabulary.subject_choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick-columns"}),
        required=False,
        help_text="Whose data it is.",
    )


class RecordForm(forms.ModelForm):
    """Values for a service. `version` is the record's when it was read, so that a lost update is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    approved_state = "active"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["version"]
            return
        self.fields["version"].initial = self.instance.version
        approved = getattr(self.instance, "state", "") == self.approved_state
        said = "It is approved: say why it changes." if approved else "The change history keeps it."
        self.fields["reason"] = reason_field(said, required=approved)

    def values(self) -> dict[str, Any]:
        """The cleaned fields of the model, and the reason."""
        names = [name for name in (*self.Meta.fields, "reason") if name in self.cleaned_data]  # type: ignore[attr-defined]
        return {name: self.cleaned_data[name] for name in names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (version := cleaned.get("version")) is not None:
            self.instance.version = version
        return cleaned

    def _post_clean(self) -> None:
        """The service writes and checks; the form leaves its instance as it was read."""


class ReasonForm(forms.Form):
    """A decision's reason."""

    reason = reason_field()


class StepForm(forms.Form):
    """A step of a record's life, with its reason."""

    step = forms.ChoiceField(choices=[(name, name) for name in ("submit", "send_back", "approve", "retire")])
    reason = reason_field(required=False)
