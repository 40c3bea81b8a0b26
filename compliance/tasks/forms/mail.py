"""How a person wants to be told what waits for them."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from compliance.tasks.models import MailPreference


class MailForm(forms.ModelForm):
    """Digest, its day and hour, and quiet hours."""

    zone = forms.ChoiceField(label="Time zone")

    class Meta:
        model = MailPreference
        fields = ("digest", "weekday", "hour", "quiet_from", "quiet_until", "zone")
        widgets = {"digest": forms.RadioSelect}
        help_texts = {
            "digest": "What is overdue and what falls due within two weeks. When nothing does, no mail comes.",
            "hour": "The first mail of a day comes after this hour.",
            "quiet_until": "Clocks of laws are mailed at any hour.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(one for one in available_timezones() if "/" in one or one == "UTC")
        self.fields["zone"] = forms.ChoiceField(label="Time zone", choices=[(one, one) for one in zones])
