"""Asking for a pack."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.packs.models import EvidencePack
from compliance.packs.registry import BadPeriod, Period
from compliance.packs.types import PACK_TYPES


def calendar() -> forms.DateInput:
    """A browser's own calendar, which reads and writes ISO days whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PackForm(forms.Form):
    """Type, moment, period and reader of a pack."""

    type = forms.ChoiceField(
        choices=[(item.key, item.title) for item in PACK_TYPES.values()],
        help_text="What the pack holds. The project file holds everything.",
    )
    as_at = forms.DateField(
        label="As at",
        error_messages={"required": "Choose the day the pack describes."},
        widget=calendar(),
        help_text="The records are shown as they stood at the end of this day (UTC); today means now.",
    )
    period_start = forms.DateField(
        label="Period from", widget=calendar(), error_messages={"required": "Choose the first day of the period."}
    )
    period_end = forms.DateField(
        label="Period to",
        error_messages={"required": "Choose the last day of the period."},
        widget=calendar(),
        help_text="The change history of these days is printed, both days included.",
    )
    profile = forms.ChoiceField(
        label="For", choices=EvidencePack.Profile.choices, help_text="Printed as the classification on every page."
    )

    def clean_as_at(self) -> datetime:
        """The last moment of the day, or now."""
        chosen: date = self.cleaned_data["as_at"]
        now = timezone.now()
        if chosen > now.date():
            raise ValidationError("This day has not come yet: a pack describes a moment up to now.")
        return now if chosen == now.date() else datetime.combine(chosen, time.max, UTC)

    def clean(self) -> dict[str, Any]:
        """The period must be one."""
        data = super().clean() or {}
        if {"period_start", "period_end"} <= set(data):
            try:
                data["period"] = Period(data["period_start"], data["period_end"])
            except BadPeriod as error:
                self.add_error("period_end", str(error))
        return data
