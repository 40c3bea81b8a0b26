"""Forms over management reviews."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.projects.forms import Day
from controls.models import ManagementReview, ReviewDecision

AREA = forms.Textarea(attrs={"rows": 3})


class ReviewForm(forms.ModelForm):
    """A review to come."""

    planned_date = Day(label="Planned for")

    class Meta:
        model = ManagementReview
        fields = ("title", "planned_date", "chair")

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"].queryset = people  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """Words to each input."""

    def __init__(self, *args: Any, inputs: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in inputs:
            self.fields[one["key"]] = forms.CharField(
                label=one["title"],
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=one["because"],
                help_text=one["facts"] or "No room answers this yet: write what there is, or “none, because …”.",
            )


class HeldForm(forms.Form):
    """What was said."""

    held_date = Day(label="Held on")
    attendees = forms.CharField(widget=AREA)
    minutes = forms.CharField(widget=forms.Textarea(attrs={"rows": 8}))
    clauses = {"minutes": "ISO/IEC 27001, 9.3.3"}


class DecisionForm(forms.ModelForm):
    """A decision, who carries it out and until when."""

    due_date = Day(label="Due")

    class Meta:
        model = ReviewDecision
        fields = ("text", "owner", "due_date")
        widgets = {"text": AREA}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """What became of a decision."""

    decision = forms.ChoiceField()
    done = forms.TypedChoiceField(
        label="It was",
        choices=[("yes", "carried out"), ("no", "dropped")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    result = forms.CharField(label="What was done, or why not", widget=AREA)

    def __init__(self, *args: Any, decisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = decisions  # type: ignore[attr-defined]
