"""Handing a file in."""

from django import forms

from compliance.ui.export import XLSX


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="CSV or XLSX file",
        help_text="The list as you exported it, with your changes. The first row holds the labels.",
        widget=forms.ClearableFileInput(attrs={"accept": f".csv,.xlsx,text/csv,{XLSX}"}),
        max_length=250,
    )
