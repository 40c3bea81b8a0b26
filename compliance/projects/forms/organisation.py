"""Forms of organisations and projects."""

import re

from django import forms

from compliance.projects.forms.rows import RowForm
from compliance.projects.models import Organisation, Project


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
        )
        widgets = {"scope_statement": forms.Textarea(attrs={"rows": 5})}

    def clean_country(self) -> str:
        return country_codes(self.cleaned_data["country"], many=False)


class NewOrganisationForm(OrganisationForm):
    """The least a new organisation needs."""

    class Meta(OrganisationForm.Meta):
        fields = ("name", "legal_name", "country", "scope_statement")  # type: ignore[assignment]


class ProjectForm(RowForm):
    """A mobile app and our role for its users' data."""

    clauses = {"role": "GDPR, Art. 4(7) and 4(8)"}

    class Meta:
        model = Project
        fields = ("name", "summary", "role", "countries", "users_count", "masvs_profile", "state")
        widgets = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["state"]

    def clean_countries(self) -> str:
        return country_codes(self.cleaned_data["countries"], many=True)
