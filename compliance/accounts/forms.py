"""What people say about themselves."""

from django import forms

from compliance.accounts.models import User


class ProfileForm(forms.ModelForm):
    """Name and job, as others read them."""

    class Meta:
        model = User
        fields = ("name", "job_title")
