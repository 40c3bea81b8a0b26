"""What is to be done, by whom, until when."""

from typing import Any

from django import forms

from compliance.accounts.models import User
from compliance.projects.forms import Day, RowForm
from compliance.projects.models import Organisation, Project
from compliance.tasks.models import Task


class TaskForm(RowForm):
    """A task; only people with a role in the organisation can be given one."""

    due_date = Day(label="Due")

    class Meta:
        model = Task
        fields = ("title", "detail", "assignee", "due_date", "source_url")
        widgets = {"detail": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, scope: Organisation | Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = scope.organisation if isinstance(scope, Project) else scope
        self.fields["assignee"].queryset = User.objects.working_in(organisation)  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), label="What came of it")
