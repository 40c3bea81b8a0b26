"""Flows, the places they pass, their transfers, and what to show on the map."""

from collections.abc import Iterator
from typing import Any

from django import forms

from compliance.accounts.models import User
from compliance.projects.models import Project, Release
from dataflows import services, vocabulary
from dataflows.forms.record import RecordForm, subjects_field
from dataflows.forms.told import TOLD, purposes_field
from dataflows.models import (
    AssessmentState,
    Consent,
    DataFlow,
    DataItem,
    Node,
    Party,
    ProcessingActivity,
    Transfer,
    TransferAssessment,
)

STOPS = 6
USUAL = {"person": "The user", "app": "The app", "api": "The API", "store": "The database"}
TICKS = {"class": "tick-columns"}


class FlowForm(RecordForm):
    """A flow: the way it takes, what it carries, why, and how it is protected."""

    clauses = {
        "items": "GDPR Art. 30(1)(c)",
        "purpose": "GDPR Art. 5(1)(b)",
        "legal_basis": "GDPR Art. 6(1)",
        "article9_condition": "GDPR Art. 9(2)",
        "legitimate_interests": "GDPR Art. 6(1)(f)",
        "protection": "GDPR Art. 32(1)(a)",
        "retention": "GDPR Art. 5(1)(e)",
        "reads_device": "ePrivacy Art. 5(3)",
        "consent": "GDPR Art. 7",
    }

    items = forms.MultipleChoiceField(label="Data", required=False, widget=forms.CheckboxSelectMultiple(attrs=TICKS))
    categories = forms.MultipleChoiceField(
        label="Categories not in your inventory yet",
        required=False,
        choices=vocabulary.category_choices,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
        help_text="Each you tick becomes a data item of that name, which you can rename later.",
    )
    subject_categories = subjects_field()
    store_purposes = purposes_field()

    class Meta:
        model = DataFlow
        fields = (
            "title",
            "purpose",
            "activity",
            "subject_categories",
            "legal_basis",
            "legitimate_interests",
            "article9_condition",
            "channel",
            "protection",
            "on_device_only",
            "ephemeral",
            "both_ways",
            "retention",
            "since_release",
            "until_release",
            "notes",
            *TOLD,
        )
        widgets = {"notes": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "activity": "The record of processing it belongs to.",
            "legal_basis": "As a processor: the instructions of the controller.",
            "article9_condition": "Only when special categories are carried.",
            "protection": "On the network between the places.",
        }

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)
        releases = Release.objects.in_project(project)
        self.fields["since_release"].queryset = releases  # type: ignore[attr-defined]
        self.fields["until_release"].queryset = releases  # type: ignore[attr-defined]
        self.fields["activity"].queryset = ProcessingActivity.objects.for_project(project).present()  # type: ignore[attr-defined]
        self.fields["consent"].queryset = Consent.objects.in_project(project)  # type: ignore[attr-defined]
        inventory = DataItem.objects.in_organisation(project.organisation)
        self.fields["items"].choices = [(str(item.pk), item.name) for item in inventory]  # type: ignore[attr-defined]
        places = _places(project)
        for n in range(1, STOPS + 1):
            label = {1: "From", 2: "To"}.get(n, "then to")
            field = forms.ChoiceField(label=label, choices=[("", "Choose" if n < 3 else "–"), *places], required=n < 3)
            self.fields[f"stop_{n}"] = field
        if not self.instance._state.adding:
            self._fill()

    def _fill(self) -> None:
        for stop in self.instance.stop_rows:
            self.initial[f"stop_{stop.position}"] = f"node:{stop.node_id}"
        self.initial["items"] = [str(link.item_id) for link in self.instance.item_rows]

    @property
    def stops(self) -> list[forms.BoundField]:
        """The fields of the way, for the template."""
        return [self[f"stop_{n}"] for n in range(1, STOPS + 1)]

    @property
    def has_inventory(self) -> bool:
        return bool(self.fields["items"].choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors.get("items") and not cleaned.get("items") and not cleaned.get("categories"):
            self.add_error("items", "Choose at least one data item: a flow without personal data needs no record.")
        return cleaned

    def resolve(self, by: User) -> dict[str, Any]:
        """What the services take; places and items that are new are made. Needs a `change()` around it."""
        keys = [self.cleaned_data[f"stop_{n}"] for n in range(1, STOPS + 1)]
        items = list(
            DataItem.objects.in_organisation(self.project.organisation).filter(pk__in=self.cleaned_data["items"])
        )
        items += services.items_named(
            organisation=self.project.organisation, categories=self.cleaned_data["categories"], by=by
        )
        return {**self.values(), "path": [self._node(key, by) for key in keys if key], "items": items}

    def _node(self, key: str, by: User) -> Node:
        kind, _, value = key.partition(":")
        if kind == "node":
            return Node.objects.in_project(self.project).get(pk=value)
        if kind == "party":
            party = Party.objects.in_organisation(self.project.organisation).get(pk=value)
            return services.node_of_party(project=self.project, party=party, by=by)
        return services.node_of_kind(project=self.project, kind=value, by=by)


def _places(project: Project) -> list[tuple[str, list[tuple[str, str]]]]:
    """The places of the map, the usual ones it has none of yet, and parties that are not on it."""
    nodes = list(Node.objects.in_project(project))
    groups = [
        ("On the map", [(f"node:{node.pk}", f"{node.name} ({node.get_kind_display().lower()})") for node in nodes])
    ]
    kinds = {node.kind for node in nodes}
    groups.append(("Usual places", [(f"kind:{kind}", name) for kind, name in USUAL.items() if kind not in kinds]))
    shown = {node.party_id for node in nodes if node.kind in (Node.Kind.PROCESSOR, Node.Kind.RECIPIENT)}
    parties = Party.objects.in_organisation(project.organisation).working()
    groups.append(("Parties", [(f"party:{party.pk}", party.name) for party in parties if party.pk not in shown]))
    return [group for group in groups if group[1]]


class NodeForm(RecordForm):
    """A place on the map."""

    class Meta:
        model = Node
        fields = ("kind", "name", "party", "country")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = Party.objects.in_organisation(project.organisation)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]


class TransferForm(RecordForm):
    """What a transfer rests on."""

    clauses = {
        "mechanism": "GDPR Art. 45 to 49",
        "assessment": "GDPR Art. 46, EDPB 01/2020",
        "repetitive": "GDPR Art. 49, recital 111",
        "safeguard": "GDPR Art. 30(1)(e)",
    }

    class Meta:
        model = Transfer
        fields = (
            "country",
            "importer",
            "remote_access",
            "mechanism",
            "fallback_mechanism",
            "safeguard",
            "repetitive",
            "assessment",
        )
        widgets = {"safeguard": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, flow: DataFlow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = Party.objects.in_organisation(flow.project.organisation)
        self.fields["importer"].queryset = parties  # type: ignore[attr-defined]
        self.fields["country"].choices = list(_abroad())  # type: ignore[attr-defined]
        made = TransferAssessment.objects.in_organisation(flow.project.organisation)
        self.fields["assessment"].queryset = made.exclude(state=AssessmentState.SUPERSEDED)  # type: ignore[attr-defined]
        if "reason" not in self.fields and flow.state == DataFlow.State.ACTIVE:
            self.fields["reason"] = forms.CharField(
                label="Reason",
                help_text="The flow is approved: say why it changes.",
                widget=forms.Textarea(attrs={"rows": 2}),
            )


def _abroad() -> Iterator[tuple[str, str]]:
    yield "", "Choose"
    yield from (choice for choice in vocabulary.country_choices() if not vocabulary.in_eea(choice[0]))


class MapForm(forms.Form):
    """What to show on the map; all of it is optional and lives in the address."""

    item: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="Where does it go?", queryset=None, required=False, empty_label="all data"
    )
    activity: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="Activity", queryset=None, required=False, empty_label="all activities"
    )
    node: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="Focus on", queryset=None, required=False, empty_label="everything", to_field_name="reference"
    )
    flow: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, required=False, to_field_name="reference", widget=forms.HiddenInput
    )
    release: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="As of release", queryset=None, required=False, empty_label="as it is now", to_field_name="reference"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flow"].queryset = DataFlow.objects.in_project(project)  # type: ignore[attr-defined]
        self.fields["release"].queryset = Release.objects.in_project(project)  # type: ignore[attr-defined]
        items = DataItem.objects.filter(flow_links__flow__project=project).distinct()
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        activities = ProcessingActivity.objects.filter(flows__project=project).distinct()
        self.fields["activity"].queryset = activities  # type: ignore[attr-defined]
        self.fields["node"].queryset = Node.objects.in_project(project).used()  # type: ignore[attr-defined]
