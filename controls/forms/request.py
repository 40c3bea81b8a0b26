"""Forms over requests for evidence."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from controls.models import EvidenceRequest, Implementation, RequestState

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RequestFilter(filters.FilterSet):
    """Which requests to show."""

    q = filters.CharFilter(label="Words", field_name="title", lookup_expr="icontains")
    state = filters.ChoiceFilter(label="State", choices=RequestState.choices, empty_label="any")
    mine = filters.BooleanFilter(
        label="Waits for me", method="by_assignee", widget=forms.Select(choices=[("", "any"), ("true", "yes")])
    )
    late = filters.BooleanFilter(
        label="Overdue", method="by_day", widget=forms.Select(choices=[("", "any"), ("true", "yes")])
    )

    class Meta:
        model = EvidenceRequest
        fields = ["q", "state", "mine", "late"]

    def by_assignee(self, rows: "QuerySet[EvidenceRequest]", name: str, value: bool) -> "QuerySet[EvidenceRequest]":
        return rows.filter(state=RequestState.REQUESTED, assignee=self.request.user) if value else rows

    def by_day(self, rows: Any, name: str, value: bool) -> Any:
        return rows.overdue(now_read().date()) if value else rows


class RequestForm(forms.ModelForm):
    """What is asked of whom, by when."""

    clauses = {"title": "ISO/IEC 27001, 9.1"}

    class Meta:
        model = EvidenceRequest
        fields = [
            "title",
            "instruction",
            "example",
            "kind",
            "implementation",
            "assignee",
            "due_date",
            "recurrence",
        ]
        labels = {"implementation": "Control it is about", "assignee": "Asked of"}
        widgets = {"instruction": forms.Textarea(attrs={"rows": 4}), "due_date": DAY}
        help_texts = {"recurrence": "A recurring request asks again by itself, with the same words."}

    def __init__(self, *args: Any, scope: Organisation | Project, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]
        running = Implementation.objects.running_in(scope).select_related("control")
        self.fields["implementation"].queryset = running  # type: ignore[attr-defined]
        if not self.instance._state.adding:
            del self.fields["implementation"]

    def _post_clean(self) -> None:
        """The instance is changed by the service, not by the form."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        day = given.get("due_date")
        if day and self.instance._state.adding and day < now_read().date():
            self.add_error("due_date", "The day has passed: choose one ahead.")
        return given


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
