"""The answers of one sitting: a few fields for each risk, and one reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from risks.forms.register import reason_field
from risks.models import Risk, RiskMethod
from risks.services.sitting import Answer

ANSWERS = [("", "Later"), ("unchanged", "Reviewed, unchanged"), ("again", "Scored anew")]


@dataclass(frozen=True)
class Card:
    """The fields of one risk."""

    risk: Risk
    answer: BoundField
    likelihood: BoundField
    consequence: BoundField
    rationale: BoundField


class QueueForm(forms.Form):
    """One reason for the sitting; likelihood, consequence and why for what is scored anew."""

    def __init__(self, *args: Any, risks: Sequence[Risk], method: RiskMethod | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.risks = risks
        scales = (method.likelihoods, method.consequences) if method else ([], [])
        likelihoods, consequences = ([(n, f"{n} {one['name']}") for n, one in enumerate(s, 1)] for s in scales)
        self.fields["reason"] = reason_field("Once for the sitting, e.g. quarterly review with the app team.")
        for risk in risks:
            self.fields[f"answer-{risk.pk}"] = forms.ChoiceField(
                label=f"{risk.reference}", choices=ANSWERS, required=False, widget=forms.RadioSelect
            )
            for name, choices in (("likelihood", likelihoods), ("consequence", consequences)):
                self.fields[f"{name}-{risk.pk}"] = forms.TypedChoiceField(
                    label=name.capitalize(),
                    coerce=int,
                    empty_value=None,
                    required=False,
                    choices=[("", "As it is"), *choices],
                )
            self.fields[f"rationale-{risk.pk}"] = forms.CharField(
                label="Why it stands there now", required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"version-{risk.pk}"] = forms.IntegerField(
                required=False, initial=risk.version, widget=forms.HiddenInput
            )

    @property
    def cards(self) -> Iterator[Card]:
        for risk in self.risks:
            names = ("answer", "likelihood", "consequence", "rationale")
            yield Card(risk, *(self[f"{name}-{risk.pk}"] for name in names))

    @property
    def versions(self) -> Iterator[BoundField]:
        return (self[f"version-{risk.pk}"] for risk in self.risks)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for risk in self.risks:
            answer = said.get(f"answer-{risk.pk}")
            if answer and said.get(f"version-{risk.pk}") not in (None, risk.version):
                self.add_error(f"answer-{risk.pk}", f"{risk.reference} changed meanwhile: look at it again.")
            if answer == "again" and not said.get(f"rationale-{risk.pk}", "").strip():
                self.add_error(f"rationale-{risk.pk}", f"Say why {risk.reference} stands there now.")
        return said

    def values(self) -> dict[str, Any]:
        """What the service takes: the risks that were answered."""
        said = self.cleaned_data
        return {"reason": said["reason"], "answers": [one for risk in self.risks if (one := self._answer(risk, said))]}

    def _answer(self, risk: Risk, said: dict[str, Any]) -> Answer | None:
        answer = said.get(f"answer-{risk.pk}")
        if answer == "unchanged":
            return Answer(risk)
        if answer != "again" or risk.current is None:
            return None
        likelihood = said[f"likelihood-{risk.pk}"] or risk.current.likelihood
        consequence = said[f"consequence-{risk.pk}"] or risk.current.consequence
        return Answer(risk, likelihood, consequence, said[f"rationale-{risk.pk}"])
