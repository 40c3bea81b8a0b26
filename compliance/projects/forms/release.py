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
    development_date = Day(required=False, label="Development began on")

    class Meta:
        model = Release
        fields = ("name", "change_class", "development_date", "planned_date", "build_sha256", "notes")
        widgets = {"notes": forms.Textarea(attrs={"rows": 5})}
