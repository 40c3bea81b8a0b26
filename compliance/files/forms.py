"""Forms that take files: several at once, whole or in pieces that came before."""

from typing import Any
from uuid import UUID

from django import forms

from compliance.accounts.models import User
from compliance.files import incoming
from compliance.files.models import Incoming
from compliance.files.uploads import Upload

MOST_FILES = 50


class ManyFiles(forms.ClearableFileInput):
    """A file field that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each an Upload."""

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(f"Hand in at most {MOST_FILES} files at once; these are {len(given)}.")
        return [Upload(one, one.name) for one in given]


class FilesForm(forms.Form):
    """`uploads`, and in `arrived` the keys of what `files/upload.js` sent in pieces. Forget those with `let_go`."""

    uploads = FilesField(label="Files", required=False, widget=ManyFiles(attrs={"multiple": True}))
    arrived = forms.CharField(required=False, max_length=37 * MOST_FILES, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.pieces = person, list[Incoming]()

    def clean_arrived(self) -> str:
        """What came piece by piece before the form did; another person's is not found."""
        keys = [UUID(word) for word in self.cleaned_data["arrived"].split(",") if is_uuid(word)]
        self.pieces = incoming.of_person(self.person, keys) if self.person and keys else []
        return ",".join(str(one.pk) for one in self.pieces)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for one in self.pieces:
            if not one.is_whole:
                self.add_error("uploads", f"{one.name} has not arrived as a whole: choose it again to go on.")
        if "uploads" in given:
            given["uploads"] += [Upload(incoming.opened(one), one.name) for one in self.pieces if one.is_whole]
        return given

    def let_go(self) -> None:
        """Forget the pieces of what was handed in."""
        for one in self.pieces:
            incoming.forget(one)


def is_uuid(text: str) -> bool:
    """Whether a word can be a key at all."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
