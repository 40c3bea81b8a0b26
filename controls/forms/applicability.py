"""Forms over statements of applicability."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.models import Applicability, Code, Edition, Implementation, PiiRole
from controls.services.contradictions import Contradiction
from controls.services.soa import Progress

YES_NO = [("yes", "Applies"), ("no", "Does not apply")]
CLAUSE = "ISO/IEC 27001, 6.1.3 d"


class AdoptForm(forms.Form):
    """Which edition to keep a statement for."""

    edition = forms.ModelChoiceField(
        queryset=Edition.objects.none(), to_field_name="key", label="Edition", empty_label="Choose"
    )
    pii_role = forms.ChoiceField(
        label="Our role for personal data",
        required=False,
        choices=[("", "The edition does not ask"), *PiiRole.choices],
        help_text="For ISO/IEC 27701: which of its tables apply to us. Rows for both roles are always taken.",
    )
    clauses = {"edition": CLAUSE}

    def __init__(self, *args: Any, editions: "QuerySet[Edition]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].queryset = editions  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """The decision about one row."""

    included = forms.ChoiceField(label="Decision", choices=YES_NO, widget=forms.RadioSelect)
    codes = forms.MultipleChoiceField(
        label="Why it applies", choices=Code.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    justification = forms.CharField(
        label="In words", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    exclusion_reason = forms.CharField(
        label="Why it does not apply", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    implementation = forms.ModelChoiceField(
        label="Carried out by", queryset=Implementation.objects.none(), required=False, empty_label="Nothing yet"
    )
    owner = forms.ModelChoiceField(label="Owner", queryset=User.objects.none(), required=False, empty_label="Nobody")
    reason = forms.CharField(
        label="Reason for the change", required=False, max_length=500, help_text="The change history keeps it."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    clauses = {"included": CLAUSE}

    def __init__(self, *args: Any, people: "QuerySet[User]", scope: Organisation | Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["implementation"].queryset = (  # type: ignore[attr-defined]
            Implementation.objects.running_in(scope).select_related("control")
        )

    @staticmethod
    def showing(row: Applicability) -> dict[str, Any]:
        """What the form starts with."""
        return {
            **row.decision(),
            "included": "yes" if row.included else "no",
            "codes": row.code_list,
            "implementation": row.implementation_id,
            "owner": row.owner_id,
            "version": row.version,
        }

    def decision(self) -> dict[str, Any]:
        """The keywords of `decide_applicability`."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return {**given, "included": given["included"] == "yes"}


class BulkForm(DecisionForm):
    """One decision for several rows: what is left empty stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("included", "version"):
            self.fields[name].required = False
        self.fields["included"].choices = [("", "Leave as it is"), *YES_NO]  # type: ignore[attr-defined]
        self.fields["included"].widget.attrs["autofocus"] = True  # the page is reached by key, too
        self.fields["implementation"].empty_label = "Leave as it is"  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = "Leave as it is"  # type: ignore[attr-defined]
        self.fields["reason"].required = True

    def decision(self) -> dict[str, Any]:
        """The keywords of `decide_many`; only what was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if value and name != "version"}
        if "included" in given:
            given["included"] = given["included"] == "yes"
        return given


class StatementFilterForm(forms.Form):
    """What of a statement to show."""

    q = forms.CharField(label="Number or words", required=False, max_length=200)
    theme = forms.ChoiceField(label="Theme", required=False)
    included = forms.ChoiceField(label="Decision", required=False, choices=[("", "any"), *YES_NO])
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "any"), *Progress.choices])
    owner = forms.ChoiceField(label="Owner", required=False)
    problem = forms.ChoiceField(
        label="Contradiction", required=False, choices=[("", "any row"), ("any", "with one"), *Contradiction.choices]
    )

    def __init__(self, *args: Any, themes: list[tuple[str, str]], owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", "any"), *themes]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "any"), ("none", "nobody"), *owners]  # type: ignore[attr-defined]


class ApprovalForm(forms.Form):
    """The verdict on a statement as a whole."""

    verdict = forms.ChoiceField(
        label="Verdict", choices=[("approve", "Approve"), ("reject", "Send back")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Printed in the pack."
    )
    clauses = {"verdict": CLAUSE}
