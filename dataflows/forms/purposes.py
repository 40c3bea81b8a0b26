"""The purposes of a record as lines of a form: each with its people and what it rests on."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from compliance.projects.models import Organisation
from dataflows import vocabulary
from dataflows.models import ActivityPurpose, InterestAssessment
from dataflows.services.purposes import NAMES, Purpose

SPARE = 2  # empty lines after those there are


class PurposeForm(forms.Form):
    """One purpose for one category of people."""

    clauses = {
        "text": "GDPR Art. 30(1)(b), 30(2)(b)",
        "legal_basis": "GDPR Art. 6(1)",
        "article9_condition": "GDPR Art. 9(2)",
        "article10_law": "GDPR Art. 10",
        "eprivacy": "ePrivacy Art. 5(3)",
        "balancing": "GDPR Art. 6(1)(f)",
    }

    text = forms.CharField(
        label="Purpose", max_length=250, required=False, help_text="As a processor: a category of processing."
    )
    subject = forms.ChoiceField(label="For whom", required=False)
    legal_basis = forms.ChoiceField(label="Legal basis", required=False)
    law = forms.CharField(label="Which law, where one asks for it", max_length=160, required=False)
    balancing = forms.ModelChoiceField(
        InterestAssessment.objects.none(), label="Assessment of the interest", required=False, empty_label="none"
    )
    article9_condition = forms.ChoiceField(label="Condition for special categories", required=False)
    article10_law = forms.CharField(label="Law that allows data on offences", max_length=160, required=False)
    eprivacy = forms.ChoiceField(
        label="Reads or writes on the device", required=False, choices=[("", "no"), *ActivityPurpose.Device.choices]
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "subject": [("", "everybody"), *vocabulary.subject_choices()],
            "legal_basis": [("", "not said"), *vocabulary.basis_choices()],
            "article9_condition": [("", "none"), *vocabulary.condition_choices()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        known = InterestAssessment.objects.in_organisation(organisation).present()
        self.fields["balancing"].queryset = known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("DELETE") and any(cleaned.values()) and not cleaned.get("text"):
            self.add_error("text", "Say the purpose, or take the line away.")
        if cleaned.get("balancing") and cleaned.get("legal_basis") != "legitimate_interests":
            self.add_error("balancing", "It belongs to a purpose that rests on legitimate interests.")
        return cleaned


class PurposeLines:
    """The lines of one record: those there are, and some empty ones."""

    def __init__(self, data: Any, *, organisation: Organisation, rows: Iterable[ActivityPurpose]) -> None:
        known = [{name: getattr(row, name) for name in NAMES} for row in rows]
        made = forms.formset_factory(PurposeForm, extra=SPARE, can_delete=True, max_num=200, validate_max=True)
        self.forms = made(data, prefix="purposes", initial=known, form_kwargs={"organisation": organisation})

    def __iter__(self) -> Iterator[forms.Form]:
        return iter(self.forms.forms)

    @property
    def management(self) -> Any:
        return self.forms.management_form

    def is_valid(self) -> bool:
        return bool(self.forms.is_valid())

    def problems(self) -> Iterator[str]:
        """What is wrong, each said once on top of the page; the fields say it, too."""
        yield from self.forms.non_form_errors()
        for number, form in enumerate(self.forms.forms, 1):
            for messages in form.errors.values():
                yield from (f"Purpose {number}: {message}" for message in messages)

    def said(self) -> list[Purpose]:
        """The purposes in their order."""
        filled = [form.cleaned_data for form in self.forms.forms if form.cleaned_data.get("text")]
        return [Purpose(**{name: one[name] for name in NAMES}) for one in filled if not one.get("DELETE")]
