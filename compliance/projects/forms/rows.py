"""The base of every form that edits a tracked record."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms

from compliance.ledger import Refused


class Day(forms.DateField):
    """A calendar day, with the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)


def end_of(day: date | None) -> datetime | None:
    """The moment a day is over, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) if day else None


class RowForm(forms.ModelForm):
    """Remembers which version of the record was shown; saving another raises StaleWrite instead of overwriting."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version
            self.fields["version"].required = True

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("version") is not None:
            self.instance.version = self.cleaned_data["version"]

    @property
    def values(self) -> dict[str, Any]:
        """What a service takes: the cleaned fields without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ReasonForm(forms.Form):
    """One reason, for a decision that needs one."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), help_text="The change history keeps it, and packs print it."
    )


def refuse(form: forms.BaseForm, refused: Refused) -> None:
    """Show a service's refusal where errors of the form are shown."""
    form.add_error(None, str(refused))
