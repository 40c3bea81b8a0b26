"""Starting an assessment, asking a colleague, remarking, and deciding about proposals."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from compliance.accounts.models import User
from compliance.assessments.questionnaire import questionnaire
from compliance.projects.forms import Day
from compliance.projects.models import Membership, Project, Release
from compliance.projects.roles import ROLES


class StartForm(forms.Form):
    """Which release, and what it changes."""

    release = forms.ModelChoiceField(
        queryset=Release.objects.none(), required=False, empty_label="None yet", help_text="The version this is about."
    )
    changes = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="What changes with this release?",
        help_text="Only the questions about these are asked again. Everything else is carried over.",
    )

    def __init__(self, *args: Any, project: Project, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Release.objects.in_project(project).exclude(state=Release.State.WITHDRAWN)
        self.fields["release"].queryset = rows  # type: ignore[attr-defined]
        self.fields["release"].initial = rows.filter(state=Release.State.PLANNED).order_by("planned_date").first()
        if again:
            self.fields["changes"].choices = [(one.key, one.label) for one in questionnaire().changes]  # type: ignore[attr-defined]
        else:
            del self.fields["changes"]


class AskForm(forms.Form):
    """Who answers instead, and until when."""

    colleague = forms.ModelChoiceField(queryset=User.objects.none(), label="Who knows")
    due_date = Day(label="Until")
    note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, label="What you want to tell them"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        roles = [key for key, role in ROLES.items() if role.allows("assessment", "edit")]
        held = Membership.objects.reaching(project).valid(now).filter(role__in=roles, user__is_active=True)
        people = User.objects.filter(pk__in=held.values("user")).order_by("name")
        self.fields["colleague"].queryset = people  # type: ignore[attr-defined]
        self.fields["due_date"].initial = now.date() + timedelta(days=7)


class RemarkForm(forms.Form):
    """What is to be clarified or changed."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, label="Remark")


class DecideForm(forms.Form):
    """Accept or decline what is ticked, or everything that waits in a decision."""

    verdict = forms.ChoiceField(choices=[(one, one) for one in ("accept", "decline", "accept-every", "decline-every")])
    reason = forms.CharField(max_length=1000)

    @property
    def every(self) -> bool:
        return str(self.data.get("verdict", "")).endswith("-every")

    @property
    def accepts(self) -> bool:
        return str(self.data.get("verdict", "")).startswith("accept")
