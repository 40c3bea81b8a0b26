"""Forms of organisations and projects."""

import re

from django import forms
from django.core.validators import validate_email

from compliance.projects.forms.rows import RowForm
from compliance.projects.models import Organisation, Project

MOST_ADDRESSES = 20


def mail_addresses(text: str) -> str:
    """Mail addresses, one a line. Raises ValidationError naming the line that is none."""
    found = dict.fromkeys(part.strip() for part in text.replace(",", "\n").replace(";", "\n").splitlines())
    found.pop("", None)
    for address in found:
        try:
            validate_email(address)
        except forms.ValidationError as error:
            raise forms.ValidationError(f"“{address}” is no mail address.") from error
    if len(found) > MOST_ADDRESSES:
        raise forms.ValidationError(f"Give at most {MOST_ADDRESSES} addresses; a mailing list counts as one.")
    return "\n".join(found)


def country_codes(text: str, *, many: bool) -> str:
    """Upper-case ISO 3166 codes, separated by blanks. Raises ValidationError naming the word that is none."""
    codes = text.replace(",", " ").upper().split()
    for code in codes:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise forms.ValidationError(f"“{code}” is no country code: write two letters, such as DE.")
    if not many and len(codes) > 1:
        raise forms.ValidationError("Give one country: the seat.")
    return " ".join(dict.fromkeys(codes))


class OrganisationForm(RowForm):
    """Who the organisation is, what its management systems cover, whom to reach."""

    clauses = {
        "scope_statement": "ISO/IEC 27001, 4.3",
        "dpo_name": "GDPR, Art. 37",
        "eu_representative": "GDPR, Art. 27",
    }

    class Meta:
        model = Organisation
        fields = (
            "name",
            "legal_name",
            "country",
            "address",
            "contact_email",
            "scope_statement",
            "dpo_name",
            "dpo_contact",
            "eu_representative",
            "uk_representative",
            "dpia_threshold",
            "checkpoint_addresses",
        )
        widgets = {
            "scope_statement": forms.Textarea(attrs={"rows": 5}),
            "checkpoint_addresses": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_country(self) -> str:
        return country_codes(self.cleaned_data["country"], many=False)

    def clean_checkpoint_addresses(self) -> str:
        return mail_addresses(self.cleaned_data["checkpoint_addresses"])


class NewOrganisationForm(OrganisationForm):
    """The least a new organisation needs."""

    class Meta(OrganisationForm.Meta):
        fields = ("name", "legal_name", "country", "scope_statement")  # type: ignore[assignment]


class ProjectForm(RowForm):
    """A mobile app and our role for its users' data."""

    clauses = {"role": "GDPR, Art. 4(7) and 4(8)"}

    class Meta:
        model = Project
        fields = ("name", "summary", "role", "countries", "users_count", "masvs_profile", "takes_payments", "state")
        widgets = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["state"]

    def clean_countries(self) -> str:
        return country_codes(self.cleaned_data["countries"], many=True)
