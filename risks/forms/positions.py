"""Scoring by the scales of the method."""

from collections.abc import Sequence
from typing import Any

from django import forms

from risks.models import RiskMethod
from risks.scales import DIMENSIONS


class PositionForm(forms.Form):
    """Likelihood, consequence and why; the choices are the method's own words."""

    clauses = {
        "likelihood": "ISO/IEC 27001, 6.1.2 d 2",
        "consequence": "ISO/IEC 27001, 6.1.2 d 1",
        "rationale": "ISO/IEC 27001, 6.1.2 b",
    }

    likelihood = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    consequence = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text="As a whole, or by dimension below: the worst dimension counts, not the average.",
    )
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What you know: incidents, tests, controls in place. A colleague should come to the same score.",
    )
    reason = forms.CharField(
        label="What led to this assessment",
        required=False,
        help_text="e.g. review after release 4.2.0; the change history keeps it.",
    )

    def __init__(self, *args: Any, method: RiskMethod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["likelihood"].choices = _choices(method.likelihoods)  # type: ignore[attr-defined]
        self.fields["consequence"].choices = _choices(method.consequences)  # type: ignore[attr-defined]
        for key in method.dimensions:
            told = [(n, f"{n} {one['dimensions'].get(key, '')}") for n, one in enumerate(method.consequences, 1)]
            self.fields[f"in-{key}"] = forms.TypedChoiceField(
                label=f"Consequence: {DIMENSIONS.get(key, key).lower()}",
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", "Not judged apart"), *told],
            )
            self.initial.setdefault(f"in-{key}", self.initial.get("dimensions", {}).get(key))
        self.order_fields(["likelihood", "consequence", *(f"in-{key}" for key in method.dimensions)])
        for name, scale in (("likelihood", method.likelihoods), ("consequence", method.consequences)):
            self.fields[name].error_messages["invalid_choice"] = (
                f"%(value)s is outside the scale of {method.label}: choose 1 to {len(scale)}."
            )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = {name: self.cleaned_data[name] for name in ("likelihood", "consequence", "rationale", "reason")}
        told = {name.removeprefix("in-"): value for name, value in self.cleaned_data.items() if name.startswith("in-")}
        return {**said, "dimensions": {key: value for key, value in told.items() if value}}


def _choices(scale: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(number, f"{number} {one['name']}: {one['description']}") for number, one in enumerate(scale, 1)]
