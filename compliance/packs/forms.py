"""Asking for a pack, moving it on, and checking a file against what was issued."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_filters import ChoiceFilter

from compliance.packs.models import EvidencePack, State
from compliance.packs.profiles import PROFILES
from compliance.packs.registry import BadPeriod, Period, subjects_of
from compliance.packs.types import PACK_TYPES
from compliance.projects.forms import ReasonForm, visible_projects
from compliance.projects.models import Organisation, Project
from compliance.ui.filters import Filters, PickFilter


def calendar() -> forms.DateInput:
    """A browser's own calendar, which reads and writes ISO days whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PackForm(forms.Form):
    """Type, moment, period and reader of a pack of a scope."""

    type = forms.ChoiceField(label="Kind", help_text="What the pack holds. A project file holds everything.")
    subject = forms.ChoiceField(
        label="About", required=False, help_text="Only for packs of one release or one control."
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
        label="For",
        choices=[(item.key, item.title) for item in PROFILES.values()],
        help_text="Decides what is left out. A customer's copy names roles, not people.",
    )
    field_order = ("type", "subject", "as_at", "period_start", "period_end", "profile")

    def __init__(self, *args: Any, scope: Organisation | Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = "project" if isinstance(scope, Project) else "organisation"
        kinds = [kind for kind in PACK_TYPES.values() if here in kind.scopes]
        self.fields["type"].choices = [(kind.key, kind.title) for kind in kinds]  # type: ignore[attr-defined]
        names = sorted({kind.subject for kind in kinds if kind.subject})
        groups = [(name.capitalize(), _subjects(name, scope)) for name in names]
        self.fields["subject"].choices = [("", "everything"), *(one for one in groups if one[1])]  # type: ignore[attr-defined]

    def clean_as_at(self) -> datetime | None:
        """The last moment of the day; None for today, which means now."""
        chosen: date = self.cleaned_data["as_at"]
        today = timezone.now().date()
        if chosen > today:
            raise ValidationError("This day has not come yet: a pack describes a moment up to now.")
        return None if chosen == today else datetime.combine(chosen, time.max, UTC)

    def clean(self) -> dict[str, Any]:
        """The period must be one, and the kind must fit its subject."""
        data = super().clean() or {}
        kind = PACK_TYPES.get(data.get("type", ""))
        if kind and kind.subject and not data.get("subject") and "subject" not in self.errors:
            self.add_error("subject", f"Choose the {kind.subject} the pack is about.")
        if {"period_start", "period_end"} <= set(data):
            try:
                data["period"] = Period(data["period_start"], data["period_end"])
            except BadPeriod as error:
                self.add_error("period_end", str(error))
        return data


def _subjects(kind: str, scope: Organisation | Project) -> list[tuple[str, str]]:
    found = subjects_of(kind, scope, timezone.now())
    return [(one.reference, f"{one.reference} {one.title}") for one in found]


def usual_period(previous: EvidencePack | None, today: date) -> tuple[date, date]:
    """Since the end of the previous issue's period, or the last twelve months."""
    if previous is not None and previous.period_end_date < today:
        return previous.period_end_date, today
    return today.replace(year=today.year - 1, day=min(today.day, 28)), today


class PackFilter(Filters):
    """Which packs to list."""

    type = ChoiceFilter(choices=[(item.key, item.title) for item in PACK_TYPES.values()], label="Kind")
    state = ChoiceFilter(choices=State.choices, label="State")

    class Meta:
        model = EvidencePack
        fields = ()


class OrganisationPackFilter(PackFilter):
    """Which packs of an organisation to list."""

    project = PickFilter(label="Project", queryset=visible_projects)

    class Meta(PackFilter.Meta):
        pass


class RemarkForm(forms.Form):
    """A name under a pack, with a remark if there is one."""

    reason = forms.CharField(
        label="Remark",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you looked at, or what the next one should know. The change history keeps it.",
    )


class IssueForm(ReasonForm):
    """Why it is issued, and under which number."""

    edition = forms.ChoiceField(label="Version", widget=forms.RadioSelect)

    def __init__(self, *args: Any, editions: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        correction, new = editions
        choices = [(new, f"{new}, a new issue")]
        if correction != new:
            choices.append((correction, f"{correction}, a correction of the issue before"))
        self.fields["edition"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].label = "What this issue is for"
        self.fields["reason"].help_text = "For example: surveillance audit in December. The pack prints it."


class VerifyForm(forms.Form):
    """A file, or its hash."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text="The PDF, the ZIP or a volume, as you received it. It is hashed as it arrives and not kept.",
    )
    sha256 = forms.CharField(
        label="or its SHA-256",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control mono", "autocomplete": "off", "spellcheck": "false"}),
        help_text="64 digits and letters a to f, as sha256sum prints them.",
    )

    def clean_sha256(self) -> str:
        """The digest in lower case, without what a tool prints around it."""
        text = self.cleaned_data["sha256"].strip().lower()
        found = re.search(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.sub(r"(?<=[0-9a-f]) (?=[0-9a-f])", "", text))
        if text and not found:
            raise ValidationError("That is no SHA-256: it has 64 digits and letters a to f.")
        return found[0] if found else ""

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("sha256"):
            self.add_error("file", "Choose a file, or paste its hash.")
        return data
