"""Records of processing."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.forms import visible_projects
from compliance.projects.models import Membership, Organisation, Project
from compliance.ui.filters import Filters, PickFilter
from controls.models import Implementation
from dataflows.forms.record import RecordForm, day_input, subjects_field
from dataflows.models import DataItem, Party, ProcessingActivity
from dataflows.totals import incomplete

TICKS = {"class": "tick-columns"}


class ActivityForm(RecordForm):
    """A record of processing in the order of the letters of Art. 30."""

    clauses = {
        "purposes": "GDPR Art. 30(1)(b), 30(2)(b)",
        "subject_categories": "GDPR Art. 30(1)(c)",
        "data": "GDPR Art. 30(1)(c)",
        "parties": "GDPR Art. 30(1)(a), (d); 30(2)(a)",
        "security_measures": "GDPR Art. 30(1)(g), 30(2)(d)",
        "measures": "GDPR Art. 32(1)",
        "legal_basis": "GDPR Art. 6(1)",
        "article9_condition": "GDPR Art. 9(2)",
        "dpia_status": "GDPR Art. 35",
        "automated_decisions": "GDPR Art. 22",
    }

    subject_categories = subjects_field()
    data: Any = forms.MultipleChoiceField(label="Personal data and how long it is kept", required=False)
    parties = forms.MultipleChoiceField(
        label="Recipients, joint controllers, controllers we work for",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
        help_text="Parties its flows reach are recipients without a tick.",
    )

    measures = forms.MultipleChoiceField(
        label="Controls that protect it",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
    )

    class Meta:
        model = ProcessingActivity
        fields = (
            "name",
            "role",
            "purposes",
            "legal_basis",
            "legitimate_interests",
            "article9_condition",
            "subject_categories",
            "data_source",
            "automated_decisions",
            "security_measures",
            "dpia_status",
            "owner",
            "review_date",
        )
        widgets = {
            "purposes": forms.Textarea(attrs={"rows": 3}),
            "security_measures": forms.Textarea(attrs={"rows": 4}),
            "review_date": day_input(),
        }

    def __init__(
        self, *args: Any, organisation: Organisation, user: User, project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in DataItem.objects.in_organisation(organisation)}
        self.known_parties = {str(party.pk): party for party in Party.objects.in_organisation(organisation).working()}
        self.fields["data"].choices = [(key, item.name) for key, item in self.items.items()]  # type: ignore[attr-defined]
        named = [
            (key, f"{party.name}, {party.get_role_display().lower()}") for key, party in self.known_parties.items()
        ]
        self.fields["parties"].choices = named  # type: ignore[attr-defined]
        running = _measures(organisation, project or self.instance.project)
        self.known_measures = {str(row.pk): row for row in running}
        titles = [(key, f"{row.reference} {row.control.title}") for key, row in self.known_measures.items()]
        self.fields["measures"].choices = titles  # type: ignore[attr-defined]
        held = Membership.objects.in_organisation(organisation).valid(timezone.now())
        people = User.objects.active().filter(pk__in=held.values("user"))
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        for key in self.items:
            self.fields[f"retention_{key}"] = forms.CharField(
                label="Time limit",
                required=False,
                max_length=160,
                widget=forms.TextInput(attrs={"placeholder": "how long"}),
            )
        if self.instance._state.adding and project is None:
            projects = Project.objects.in_organisation(organisation).visible_to(user)
            self.fields["project"] = forms.ModelChoiceField(
                projects,
                required=False,
                empty_label="all projects",
                help_text="Stays as chosen: its history goes there.",
            )
        if self.instance._state.adding:
            return
        self.initial["data"] = [str(link.item_id) for link in self.instance.data_rows]
        self.initial.update({f"retention_{link.item_id}": link.retention for link in self.instance.data_rows})
        self.initial["measures"] = [str(link.implementation_id) for link in self.instance.measure_rows]
        self.initial["parties"] = [str(link.party_id) for link in self.instance.party_rows]

    def limits(self) -> list[dict[str, Any]]:
        """The inventory as rows: item, whether it is covered, the field of its time limit (Art. 30(1)(f))."""
        chosen = set(self["data"].value() or [])
        return [
            {"item": item, "key": key, "on": key in chosen, "limit": self[f"retention_{key}"]}
            for key, item in self.items.items()
        ]

    def resolve(self) -> dict[str, Any]:
        """What the services take."""
        chosen = self.cleaned_data["data"]
        values = {**self.values(), "data": {self.items[key]: self.cleaned_data[f"retention_{key}"] for key in chosen}}
        values["parties"] = [self.known_parties[key] for key in self.cleaned_data["parties"]]
        values["measures"] = [self.known_measures[key] for key in self.cleaned_data["measures"]]
        return values


def _measures(organisation: Organisation, project: Project | None) -> Any:
    """The controls that run in the scope of a record."""
    return Implementation.objects.running_in(project or organisation).select_related("control").order_by("reference")


class ActivityFilter(Filters):
    """Finding records."""

    q = django_filters.CharFilter(method="search", label="Words")
    state = django_filters.ChoiceFilter(choices=ProcessingActivity.State.choices, label="State")
    role = django_filters.ChoiceFilter(choices=ProcessingActivity.Role.choices, label="Role")
    project = PickFilter(label="Project", queryset=visible_projects)
    letters = django_filters.ChoiceFilter(choices=[("missing", "missing")], method="by_letters", label="Letters")

    def search(self, rows: QuerySet[ProcessingActivity], name: str, value: str) -> QuerySet[ProcessingActivity]:
        return rows.filter(Q(name__icontains=value) | Q(purposes__icontains=value) | Q(reference__iexact=value))

    def by_letters(self, rows: Any, name: str, value: str) -> QuerySet[ProcessingActivity]:
        return incomplete(rows.present())
