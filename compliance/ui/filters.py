"""Filters that read as a sentence: "status is Open, owner is Ria"."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest
from django_filters import Filter, FilterSet, ModelChoiceFilter
from django_filters.fields import ModelChoiceField, ModelChoiceIterator
from django_filters.widgets import BooleanWidget

from compliance.ui.widgets import FEW, Pick

VERBS = {
    "icontains": "contains",
    "contains": "contains",
    "istartswith": "begins with",
    "gt": "above",
    "lt": "below",
    "gte": "from",
    "lte": "until",
    "isnull": "is missing:",
}


class _Declared(OrderedDict[str, Filter]):
    """The filters of a class. A request gets its own of each, with what they were declared with shared by all."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "OrderedDict[str, Filter]":
        return OrderedDict((name, _own(declared)) for name, declared in self.items())


def _own(declared: Filter) -> Filter:
    own = copy(declared)
    own.extra = dict(declared.extra)
    if "filter" in vars(own):
        own.method = declared.method  # binds to the copy
    return own


class Filters(FilterSet):
    """What a list's filters derive from: django_filters' own, which makes no class of a form for every request."""

    @classmethod
    def get_filters(cls) -> "OrderedDict[str, Filter]":
        return _Declared(super().get_filters())

    @property
    def form(self) -> Form:
        if not hasattr(self, "_form"):
            self._form = self._meta.form(self.data if self.is_bound else None, prefix=self.form_prefix)
            self._form.fields |= {name: one.field for name, one in self.filters.items()}
        return self._form


class Offered(ModelChoiceIterator):
    """The first FEW records by name, and one more where there are more."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield "", self.field.empty_label
        found, name = self.field.found, self.field.search
        yield from found.names(name, FEW + 1) if found else self.field.queryset.values_list("pk", name)[: FEW + 1]


class PickField(ModelChoiceField):
    """A record chosen from a list, or named in words where there are too many to list."""

    widget = Pick
    iterator = Offered

    found: Any = None

    def __init__(self, queryset: Any, *, search: str, **kwargs: Any) -> None:
        self.search = search
        if not isinstance(queryset, QuerySet):
            self.found, queryset = queryset, queryset.model._default_manager.none()
        super().__init__(queryset, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The record of a key or a name; other words stay words, to be searched for."""
        if self.found and value not in self.empty_values:
            self.queryset = self.found.queryset
        try:
            return super().to_python(value)
        except ValidationError:
            words = str(value).strip().replace("\x00", "")[:100]
            named: Any = self.queryset
            return named.filter(**{f"{self.search}__iexact": words}).first() or words or None

    def validate(self, value: Any) -> None:
        """Words are as good as a record."""


class PickFilter(ModelChoiceFilter):
    """A filter by a record of which there may be thousands: the page offers the first FEW, and takes the name of any.

    `search` is the field of the record that words are looked for in; `queryset` may give `compliance.prepared` rows.
    """

    field_class = PickField

    def __init__(self, *args: Any, search: str = "name", **kwargs: Any) -> None:
        super().__init__(*args, search=search, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        """The rows of the record, or of all whose name holds the words."""
        if isinstance(value, str) and value:
            found = qs.filter(**{f"{self.field_name}__{self.extra['search']}__icontains": value})
            return found.distinct() if self.distinct else found
        return super().filter(qs, value)


@dataclass(frozen=True)
class Term:
    """One condition in words, and the query string without it."""

    text: str
    without: str


def soften(form: Form) -> None:
    """Let an unset yes-or-no read "any", and no filter ask to be filled in."""
    for field in form.fields.values():
        field.required = False
        if isinstance(field.widget, BooleanWidget):
            field.widget.choices = [("", "any"), ("true", "yes"), ("false", "no")]


def terms(filters: FilterSet, request: HttpRequest) -> list[Term]:
    """What the bound filters ask, in the order they are declared."""
    form = filters.form
    if not form.is_bound:
        return []
    form.full_clean()
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
            continue
        label = str(filters.filters[name].label or form[name].label)
        asked = filters.filters[name]
        verb = (
            "contains"
            if isinstance(asked, PickFilter) and isinstance(value, str)
            else VERBS.get(asked.lookup_expr, "is")
        )
        found.append(Term(f"{label[:1].lower()}{label[1:]} {verb} {_said(form, name, value)}", _without(request, name)))
    return found


def _said(form: Form, name: str, value: Any) -> str:
    if isinstance(value, slice):
        return " to ".join(str(end) for end in (value.start, value.stop) if end is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices = dict(_flat(getattr(form.fields[name], "choices", ()))) if not isinstance(value, Model | QuerySet) else {}
    many = value if isinstance(value, list | tuple | set | QuerySet) else [value]
    return " or ".join(str(choices.get(str(one), one)) for one in many)


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(key), label


def _without(request: HttpRequest, name: str) -> str:
    left = request.GET.copy()
    for key in list(left):
        if key in {name, "page"} or key in {f"{name}_{end}" for end in ("min", "max", "after", "before", "0", "1")}:
            del left[key]
    return f"?{left.urlencode()}"
