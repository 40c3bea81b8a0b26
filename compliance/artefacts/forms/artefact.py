"""Forms of artefacts: handing in on a page, and what a build server says of its files."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from compliance.artefacts.models import Platform
from compliance.artefacts.services import About
from compliance.artefacts.services.read import split_tool
from compliance.files.forms import FilesField, FilesForm, ManyFiles

HASH = RegexValidator(r"^[0-9a-fA-F]{64}$", "A SHA-256 has 64 digits from 0 to 9 and a to f.")
COMMIT = RegexValidator(r"^[0-9A-Za-z._/-]{1,64}$", "Give the name of a commit: letters, digits and . _ / - only.")


class AboutForm(forms.Form):
    """What the sender says of the files; most of it is told by the files themselves."""

    platform = forms.ChoiceField(
        label="Platform",
        required=False,
        choices=[("", "told by the file"), *Platform.choices],
        help_text="For a component list of one platform only; everything else names its own.",
    )
    part = forms.CharField(
        label="SDK or extension",
        required=False,
        max_length=120,
        help_text="Whose file it is, if not the app's: Adspire. A privacy manifest called Adspire.xcprivacy says so.",
    )
    build = forms.CharField(
        label="Hash of the build", required=False, max_length=64, validators=[HASH], help_text="SHA-256 of the app."
    )
    commit = forms.CharField(label="Commit", required=False, max_length=64, validators=[COMMIT])
    tool = forms.CharField(
        label="Made by", required=False, max_length=160, help_text="Tool and version, if the file does not name them."
    )
    made = forms.CharField(
        label="Made at", required=False, max_length=40, help_text="A moment with its zone: 2026-11-23T09:10:00Z."
    )

    def clean_made(self) -> datetime | None:
        """A moment somebody wrote; without a zone it is UTC."""
        if not (text := self.cleaned_data["made"].strip()):
            return None
        try:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise forms.ValidationError("Write the moment as 2026-11-23T09:10:00Z.") from None

    def about(self) -> About:
        """What was said, for the service."""
        said = self.cleaned_data
        tool, version = split_tool(" ".join(said["tool"].split()))
        return About(
            platform=said["platform"],
            part=" ".join(said["part"].split()),
            tool=tool,
            tool_version=version,
            build_hash=said["build"].lower(),
            commit=said["commit"],
            generated_at=said["made"],
        )


class ArtefactForm(AboutForm, FilesForm):
    """Files dropped on a release."""

    uploads = FilesField(label="Files", widget=ManyFiles(attrs={"multiple": True}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("uploads") and "uploads" not in self.errors:
            self.add_error("uploads", "Choose at least one file.")
        return given


class TokenForm(forms.Form):
    """A token for a build server."""

    label = forms.CharField(label="Where it is used", max_length=80, help_text="E.g. the release pipeline of the app.")
    days = forms.IntegerField(label="Days it works", min_value=1, max_value=366, initial=180)
