"""Forms of store listings and releases."""

from django import forms

from compliance.projects.forms.rows import Day, RowForm
from compliance.projects.models import AppTarget, Release


class AppTargetForm(RowForm):
    """One store listing."""

    class Meta:
        model = AppTarget
        fields = ("platform", "store", "app_id", "minimum_os")


class ReleaseForm(RowForm):
    """A version on its way to the stores."""

    planned_date = Day(required=False, label="Planned for")

    class Meta:
        model = Release
        fields = ("name", "change_class", "planned_date", "notes")
        widgets = {"notes": forms.Textarea(attrs={"rows": 5})}
