"""Sub-processors, reviews, duties in the cloud, and the end of a relation."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from compliance.projects.models import Organisation
from controls.models import Control, Requirement
from dataflows.forms.record import RecordForm, day_input, reason_field
from dataflows.models import CloudDuty, Engagement, Party, SupplierReview


class EngagementForm(RecordForm):
    """One line of a processor's list of sub-processors."""

    approved_state = ""
    clauses = {"authorisation": "GDPR Art. 28(2)", "same_duties": "GDPR Art. 28(4)"}

    class Meta:
        model = Engagement
        fields = (
            "sub_processor",
            "service",
            "authorisation",
            "notice_date",
            "objection_date",
            "decision",
            "same_duties",
            "ended_date",
        )
        widgets = {name: day_input() for name in ("notice_date", "objection_date", "ended_date")}
        help_texts = {"sub_processor": "Enter it as a party first, with the role of a sub-processor."}

    def __init__(self, *args: Any, processor: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Party.objects.in_organisation(processor.organisation).processors().exclude(pk=processor.pk)
        self.fields["sub_processor"].queryset = others  # type: ignore[attr-defined]
        if not self.instance._state.adding:
            self.fields["sub_processor"].disabled = True


class SupplierReviewForm(RecordForm):
    """What a review looked at and came to."""

    clauses = {"basis": "ISO/IEC 27001 A.5.22", "next_date": "by its tier when empty"}

    class Meta:
        model = SupplierReview
        fields = ("held_date", "basis", "outcome", "findings", "next_date")
        widgets = {
            "held_date": day_input(),
            "next_date": day_input(),
            **{name: forms.Textarea(attrs={"rows": 4}) for name in ("basis", "findings")},
        }


class ExitForm(forms.Form):
    """That the data came back or was deleted, and what proves it."""

    clauses = {"done": "GDPR Art. 28(3)(g)"}
    done = forms.ChoiceField(label="What became of the data", choices=Party.Left.choices)
    on = forms.DateField(label="Confirmed on", widget=day_input())
    proof = forms.CharField(
        label="Proof", max_length=200, help_text="The confirmation and where it is kept, e.g. EV-0117."
    )
    reason = reason_field("How it came back or was deleted.")


class CloudForm(forms.Form):
    """Who does what of every topic of a cloud service."""

    def __init__(
        self,
        *args: Any,
        topics: Iterable[Requirement],
        duties: Iterable[CloudDuty],
        organisation: Organisation,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.topics, known = list(topics), {one.requirement_id: one for one in duties}
        self.controls = {one.reference: one for one in Control.objects.in_organisation(organisation)}
        for topic in self.topics:
            duty = known.get(topic.pk)
            made: tuple[forms.Field, ...] = (
                forms.ChoiceField(choices=[("", "Open"), *CloudDuty.Split.choices], required=False),
                forms.CharField(
                    max_length=20, required=False, widget=forms.TextInput(attrs={"list": "our-controls", "size": 7})
                ),
                forms.CharField(max_length=300, required=False),
            )
            initial = (duty.split, duty.control.reference if duty.control else "", duty.note) if duty else ("", "", "")
            for part, field, value in zip(("split", "control", "note"), made, initial, strict=True):
                field.initial = value
                field.widget.attrs["aria-label"] = f"{topic.ref}: {PARTS[part]}"
                self.fields[f"{part}_{topic.pk}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for topic in self.topics:
            name = f"control_{topic.pk}"
            if (said := str(cleaned.get(name, "")).strip().upper()) and said not in self.controls:
                self.add_error(name, f"{topic.ref}: there is no control {said}.")
            else:
                cleaned[name] = self.controls.get(said)
        return cleaned

    def rows(self) -> Iterator[tuple[Requirement, list[forms.BoundField]]]:
        for topic in self.topics:
            yield topic, [self[f"{part}_{topic.pk}"] for part in PARTS]

    def duties(self) -> dict[Requirement, dict[str, Any]]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            topic: {
                "split": given[f"split_{topic.pk}"],
                "control": given[f"control_{topic.pk}"],
                "note": given[f"note_{topic.pk}"],
            }
            for topic in self.topics
        }


PARTS = {"split": "who does it", "control": "our control", "note": "assurance or remark"}
