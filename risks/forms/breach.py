"""Forms over breaches: facts, decisions, notifications."""

from typing import Any

import django_filters
from django import forms

from compliance.projects.forms import ReasonForm
from compliance.ui.filters import Filters
from dataflows import vocabulary
from risks.forms.incident import AREA, CaseForm, Moment, SubmitForm
from risks.models import Breach, BreachRisk, BreachState, Exemption
from risks.models.breach import CB, DPC, EI

LONG = ("cause", "protection", "consequences", "measures", "dpo_involved", "message", "lessons")
NONE = [("", "Not said yet")]


class BreachFilter(Filters):
    """Which breaches to show."""

    title = django_filters.CharFilter(
        label="Title", lookup_expr="icontains", widget=forms.TextInput(attrs={"type": "search"})
    )
    state = django_filters.ChoiceFilter(label="State", choices=BreachState.choices, empty_label="any")
    risk = django_filters.ChoiceFilter(label="Risk to people", choices=BreachRisk.choices, empty_label="any")

    class Meta:
        model = Breach
        fields: list[str] = []


class NewBreachForm(forms.Form):
    """That personal data was touched, and since when we know."""

    title = forms.CharField(max_length=160, help_text="What of whom was lost, changed or seen.")
    role = forms.ChoiceField(label="Our role", choices=Breach.Role.choices, widget=forms.RadioSelect)
    aware_at = Moment(
        label="Aware since",
        help_text="When we were reasonably certain that personal data was compromised. The 72 hours run from it. UTC.",
    )
    aware_reason = forms.CharField(label="Why certain from then on", widget=AREA)
    clauses = {"aware_at": "GDPR, Art. 33(1)"}


class BreachForm(CaseForm):
    """What is known about a breach, in the order a notification asks for it."""

    occurred_from = Moment(label="Began", required=False)
    occurred_to = Moment(label="Ended", required=False)
    subject_categories = forms.MultipleChoiceField(
        label="People concerned",
        choices=vocabulary.subject_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    data_categories = forms.MultipleChoiceField(
        label="Kinds of data",
        choices=vocabulary.category_choices,
        required=False,
        widget=forms.SelectMultiple({"size": 10}),
    )
    reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    clauses = {
        "confidentiality": "GDPR, Art. 33(3)(a)",
        "consequences": "GDPR, Art. 33(3)(c)",
        "measures": "GDPR, Art. 33(3)(d)",
        "protection": "GDPR, Art. 34(3)(a)",
        "cross_border": "GDPR, Art. 56",
    }

    class Meta:
        model = Breach
        fields = (
            "title",
            "occurred_from",
            "occurred_to",
            "confidentiality",
            "integrity",
            "availability",
            "cause",
            "subject_categories",
            "subjects_count",
            "records_count",
            "data_categories",
            "special_categories",
            "children",
            "cross_border",
            "intelligible",
            "protection",
            "consequences",
            "measures",
            "dpo_involved",
            "message",
            "lessons",
        )
        widgets = dict.fromkeys(
            ("cause", "protection", "consequences", "measures", "dpo_involved", "message", "lessons"), AREA
        )


def part(label: str, choices: list[tuple[int, str]], help_text: str = "") -> forms.TypedChoiceField:
    """A part of the ENISA sum."""
    return forms.TypedChoiceField(
        label=label, choices=[*NONE, *choices], coerce=int, empty_value=None, required=False, help_text=help_text
    )


class EnisaForm(forms.Form):
    """The parts of the ENISA sum. It helps to judge and decides nothing."""

    enisa_dpc = part("Kind of data (DPC)", DPC, "Raise or lower it for volume, people concerned and how telling it is.")
    enisa_ei = part("Ease of identification (EI)", EI)
    enisa_confidentiality = part("Loss of confidentiality", CB, "0.25 to known recipients, 0.50 to unknown ones.")
    enisa_integrity = part("Loss of integrity", CB, "0.25 when it can be recovered, 0.50 when it cannot.")
    enisa_availability = part("Loss of availability", CB, "0.25 for a time, 0.50 for good.")
    enisa_malicious = forms.BooleanField(label="Done on purpose: 0.50 more", required=False)
    clauses = {"enisa_dpc": "ENISA, severity of personal data breaches, 2013"}


class RiskForm(ReasonForm):
    """The decision about the risk to people."""

    risk = forms.ChoiceField(label="Risk to the people concerned", choices=BreachRisk.choices, widget=forms.RadioSelect)
    field_order = ("risk", "reason")
    clauses = {"risk": "GDPR, Art. 33(1), 34(1)"}


class AwareForm(ReasonForm):
    """Another moment of awareness."""

    aware_at = Moment(label="Aware since")
    field_order = ("aware_at", "reason")


class VerdictForm(ReasonForm):
    """Yes or no."""

    approve = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Approve"), ("no", "Turn down")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    field_order = ("approve", "reason")


class NotifyForm(SubmitForm):
    """That the authority was notified."""

    authority_name = forms.CharField(label="Authority", max_length=160)
    field_order = ("authority_name", "at", "submission", "late_reason", "note", "evidence")
    clauses = {"late_reason": "GDPR, Art. 33(1)", "note": "GDPR, Art. 33(4)"}


class InformForm(forms.Form):
    """That the people were told."""

    at = Moment(label="Told")
    channel = forms.CharField(max_length=120, help_text="E.g. message in the app, letter, website.")
    count = forms.IntegerField(label="How many", min_value=0)
    message = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In plain words: what happened, likely consequences, what is done, and the contact of the DPO.",
    )
    clauses = {"message": "GDPR, Art. 34(2)"}


class ExemptForm(ReasonForm):
    """Why they are not told although the risk is high."""

    ground = forms.ChoiceField(choices=Exemption.choices, widget=forms.RadioSelect)
    field_order = ("ground", "reason")
    clauses = {"ground": "GDPR, Art. 34(3)"}


def notify_form(record: Breach, data: Any) -> Any:
    """The form of a notification, with the authority named before."""
    return NotifyForm(data, case=record, initial={"authority_name": record.authority_name})
