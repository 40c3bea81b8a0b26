"""Records of processing."""

from collections import defaultdict
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.forms import visible_projects
from compliance.projects.models import Membership, Organisation, Project
from compliance.ui.filters import Filters, PickFilter
from controls.models import Implementation
from dataflows import vocabulary
from dataflows.forms.purposes import PurposeLines
from dataflows.forms.record import RecordForm, day_input, subjects_field
from dataflows.models import ActivityPurpose, DataItem, Party, ProcessingActivity, RetentionRule, System
from dataflows.privacy import TITLES, without_letter
from dataflows.totals import incomplete

TICKS = {"class": "tick-columns"}


class ActivityForm(RecordForm):
    """A record of processing in the order of the letters of Art. 30."""

    clauses = {
        "joint_arrangement": "GDPR Art. 26",
        "subject_categories": "GDPR Art. 30(1)(c)",
        "data": "GDPR Art. 30(1)(c)",
        "parties": "GDPR Art. 30(1)(a), (d); 30(2)(a)",
        "security_measures": "GDPR Art. 30(1)(g), 30(2)(d)",
        "measures": "GDPR Art. 32(1)",
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

    systems = forms.MultipleChoiceField(
        label="Systems it is kept in",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
        help_text="Systems its flows pass belong to it without a tick.",
    )

    class Meta:
        model = ProcessingActivity
        fields = (
            "name",
            "role",
            "joint_arrangement",
            "subject_categories",
            "volume",
            "data_source",
            "automated_decisions",
            "security_measures",
            "owner",
            "review_date",
        )
        widgets = {
            "joint_arrangement": forms.Textarea(attrs={"rows": 3}),
            "security_measures": forms.Textarea(attrs={"rows": 4}),
            "review_date": day_input(),
        }

    def __init__(
        self, *args: Any, organisation: Organisation, user: User, project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = [] if self.instance._state.adding else self.instance.purpose_rows
        self.purposes = PurposeLines(self.data if self.is_bound else None, organisation=organisation, rows=known)
        self._offer(organisation, project)
        self.instance_known()
        if self.instance._state.adding and project is None:
            projects = Project.objects.in_organisation(organisation).visible_to(user)
            self.fields["project"] = forms.ModelChoiceField(
                projects,
                required=False,
                empty_label="all projects",
                help_text="Stays as chosen: its history goes there.",
            )

    def _offer(self, organisation: Organisation, project: Project | None) -> None:
        """What of the organisation can be chosen."""
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
        running = System.objects.in_organisation(organisation).running()
        self.known_systems = {str(system.pk): system for system in running}
        self.fields["systems"].choices = [(key, system.name) for key, system in self.known_systems.items()]  # type: ignore[attr-defined]
        self._offer_limits(organisation)

    def _offer_limits(self, organisation: Organisation) -> None:
        """For each kind of data, the rules that are about it, or words."""
        self.rules = {str(rule.pk): rule for rule in RetentionRule.objects.in_organisation(organisation).in_force()}
        about = defaultdict(list)
        for rule in self.rules.values():
            about[rule.item_id or rule.category].append(rule)
        for key, item in self.items.items():
            fitting = [*about[item.pk], *about[item.category]]
            self.fields[f"rule_{key}"] = forms.ChoiceField(
                label="Retention rule",
                required=False,
                choices=[("", "no rule"), *((str(rule.pk), f"{rule.reference} {rule.said}") for rule in fitting)],
            )
            self.fields[f"retention_{key}"] = forms.CharField(
                label="Time limit",
                required=False,
                max_length=160,
                widget=forms.TextInput(attrs={"placeholder": "or in words"}),
            )

    def instance_known(self) -> None:
        """Show what the record names already."""
        if self.instance._state.adding:
            return
        self.initial["data"] = [str(link.item_id) for link in self.instance.data_rows]
        self.initial.update({f"retention_{link.item_id}": link.retention for link in self.instance.data_rows})
        self.initial.update({f"rule_{link.item_id}": str(link.rule_id or "") for link in self.instance.data_rows})
        self.initial["systems"] = [str(link.system_id) for link in self.instance.system_rows]
        self.initial["measures"] = [str(link.implementation_id) for link in self.instance.measure_rows]
        self.initial["parties"] = [str(link.party_id) for link in self.instance.party_rows]

    def limits(self) -> list[dict[str, Any]]:
        """The inventory as rows: item, whether it is covered, the fields of its time limit (Art. 30(1)(f))."""
        chosen = set(self["data"].value() or [])
        return [
            {
                "item": item,
                "key": key,
                "on": key in chosen,
                "rule": self[f"rule_{key}"],
                "limit": self[f"retention_{key}"],
            }
            for key, item in self.items.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.purposes.is_valid():
            for text in self.purposes.problems():
                self.add_error(None, text)
        return cleaned

    def resolve(self) -> dict[str, Any]:
        """What the services take."""
        given = self.cleaned_data
        limits = {key: self.rules.get(given[f"rule_{key}"]) or given[f"retention_{key}"] for key in given["data"]}
        values = {**self.values(), "data": {self.items[key]: limit for key, limit in limits.items()}}
        values["purposes"] = self.purposes.said()
        values["systems"] = [self.known_systems[key] for key in given["systems"]]
        values["parties"] = [self.known_parties[key] for key in self.cleaned_data["parties"]]
        values["measures"] = [self.known_measures[key] for key in self.cleaned_data["measures"]]
        return values


def _measures(organisation: Organisation, project: Project | None) -> Any:
    """The controls that run in the scope of a record."""
    return Implementation.objects.running_in(project or organisation).select_related("control").order_by("reference")


LETTER_CHOICES = [
    ("missing", "missing"),
    *((f"{part}{letter}", f"without 30({part})({letter})") for part, titles in TITLES.items() for letter in titles),
]


class ActivityFilter(Filters):
    """Finding records."""

    q = django_filters.CharFilter(method="search", label="Words")
    state = django_filters.ChoiceFilter(choices=ProcessingActivity.State.choices, label="State")
    role = django_filters.ChoiceFilter(choices=ProcessingActivity.Role.choices, label="Role")
    project = PickFilter(label="Project", queryset=visible_projects)
    basis = django_filters.ChoiceFilter(
        choices=[("missing", "missing"), *vocabulary.basis_choices()], method="by_basis", label="Legal basis"
    )
    item = django_filters.CharFilter(method="by_item", label="Data")
    impact = django_filters.ChoiceFilter(
        "dpia_status", choices=ProcessingActivity.Dpia.choices, label="Impact assessment"
    )
    change = django_filters.ChoiceFilter(choices=[("pending", "pending")], method="by_change", label="Change")
    letters = django_filters.ChoiceFilter(choices=LETTER_CHOICES, method="by_letters", label="Letters")

    def search(self, rows: QuerySet[ProcessingActivity], name: str, value: str) -> QuerySet[ProcessingActivity]:
        said = ActivityPurpose.objects.filter(activity=OuterRef("pk"), text__icontains=value)
        return rows.filter(Q(name__icontains=value) | Q(reference__iexact=value) | Exists(said))

    def by_basis(self, rows: Any, name: str, value: str) -> QuerySet[ProcessingActivity]:
        held = {"legal_basis": "" if value == "missing" else value}
        return rows.filter(Exists(ActivityPurpose.objects.filter(activity=OuterRef("pk"), **held)))

    def by_item(self, rows: QuerySet[ProcessingActivity], name: str, value: str) -> QuerySet[ProcessingActivity]:
        return rows.filter(data__item__reference__iexact=value)

    def by_change(self, rows: QuerySet[ProcessingActivity], name: str, value: str) -> QuerySet[ProcessingActivity]:
        """Those with an approved version that somebody has written on since."""
        return rows.filter(approved_at__isnull=False).exclude(authors=[])

    def by_letters(self, rows: Any, name: str, value: str) -> QuerySet[ProcessingActivity]:
        return incomplete(rows.present()) if value == "missing" else without_letter(rows.present(), *value)
