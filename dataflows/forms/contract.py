"""Contracts and their checklist."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from compliance.projects.models import Organisation
from controls.models import Evidence
from dataflows import clauses
from dataflows.forms.record import RecordForm, day_input, reason_field
from dataflows.models import Contract, ContractCheck

CONCRETE = {"": None, "yes": True, "no": False}
PARTS = ("answer", "concrete", "clause", "note")


class ContractForm(RecordForm):
    """An agreement as signed."""

    approved_state = ""
    clauses = {
        "kind": "GDPR Art. 26, 28(3)",
        "signed_date": "GDPR Art. 28(9)",
        "breach_hours": "GDPR Art. 33(2)",
        "essence": "GDPR Art. 26(2)",
    }

    class Meta:
        model = Contract
        fields = (
            "kind",
            "name",
            "edition",
            "signed_date",
            "expires_date",
            "breach_hours",
            "filed",
            "essence",
            "evidence",
        )
        widgets = {"signed_date": day_input(), "expires_date": day_input()}
        help_texts = {"evidence": "The signed copy, where it is kept as evidence."}

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Evidence.objects.in_organisation(organisation).filter(kind="contract").order_by("reference")
        self.fields["evidence"].queryset = rows  # type: ignore[attr-defined]


class ChecklistForm(forms.Form):
    """All rows of the checklist at once; an empty answer leaves a row open."""

    def __init__(self, *args: Any, checks: Iterable[ContractCheck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one.row: one for one in checks}
        for code, clause in clauses.checklist().items():
            self._add(code, clause.title, known.get(code))
        self.fields["reason"] = reason_field(required=False)

    def _add(self, code: str, title: str, check: ContractCheck | None) -> None:
        said = {True: "yes", False: "no", None: ""}[check.concrete if check else None]
        initial = (check.answer, said, check.clause, check.note) if check else ("", "", "", "")
        answers = [("", "Open"), *ContractCheck.Answer.choices]
        concrete = [("", "–"), ("yes", "Yes"), ("no", "Repeats the article")]
        made: tuple[forms.Field, ...] = (
            forms.ChoiceField(choices=answers, required=False, label=f"{title}: answer"),
            forms.ChoiceField(choices=concrete, required=False, label=f"{title}: concrete"),
            forms.CharField(max_length=80, required=False, label=f"{title}: clause"),
            forms.CharField(max_length=300, required=False, label=f"{title}: remark"),
        )
        for part, field, value in zip(PARTS, made, initial, strict=True):
            field.initial = value
            field.widget.attrs["aria-label"] = field.label
            self.fields[f"{part}_{code}"] = field

    def rows(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Each row of the checklist with its fields, for the template."""
        for code, clause in clauses.checklist().items():
            yield clause, [self[f"{part}_{code}"] for part in PARTS]

    def answers(self) -> dict[str, dict[str, Any]]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            code: {
                "answer": given[f"answer_{code}"],
                "concrete": CONCRETE[given[f"concrete_{code}"]],
                "clause": given[f"clause_{code}"],
                "note": given[f"note_{code}"],
            }
            for code in clauses.checklist()
        }
