"""Editing a draft of the method: its scales, matrix and bands."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from compliance.projects.roles import ROLES
from risks.models import Level, RiskMethod
from risks.scales import DECIDING, DIMENSIONS, SIZES

EVERYBODY = [(role, ROLES[role].name) for role in ROLES]
DECIDERS = [(role, ROLES[role].name) for role in DECIDING]
SCALES = (("likelihoods", "Likelihood"), ("consequences", "Consequence"))


class MethodForm(forms.Form):
    """One field for every word, cell and number of a method; its sizes were chosen when it was drafted."""

    clauses = {"title": "ISO/IEC 27001, 6.1.2 a"}

    title = forms.CharField(max_length=120)
    change_note = forms.CharField(
        label="What changes", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="For the approver."
    )
    inherent = forms.BooleanField(
        label="Assess the inherent position, too: the risk as if no control were in place", required=False
    )

    def __init__(self, *args: Any, method: RiskMethod, **kwargs: Any) -> None:
        self.method = method
        kwargs.setdefault("initial", {name: getattr(method, name) for name in ("title", "change_note", "inherent")})
        super().__init__(*args, **kwargs)
        for scale, label in SCALES:
            for number, value in enumerate(getattr(method, scale), 1):
                self._add(f"{scale}-{number}-name", f"{label} {number}: name", value["name"])
                self._add(f"{scale}-{number}-description", f"{label} {number}: description", value["description"])
                if scale == "consequences":
                    self._add_dimensions(number, value.get("dimensions", {}))
        for (likelihood, consequence), level in method.levels.items():
            self._add_cell(likelihood, consequence, level)
        for band in method.bands:
            self._add_band(band)

    def _add(self, name: str, label: str, value: str) -> None:
        self._take(name, forms.CharField(label=label, max_length=300), value)

    def _add_dimensions(self, number: int, said: dict[str, str]) -> None:
        for key, name in DIMENSIONS.items():
            field = forms.CharField(label=f"Consequence {number}: {name.lower()}", max_length=300, required=False)
            self._take(f"consequences-{number}-in-{key}", field, said.get(key, ""))

    def _add_cell(self, likelihood: int, consequence: int, level: str) -> None:
        names = (self.method.likelihoods[likelihood - 1]["name"], self.method.consequences[consequence - 1]["name"])
        cell = f"{likelihood} × {consequence} ({' × '.join(names)})"
        field = forms.ChoiceField(
            label=f"Level of {cell}",
            choices=[("", "No level"), *Level.choices],
            error_messages={"required": f"Matrix {cell} has no level: choose one."},
            widget=forms.Select(attrs={"class": "cell"}),
        )
        self._take(f"cell-{likelihood}-{consequence}", field, level)

    def _add_band(self, band: dict[str, Any]) -> None:
        name = Level(band["level"]).label
        fields = {
            "acceptable": forms.BooleanField(label=f"{name} is acceptable without treatment", required=False),
            "criterion": forms.CharField(label=f"{name}: what it means", max_length=300),
            "authority": forms.MultipleChoiceField(
                label=f"{name}: accepted by", choices=DECIDERS, widget=forms.CheckboxSelectMultiple
            ),
            "informed": forms.MultipleChoiceField(
                label=f"{name}: informed",
                choices=EVERYBODY,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            ),
            "review_days": forms.IntegerField(label=f"{name}: reviewed every (days)", min_value=1),
            "acceptance_days": forms.IntegerField(label=f"{name}: accepted for at most (days)", min_value=1),
        }
        for key, field in fields.items():
            self._take(f"band-{band['level']}-{key}", field, band.get(key, ()))

    def _take(self, name: str, field: forms.Field, value: Any) -> None:
        self.fields[name] = field
        self.initial.setdefault(name, value)

    @property
    def head(self) -> list[BoundField]:
        return [self["title"], self["change_note"], self["inherent"]]

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
        content: dict[str, Any] = {name: said[name] for name in ("title", "change_note", "inherent")}
        for scale, _ in SCALES:
            content[scale] = [
                {part: said[f"{scale}-{number}-{part}"] for part in ("name", "description")}
                for number in range(1, len(getattr(self.method, scale)) + 1)
            ]
        for number, value in enumerate(content["consequences"], 1):
            told = {key: said[f"consequences-{number}-in-{key}"].strip() for key in DIMENSIONS}
            if found := {key: text for key, text in told.items() if text}:
                value["dimensions"] = found
        content["matrix"] = [
            [said[f"cell-{y}-{x}"] for x in range(1, len(row) + 1)] for y, row in enumerate(self.method.matrix, 1)
        ]
        keys = ("acceptable", "criterion", "authority", "informed", "review_days", "acceptance_days")
        content["bands"] = [
            {**band, **{key: said[f"band-{band['level']}-{key}"] for key in keys}} for band in self.method.bands
        ]
        return content


class DraftForm(forms.Form):
    """A new version's name and sizes."""

    NUMBERS = [(number, str(number)) for number in SIZES]

    label = forms.CharField(label="Version", max_length=20, help_text="As people will call it, e.g. RM-1.1.")
    likelihoods = forms.TypedChoiceField(label="Likelihoods", coerce=int, choices=NUMBERS, required=False)
    consequences = forms.TypedChoiceField(
        label="Consequences",
        coerce=int,
        choices=NUMBERS,
        required=False,
        help_text="Other sizes than before pick values and cells evenly; you describe them next.",
    )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        size = (said["likelihoods"], said["consequences"])
        return {"label": said["label"], "size": size if all(size) else None}


class ApprovalForm(forms.Form):
    """Why a method is put in force."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why it fits the organisation; stored with your name and the fingerprint of the method.",
    )
