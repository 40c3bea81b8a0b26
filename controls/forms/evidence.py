"""Forms over evidence: handing in, judging, withdrawing."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.accounts.models import User
from compliance.files.forms import FilesForm
from compliance.projects.models import Organisation, Project
from compliance.ui.filters import Filters
from controls.forms.picker import Narrowed
from controls.models import (
    STANDINGS,
    Classification,
    EvidenceKind,
    EvidenceVersion,
    Implementation,
    Method,
    Nature,
    RejectCode,
    Requirement,
)
from controls.services.evidence import Facts, Links

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MOST_RECORDS = 2_000_000_000


class EvidenceFilter(Filters):
    """Which evidence to show."""

    q = filters.CharFilter(label="Words", field_name="evidence__title", lookup_expr="icontains")
    standing = filters.ChoiceFilter(label="State", choices=STANDINGS, empty_label="any")
    kind = filters.ChoiceFilter(
        label="Kind", field_name="evidence__kind", choices=EvidenceKind.choices, empty_label="any"
    )
    mine = filters.BooleanFilter(
        label="For me to judge", method="by_reviewer", widget=forms.Select(choices=[("", "any"), ("true", "yes")])
    )

    reused = filters.BooleanFilter(
        label="File used elsewhere", method="by_reuse", widget=forms.Select(choices=[("", "any"), ("true", "yes")])
    )

    class Meta:
        model = EvidenceVersion
        fields = ["q", "standing", "kind", "mine", "reused"]

    def by_reuse(self, rows: Any, name: str, value: bool) -> "QuerySet[EvidenceVersion]":
        return rows.with_reuse().filter(reused=True) if value else rows

    def by_reviewer(self, rows: "QuerySet[EvidenceVersion]", name: str, value: bool) -> "QuerySet[EvidenceVersion]":
        if not value:
            return rows
        person = self.request.user
        waiting = rows.filter(state__in=["submitted", "under_review"])
        return waiting.exclude(collected_by=person).exclude(submitted_by=person)


class FactsForm(FilesForm):
    """What every version says: file or address, when, whence, how."""

    source_url = forms.URLField(
        label="Address at the source",
        required=False,
        max_length=400,
        assume_scheme="https",
        help_text="Where it can be seen, if there is no file or besides it.",
    )
    observed_at = forms.DateTimeField(
        label="Observed at", required=False, widget=MOMENT, help_text="When it was so, in UTC. Or give a period below."
    )
    period_start = forms.DateField(label="Period from", required=False, widget=DAY)
    period_end = forms.DateField(label="Period to", required=False, widget=DAY)
    source = forms.CharField(
        label="Source", max_length=200, help_text="System and environment, e.g. Play Console, production."
    )
    method = forms.ChoiceField(label="How it was collected", choices=[("", "Choose"), *Method.choices])
    query = forms.CharField(
        label="Query or filter used", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    population = forms.IntegerField(
        label="Population",
        required=False,
        min_value=0,
        max_value=MOST_RECORDS,
        help_text="How many records there are in all, e.g. 64 accounts.",
    )
    delivered = forms.IntegerField(
        label="Records delivered",
        required=False,
        min_value=0,
        max_value=MOST_RECORDS,
        help_text="How many of them are in the file.",
    )
    completeness = forms.CharField(
        label="How completeness was checked",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="E.g. the row count against the console, the filter read by a second person.",
    )
    redactions = forms.CharField(
        label="What was blacked out, by whom and why",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    collected_by = forms.ModelChoiceField(label="Collected by", queryset=User.objects.none(), empty_label=None)
    valid_until = forms.DateField(
        label="In date until",
        required=False,
        widget=DAY,
        help_text="Left empty, it follows from the control's rule or the kind.",
    )
    clauses: dict[str, str] = {"source": "ISO/IEC 27001, 7.5.2", "population": "ISO 19011, A.6"}

    def __init__(self, *args: Any, people: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collected_by"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("uploads") and not given.get("source_url") and "uploads" not in self.errors:
            self.add_error("uploads", "Give a file, or the address where the evidence can be seen.")
        start, end = given.get("period_start"), given.get("period_end")
        if not given.get("observed_at") and not (start and end):
            self.add_error("observed_at", "Say when it was so: a moment, or the first and last day of a period.")
        if start and end and end < start:
            self.add_error("period_end", "The period ends before it starts.")
        _check_population(self, given.get("population"), given.get("delivered"))
        return given

    def facts(self) -> Facts:
        return Facts(
            **{
                name: self.cleaned_data[name]
                for name in Facts.__dataclass_fields__
                if name in self.cleaned_data and self.cleaned_data[name] is not None
            }
        )


def _check_population(form: forms.Form, population: int | None, delivered: int | None) -> None:
    if delivered is not None and population is None:
        form.add_error("population", "Say how many records there are in all, or leave the number delivered out.")
    if population is not None and delivered is not None and delivered > population:
        form.add_error("delivered", f"More than the population, which is {population}.")


class EvidenceForm(FactsForm):
    """A new piece of evidence."""

    title = forms.CharField(
        label="Title", max_length=120, help_text="Of several files, each gets this title and its own name."
    )
    shows = forms.CharField(
        label="What it shows",
        max_length=300,
        help_text="One sentence an auditor can check, e.g. All 64 accounts were reviewed in Q3.",
    )
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose"), *EvidenceKind.choices])
    nature = forms.ChoiceField(label="It speaks of", choices=Nature.choices)
    classification = forms.ChoiceField(
        label="Classification", choices=Classification.choices, initial=Classification.INTERNAL
    )
    implementations = forms.ModelMultipleChoiceField(
        label="Shows at work", queryset=Implementation.objects.none(), required=False, widget=Narrowed(size=6)
    )
    requirements = forms.ModelMultipleChoiceField(
        label="Speaks of", queryset=Requirement.objects.none(), required=False, widget=Narrowed()
    )
    field_order = (
        "uploads",
        "arrived",
        "title",
        "shows",
        "kind",
        "nature",
        "observed_at",
        "period_start",
        "period_end",
        "source",
    )

    def __init__(self, *args: Any, scope: Organisation | Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = Implementation.objects.running_in(scope).select_related("control")
        self.fields["implementations"].queryset = running  # type: ignore[attr-defined]
        organisation = scope.organisation if isinstance(scope, Project) else scope
        asked = Requirement.objects.live().filter(applicabilities__organisation=organisation).distinct()
        field = self.fields["requirements"]
        field.queryset = asked.select_related("edition").order_by("edition__position", "position")  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{row.edition.label} {row.ref} {row.title}"  # type: ignore[attr-defined]

    def links(self) -> Links:
        return Links(self.cleaned_data["implementations"], self.cleaned_data["requirements"])

    def about(self) -> dict[str, Any]:
        """The keywords of `submit_evidence` that are said about the evidence itself."""
        names = ("title", "shows", "kind", "nature", "classification")
        return {name: self.cleaned_data[name] for name in names}


class ReviewForm(forms.Form):
    """The verdict on a version."""

    verdict = forms.ChoiceField(
        label="Verdict", choices=[("accept", "Accept"), ("reject", "Reject")], widget=forms.RadioSelect
    )
    code = forms.ChoiceField(
        label="Why it is rejected", choices=[("", "Choose when you reject"), *RejectCode.choices], required=False
    )
    note = forms.CharField(
        label="What you checked, or what has to change",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    clauses = {"verdict": "ISO 19011, 6.4.7"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("verdict") == "reject" and not given.get("code"):
            self.add_error("code", "Choose why, so that the collector knows what to mend.")
        if given.get("verdict") == "accept" and not given.get("note"):
            self.add_error("note", "Say what you checked: the change history keeps it beside your name.")
        return given


class WithdrawForm(forms.Form):
    """Why evidence is taken out of use."""

    reason = forms.CharField(label="Reason", max_length=500)
