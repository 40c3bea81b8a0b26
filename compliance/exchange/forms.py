"""Handing a file in."""

from typing import Any

from django import forms

from compliance.exchange.registry import Scope, Sheet


class UploadForm(forms.Form):
    """One file, and what the list asks about it."""

    file = forms.FileField(label="File", max_length=250)

    def __init__(self, *args: Any, sheet: type[Sheet], scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file, self.questions = self.fields["file"], sheet.questions(scope)
        file.widget.attrs["accept"] = sheet.accepts
        file.label = "File" if self.questions else "CSV or XLSX file"
        if sheet.exports:
            file.help_text = "The list as you exported it, with your changes. The first row holds the labels."
        self.fields.update(self.questions)

    def asked(self) -> dict[str, str]:
        """The answers, as text."""
        return {name: str(self.cleaned_data.get(name) or "") for name in self.questions}
