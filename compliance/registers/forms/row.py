"""The form and the filters of a register, made from its declaration."""

from datetime import timedelta
from functools import cache
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.forms.rows import Day, ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import people_of
from compliance.registers.declaration import Field, RegisterType, register_types
from compliance.registers.linkable import Linkable, Target
from compliance.registers.models import RegisterRow
from compliance.registers.services.row import Said, found_target

Scope = Organisation | Project
SOON = timedelta(days=30)
STATES = [
    ("current", "in use"),
    ("due", "review due in 30 days"),
    ("overdue", "review overdue"),
    ("retired", "retired"),
]


class RowForm(forms.Form):
    """One line of a register: its main line, its fields in their order, owner, next review, links of a new line."""

    def __init__(
        self, *args: Any, register: RegisterType, scope: Scope, row: RegisterRow | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.register, self.scope, self.row = register, scope, row
        people = people_of(scope)
        self.clauses = {one.key: one.clause for one in register.fields if one.clause}
        self.fields["main"] = forms.CharField(label=register.main, max_length=300, help_text=register.main_help)
        if register.clause:
            self.clauses["main"] = register.clause
        if register.under:
            self.fields["parent"] = self._parents()
        for one in register.fields:
            self.fields[one.key] = form_field(one, people)
        self.fields["owner"] = _person(register.owner, people, required=False)
        if row is None and register.links:
            text = "References with spaces between, e.g. EV-001 EV-014. More can follow later."
            self.fields["links"] = forms.CharField(label="Linked records", required=False, help_text=text)
        if register.review_days or (row and row.review_date):
            text = f"Left empty, it follows in {register.review_days} days." if register.review_days and not row else ""
            self.fields["review"] = Day(label="Next review", required=False, help_text=text)
        if row is not None:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
            self._show(row)

    def _parents(self) -> forms.ModelChoiceField:
        above = register_types[self.register.under]
        rows = RegisterRow.objects.seen_in(self.scope).of(above).live().order_by("reference")
        return forms.ModelChoiceField(label=above.noun.capitalize(), queryset=rows, empty_label="Choose")

    def _show(self, row: RegisterRow) -> None:
        self.initial.update({one.key: row.value(one.key) for one in self.register.fields})
        more = {"main": row.title, "owner": row.owner_id, "review": row.review_date, "parent": row.parent_id}
        self.initial.update({**more, "version": row.version})

    def clean_links(self) -> list[tuple[Linkable, Target]]:
        """The records the references name."""
        found, unknown = [], []
        for reference in self.cleaned_data["links"].replace(",", " ").split():
            try:
                found.append(found_target(self.register, self.scope, reference))
            except Refused as refused:
                unknown.append(str(refused))
        if unknown:
            raise forms.ValidationError(unknown)
        return found

    def said(self) -> Said:
        """What the form says, as the services take it."""
        given = self.cleaned_data
        values = {key: given[key] for key in self.register.by_key}
        return Said(given["main"], values, given["owner"], given.get("review"), given.get("parent"))

    def refuse(self, problems: dict[str, str]) -> None:
        """Show what a service refuses beside the fields it speaks of."""
        for key, problem in problems.items():
            self.add_error(key if key in self.fields else None, problem)


class LinkForm(forms.Form):
    """A record to link to, by its reference."""

    reference = forms.CharField(label="Reference", max_length=40)


class ReviewForm(ReasonForm):
    """What was looked at, and when to look again."""

    next_date = Day(
        label="Next review", required=False, help_text="Left empty, it follows from the register's cadence."
    )
    field_order = ("reason", "next_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "What was looked at"


def form_field(one: Field, people: "QuerySet[User]") -> forms.Field:
    """The form field of a declared field."""
    said: dict[str, Any] = {"label": one.label, "required": one.required, "help_text": one.help}
    if one.kind == "choice":
        return forms.ChoiceField(choices=[("", "Choose" if one.required else "Not said"), *one.choices], **said)
    if one.kind == "day":
        return Day(**said)
    if one.kind == "number":
        said["label"] = f"{one.label} ({one.unit})" if one.unit else one.label
        return forms.DecimalField(max_digits=18, decimal_places=4, min_value=one.low, max_value=one.high, **said)
    if one.kind == "person":
        return _person(one.label, people, required=one.required, help_text=one.help)
    widget = forms.Textarea(attrs={"rows": 3}) if one.long else forms.TextInput()
    return forms.CharField(max_length=one.longest, widget=widget, **said)


def _person(label: str, people: "QuerySet[User]", **options: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=people, empty_label="Nobody", **options)


class RowFilter(filters.FilterSet):
    """Filters every register has; the choices of its own come with `row_filter`."""

    q = filters.CharFilter(label="Words", method="by_words")
    state = filters.ChoiceFilter(label="Shown", choices=STATES, method="by_state", empty_label="any but retired")
    owner = filters.ModelChoiceFilter(label="Owner", queryset=lambda request: people_of(request.scope))

    class Meta:
        model = RegisterRow
        fields = ["q", "state", "owner"]

    def filter_queryset(self, queryset: Any) -> Any:
        """Retired lines show only when asked for."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") == "retired" else found.live()

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        texts = ("title", "reference", "who", *(f"text_{n}" for n in range(1, 9)))
        wanted = Q()
        for text in texts:
            wanted |= Q(**{f"{text}__icontains": value[:100]})
        return rows.filter(wanted)

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        today = now_read().date()
        if value == "retired":
            return rows.filter(retired_date__isnull=False)
        return rows.filter(review_date__lt=today) if value == "overdue" else rows.filter(review_date__lte=today + SOON)


@cache
def row_filter(register: RegisterType) -> type[RowFilter]:
    """The filters of a register: words, state, owner, and each of its listed choices."""
    own: dict[str, Any] = {
        one.key: filters.ChoiceFilter(label=one.label, field_name=one.column, choices=one.choices, empty_label="any")
        for one in register.fields
        if one.kind == "choice" and one.listed
    }
    return type(f"{register.key.title().replace('-', '')}Filter", (RowFilter,), own)
