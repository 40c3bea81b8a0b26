"""Requests of data subjects: what is taken down, what each step asks for, and finding them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.files.store import FileRefused, receive
from compliance.ledger.moment import now_read
from compliance.projects.forms import visible_projects
from compliance.projects.models import Organisation, Project
from compliance.ui.filters import Filters, PickFilter
from dataflows.forms.record import RecordForm, reason_field
from dataflows.models import DataItem, IntakeKey, SubjectRequest
from dataflows.models.request import REPLIES, SET_ASIDE, IdentityMethod, Outcome, RequestState, RequestType

MOST_BYTES = 50 * 1024 * 1024


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SubjectRequestForm(RecordForm):
    """What somebody asks, and how to answer them."""

    clauses = {
        "type": "GDPR Art. 15 to 22, 7(3)",
        "received_at": "GDPR Art. 12(3)",
        "requester_name": "seen at this desk only",
        "requester_contact": "seen at this desk only",
        "as_processor": "GDPR Art. 28(3)(e)",
    }
    approved_state = ""
    items = forms.MultipleChoiceField(
        label="Data it is about",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick-columns"}),
        help_text="Nothing ticked means all of it. The checklist follows the flow map.",
    )

    class Meta:
        model = SubjectRequest
        fields = (
            "type",
            "channel",
            "received_at",
            "app",
            "requester_name",
            "requester_contact",
            "wish",
            "items",
            "as_processor",
            "handler",
        )
        widgets = {"received_at": moment_input(), "wish": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"received_at": "When it reached us, whoever read it first; in UTC."}

    def __init__(self, *args: Any, organisation: Organisation, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        kept = DataItem.objects.in_organisation(organisation).order_by("name").values_list("reference", "name")
        fields["items"].choices = list(kept)
        fields["app"].queryset = Project.objects.in_organisation(organisation).visible_to(user)
        fields["app"].empty_label = "all of them"
        fields["handler"].queryset = User.objects.working_in(organisation)
        if self.instance._state.adding:
            fields["received_at"].initial = now_read().replace(second=0, microsecond=0)


class RequestFilter(Filters):
    """Finding requests."""

    q = django_filters.CharFilter(field_name="reference", lookup_expr="icontains", label="Reference")
    state = django_filters.ChoiceFilter(
        choices=[("open", "open"), *RequestState.choices], method="by_state", label="State"
    )
    type = django_filters.ChoiceFilter(choices=RequestType.choices, label="Right")
    clock = django_filters.ChoiceFilter(choices=[("late", "overdue")], method="by_clock", label="Clock")
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices, label="Outcome")
    app = PickFilter(label="App", queryset=visible_projects)

    def by_state(self, rows: Any, name: str, value: str) -> "QuerySet[SubjectRequest]":
        return rows.open() if value == "open" else rows.filter(state=value)

    def by_clock(self, rows: Any, name: str, value: str) -> "QuerySet[SubjectRequest]":
        return rows.late(now_read())


class Step(forms.Form):
    """A step that asks for nothing but, perhaps, a remark."""

    reason = reason_field(required=False)

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class Reasoned(Step):
    """A step with its reason."""

    reason = reason_field()


class IdentityStep(Step):
    """How it is certain who asks."""

    method = forms.ChoiceField(label="Identity confirmed by", choices=IdentityMethod.choices, widget=forms.RadioSelect)
    field_order = ("method", "reason")
    clauses = {"method": "GDPR Art. 12(6)"}


class ExtensionStep(Step):
    """When and why the requester was told that it takes longer."""

    notice_sent_at = forms.DateTimeField(
        label="Told on", widget=moment_input(), help_text="When the notice went out, in UTC; within the first month."
    )
    reason = reason_field("As the requester was told: how complex it is, how many requests there are.")
    clauses = {"notice_sent_at": "GDPR Art. 12(3)"}


class ReplyStep(Step):
    """The answer, for a second person to check."""

    file = forms.FileField(label="Answer", help_text="The letter or archive as it will go out; kept with its hash.")
    outcome = forms.ChoiceField(
        label="It is", choices=[(one.value, one.label) for one in REPLIES], widget=forms.RadioSelect
    )
    exemptions = forms.CharField(
        label="What was left out, and why", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    third_parties = forms.CharField(
        label="How data of others was kept out", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("file", "outcome", "exemptions", "third_parties", "reason")
    clauses = {"third_parties": "GDPR Art. 15(4)", "exemptions": "GDPR Art. 12(4)"}

    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        file = given.pop("file")
        try:
            received = receive(file, limit=MOST_BYTES, name=file.name)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return {**given, "reply": received, "name": file.name}


class RefusalStep(Step):
    """Why it is refused, and that the remedies were told."""

    reason = reason_field("As the requester was told.")
    remedies_told = forms.BooleanField(
        label="Told of the complaint to an authority and of the judicial remedy", required=False
    )
    clauses = {"remedies_told": "GDPR Art. 12(4)", "reason": "GDPR Art. 12(4), 12(5)"}


class EndStep(Step):
    """How an open request ends without an answer."""

    outcome = forms.ChoiceField(
        label="It was", choices=[(one.value, one.label) for one in SET_ASIDE], widget=forms.RadioSelect
    )
    reason = reason_field()
    field_order = ("outcome", "reason")


class IntakeForm(forms.ModelForm):
    """A key for a program that hands requests in."""

    days = forms.IntegerField(label="Days it works", min_value=1, max_value=366, initial=365)

    class Meta:
        model = IntakeKey
        fields = ("label", "app")
        help_texts = {
            "label": "E.g. privacy page of Stridewell.",
            "app": "Requests handed in with it are about this app.",
        }

    def __init__(self, *args: Any, organisation: Organisation, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["app"].queryset = Project.objects.in_organisation(organisation).visible_to(user)
        fields["app"].empty_label = "all of them"

    def _post_clean(self) -> None:
        """The service makes the key."""
