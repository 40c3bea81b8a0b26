"""Forms around people, roles and invitations."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.forms.rows import Day, end_of
from compliance.projects.models import Invitation, Membership, Organisation, Project
from compliance.projects.roles import ROLES

ROLE_HELP = [(key, f"{role.name}: {role.summary}") for key, role in ROLES.items()]


class PlaceForm(forms.Form):
    """A role, where it counts and until when."""

    clauses = {"role": "ISO/IEC 27001, 5.3"}

    role = forms.ChoiceField(choices=ROLE_HELP)
    project = forms.ModelChoiceField(
        Project.objects.none(),
        required=False,
        empty_label="The whole organisation",
        label="Where",
        help_text="A role in one project opens nothing of the other projects.",
    )
    until = Day(required=False, label="Until", help_text="Access ends by itself after this day. Auditors need one.")
    reason = forms.CharField(required=False, max_length=500, help_text="Optional; the change history keeps it.")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["project"].queryset = Project.objects.in_organisation(organisation)  # type: ignore[attr-defined]

    def place(self) -> dict[str, Any]:
        """Role, scope, end and reason, as the services take them."""
        given = self.cleaned_data
        return {
            "role": given["role"],
            "scope": given["project"] or self.organisation,
            "until": end_of(given["until"]),
            "reason": given["reason"],
        }


class InvitationForm(PlaceForm):
    """Somebody new, or somebody from another organisation."""

    name = forms.CharField(max_length=Invitation._meta.get_field("name").max_length)
    email = forms.EmailField(label="E-mail address")
    field_order = ("name", "email", "role", "project", "until", "reason")


class GrantForm(PlaceForm):
    """One more role for somebody who already works here."""

    person = forms.ModelChoiceField(User.objects.none())
    field_order = ("person", "role", "project", "until", "reason")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, organisation=organisation, **kwargs)
        self.fields["person"].queryset = User.objects.working_in(organisation)  # type: ignore[attr-defined]


class WindowForm(forms.Form):
    """How long a role lasts."""

    until = Day(required=False, label="Until", help_text="Access ends by itself after this day. Empty: no end.")
    reason = forms.CharField(max_length=500)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, initial={"until": membership.last_day}, **kwargs)

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day and day < timezone.now().date():
            raise forms.ValidationError("This day is over: end the role instead, or choose a later day.")
        return day


class AcceptForm(forms.Form):
    """The account somebody makes from an invitation."""

    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. A few words in a row are easier to remember than signs.",
    )
    again = forms.CharField(label="Password again", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": invitation.name}, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two passwords differ.")
        if given.get("password"):
            person = User(email=self.invitation.email, name=given.get("name", ""))
            try:
                password_validation.validate_password(given["password"], person)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return given
