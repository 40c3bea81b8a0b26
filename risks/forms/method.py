"""Editing a draft of the method: its scales, matrix and bands."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from compliance.projects.roles import ROLES
from risks.models import Level, RiskMethod
from risks.scales import DECIDING

DECIDERS = [(role, ROLES[role].name) for role in DECIDING]
SCALES = (("likelihoods", "Likelihood"), ("consequences", "Consequence"))


class MethodForm(forms.Form):
    """One field for every word, cell and number of a method; sizes stay as they are."""

    clauses = {"title": "ISO/IEC 27001, 6.1.2 a"}

    title = forms.CharField(max_length=120)
    change_note = forms.CharField(
        label="What changes", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="For the approver."
    )

    def __init__(self, *args: Any, method: RiskMethod, **kwargs: Any) -> None:
        self.method = method
        kwargs.setdefault("initial", {"title": method.title, "change_note": method.change_note})
        super().__init__(*args, **kwargs)
        for scale, label in SCALES:
            for number, value in enumerate(getattr(method, scale), 1):
                self._add(f"{scale}-{number}-name", f"{label} {number}: name", value["name"])
                self._add(f"{scale}-{number}-description", f"{label} {number}: description", value["description"])
        for (likelihood, consequence), level in method.levels.items():
            field = forms.ChoiceField(label=f"Level of {likelihood} × {consequence}", choices=Level.choices)
            self._take(f"cell-{likelihood}-{consequence}", field, level)
        for band in method.bands:
            self._add_band(band)

    def _add(self, name: str, label: str, value: str) -> None:
        self._take(name, forms.CharField(label=label, max_length=300), value)

    def _add_band(self, band: dict[str, Any]) -> None:
        name = Level(band["level"]).label
        fields = {
            "acceptable": forms.BooleanField(label=f"{name} is acceptable without treatment", required=False),
            "criterion": forms.CharField(label=f"{name}: what it means", max_length=300),
            "authority": forms.MultipleChoiceField(
                label=f"{name}: accepted by", choices=DECIDERS, widget=forms.CheckboxSelectMultiple
            ),
            "review_days": forms.IntegerField(label=f"{name}: reviewed every (days)", min_value=1),
            "acceptance_days": forms.IntegerField(label=f"{name}: accepted for at most (days)", min_value=1),
        }
        for key, field in fields.items():
            self._take(f"band-{band['level']}-{key}", field, band[key])

    def _take(self, name: str, field: forms.Field, value: Any) -> None:
        self.fields[name] = field
        self.initial.setdefault(name, value)

    @property
    def head(self) -> list[BoundField]:
        return [self["title"], self["change_note"]]

    @property
    def scales(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Heading and fields of each scale."""
        for scale, label in SCALES:
            yield label, [self[name] for name in self.fields if name.startswith(f"{scale}-")]

    @property
    def rows(self) -> list[tuple[str, list[BoundField]]]:
        """The matrix as printed: the highest likelihood on top."""
        wide = range(1, len(self.method.consequences) + 1)
        high = range(len(self.method.likelihoods), 0, -1)
        return [(self.method.likelihoods[y - 1]["name"], [self[f"cell-{y}-{x}"] for x in wide]) for y in high]

    @property
    def bands(self) -> Iterator[tuple[str, list[BoundField]]]:
        for band in self.method.bands:
            level = band["level"]
            yield Level(level).label, [self[name] for name in self.fields if name.startswith(f"band-{level}-")]

    def values(self) -> dict[str, Any]:
        """The method as the service takes it."""
        said = self.cleaned_data
        content: dict[str, Any] = {"title": said["title"], "change_note": said["change_note"]}
        for scale, _ in SCALES:
            content[scale] = [
                {**value, **{part: said[f"{scale}-{number}-{part}"] for part in ("name", "description")}}
                for number, value in enumerate(getattr(self.method, scale), 1)
            ]
        content["matrix"] = [
            [said[f"cell-{y}-{x}"] for x in range(1, len(row) + 1)] for y, row in enumerate(self.method.matrix, 1)
        ]
        keys = ("acceptable", "criterion", "authority", "review_days", "acceptance_days")
        content["bands"] = [
            {**band, **{key: said[f"band-{band['level']}-{key}"] for key in keys}} for band in self.method.bands
        ]
        return content


class DraftForm(forms.Form):
    """A new version's name."""

    label = forms.CharField(label="Version", max_length=20, help_text="As people will call it, e.g. RM-1.1.")


class ApprovalForm(forms.Form):
    """Why a method is put in force."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why it fits the organisation; stored with your name and the fingerprint of the method.",
    )
